"""A cluster on this machine that only the build itself can use.

Whoever may speak to a Dask scheduler may run code in its workers and, through their results, in
the driver. A port on loopback is open to all accounts of the machine, so this cluster speaks TLS
alone, with a key that is in the memory of its own processes only.
"""

from __future__ import annotations

import logging
import tempfile
from typing import Any

import dask
import distributed
from distributed.security import Security
from distributed.system import MEMORY_LIMIT

from skelconv import BuildError
from skelconv.text import one_line
from skelconv_dask.saying import say

# How often a cluster is started: a worker may be killed by chance as it starts.
_START_TRIES = 3


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
        with dask.config.set(settings):
            super().__init__(
                scheduler={
                    "cls": _Scheduler,
                    "options": {**common, "port": 0, "dashboard": False},
                },
                workers=dict.fromkeys(range(workers), worker),
                worker=worker,
                security=security,
                silence_logs=logging.CRITICAL,
            )

    def close(self, timeout: float | None = None) -> Any:
        """Close the cluster.

        Parameters
        ----------
        timeout : float, optional
            Seconds that it may take.

        Returns
        -------
        awaitable or None
            None, unless called from a coroutine.
        """
        closing = super().close(timeout)
        self._folder.cleanup()
        return closing


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
        When it does not start.
    """
    for left in reversed(range(_START_TRIES)):
        try:
            return OwnCluster(workers)
        except Exception as error:  # Dask raises what its parts raise
            reason = one_line(error)
            if not left:
                raise BuildError(
                    f"a Dask cluster cannot be started on this machine: {reason}",
                    hint="workers may be killed as they start where memory is short: fewer need "
                    "less (--workers)",
                ) from error
            say(f"the Dask cluster did not start, and is started again: {reason}")
    raise AssertionError
