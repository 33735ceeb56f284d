"""A cluster on this machine that only the build itself can use.

Whoever may speak to a Dask scheduler may run code in its workers and, through their results, in
the driver. A port on loopback is open to all accounts of the machine, so this cluster speaks TLS
alone, with a key that is in the memory of its own processes only.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import dask
import distributed
from distributed.security import Security
from distributed.system import MEMORY_LIMIT
from distributed.utils import LoopRunner

from skelconv import BuildError
from skelconv.text import counted, one_line
from skelconv_dask.saying import say

_CLOSE_SECONDS = 5.0
# How often a cluster is started: a worker may be killed by chance as it starts.
_START_TRIES = 3
# Files that the driver has open at most, and those for each worker: connections, pipes, and what
# watches over it. Measured, and rounded up.
_FILES, _FILES_A_WORKER = 48, 12


class _NoPage:
    """Part of a server of Dask: it opens no port for its web pages, which ask for no key."""

    def start_http_server(self, *arguments: Any, **options: Any) -> None:
        """Do nothing."""


class _Scheduler(_NoPage, distributed.Scheduler):
    pass


class _Worker(_NoPage, distributed.Worker):
    pass


class OwnCluster(distributed.SpecCluster):
    """A scheduler in this process, and worker processes that are replaced when they die.

    Parameters
    ----------
    workers : int
        Number of worker processes.
    """

    def __init__(self, workers: int) -> None:
        security = Security.temporary()
        common = {"host": "127.0.0.1", "protocol": "tls://", "security": security}
        worker = {
            "cls": distributed.Nanny,
            "options": {
                **common,
                "worker_class": _Worker,
                "dashboard": False,
                "nthreads": 1,
                "memory_limit": MEMORY_LIMIT // workers,
                "silence_logs": logging.CRITICAL,
            },
        }
        # By default it is below /tmp, under a name that any account may take before; Dask imports
        # modules from it.
        self._folder = tempfile.TemporaryDirectory(prefix="skelconv-dask-")
        settings = {
            "temporary-directory": self._folder.name,
            # Dask must not retry a task that kills its worker: the build runs it again, alone.
            "distributed.scheduler.allowed-failures": 0,
            # How long it may take to replace a worker.
            "distributed.deploy.lost-worker-timeout": "60s",
        }
        self._runner = LoopRunner()
        with _unheard():
            # A thread that starts this helper of multiprocessing unblocks signals.
            resource_tracker.ensure_running()
        with _unheard():
            self._runner.start()
        try:
            with dask.config.set(settings):
                super().__init__(
                    scheduler={
                        "cls": _Scheduler,
                        "options": {**common, "port": 0, "dashboard": False},
                    },
                    workers=dict.fromkeys(range(workers), worker),
                    worker=worker,
                    security=security,
                    loop=self._runner.loop,
                )
        except BaseException:
            self.kill()
            raise

    def kill(self) -> bool:
        """Kill the workers, and close.

        Returns
        -------
        bool
            As of `end`.
        """
        for nanny in list(self._created):
            nanny.close_gracefully()  # from now on it does not replace its worker
            with contextlib.suppress(OSError):
                if nanny.pid:
                    os.kill(nanny.pid, signal.SIGKILL)
        return self.end()

    def end(self) -> bool:
        """Close. What is not closed after some seconds ends with the process.

        Returns
        -------
        bool
            Whether all is closed; what is not may log until then.
        """
        self.shutdown_on_close = False  # at exit Dask would try again
        # The work is done or given up: what fails from here on is of no interest.
        self._runner.loop.asyncio_loop.set_exception_handler(lambda loop, context: None)
        closed = False
        with contextlib.suppress(Exception):
            self.close(timeout=_CLOSE_SECONDS)
            self._runner.stop()
            closed = True
        self._folder.cleanup()
        return closed


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Block these signals in the threads, and their processes, that are started meanwhile.

    Ctrl-C and the closing of a terminal reach the whole process group; only the driver handles
    them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_cluster(workers: int) -> OwnCluster:
    """Start a cluster, and again where a worker is killed as it starts.

    Parameters
    ----------
    workers : int
        Number of worker processes.

    Returns
    -------
    OwnCluster
        The cluster, with all its workers.

    Raises
    ------
    BuildError
        When it does not start, or the system allows too few open files.
    """
    _check_files(workers)
    for left in reversed(range(_START_TRIES)):
        try:
            return OwnCluster(workers)
        except Exception as error:  # Dask raises what its parts raise
            reason = one_line(error)
            if not left:
                raise BuildError(
                    f"a Dask cluster cannot be started on this machine: {reason}",
                    hint=_what_the_script_needs()
                    or "workers may be killed as they start where memory is short: fewer need "
                    "less (--workers)",
                ) from error
            say(f"the Dask cluster did not start, and is started again: {reason}")
    raise AssertionError


def _check_files(workers: int) -> None:
    """Refuse what Dask would only find out later, in endless tracebacks."""
    needed = _FILES + _FILES_A_WORKER * workers
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed != resource.RLIM_INFINITY and allowed < needed:
        raise BuildError(
            f"a Dask cluster of {counted(workers, 'worker')} needs up to {needed} open files, and "
            f"the system allows this process {allowed}",
            hint=f"to allow more: ulimit -n {needed}; fewer workers (--workers), and the executor "
            "local, need less",
        )


def _what_the_script_needs() -> str | None:
    """Return what is wrong with the script, which Dask's workers import and would run again."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    # Workers do not import a `__main__` module, as of `python -m skelconv`.
    if getattr(getattr(main, "__spec__", None), "name", "").split(".")[-1] == "__main__":
        return None
    if script is None:
        return None
    try:
        guarded_by_name = b"__name__" in Path(script).read_bytes()
    except OSError:
        return "they import the script: write it to a file, or build without executor='dask'"
    if guarded_by_name:
        return None
    return "with Dask a script that builds needs `if __name__ == '__main__':`"
