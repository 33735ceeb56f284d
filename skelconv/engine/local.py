"""The executor ``local``: processes on this machine."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from skelconv.data.errors import BuildError
from skelconv.engine.ending import end_in_time
from skelconv.plugin.descriptors import Resources
from skelconv.text.streams import outlive_reader
from skelconv.vision.device import use_gpu, visible_gpus

P = ParamSpec("P")
T = TypeVar("T")

# Ctrl-C and the closing of a terminal reach the whole process group; only the driver handles them.
_OF_THE_GROUP = {signal.SIGINT, signal.SIGHUP}

_STARTING = threading.Lock()
# How long workers may take to end, in seconds, after all of their work is done.
_PATIENCE = 20.0


class LocalExecutor:
    """A pool of spawned processes.

    They are spawned, not forked: a forked process inherits the locks and threads of libraries such
    as torch, in any state.

    Parameters
    ----------
    workers : int
        Number of processes; 0 is one for each core, or one for each GPU where work needs a GPU.
    """

    isolated = True

    def __init__(self, workers: int) -> None:
        self._asked = workers
        self.workers = workers or available_cores()

    def start(self, resources: Resources) -> Pool:
        """Return a new pool; its processes start with the first work.

        Where work needs a GPU, each process sees only one GPU, and the processes are distributed
        evenly over the GPUs.

        Parameters
        ----------
        resources : Resources
            What each worker needs. It also decides the number of `workers` where none was given.

        Returns
        -------
        concurrent.futures.Executor
            A pool of `workers` processes.

        Raises
        ------
        BuildError
            When work needs a GPU and there is none.
        """
        gpus = _gpus(resources)
        self.workers = self._asked or len(gpus) or max(1, available_cores() // resources.cpus)
        context = _Context()
        with _unheard():
            turns = context.SimpleQueue()
            for turn in range(self.workers if gpus else 0):
                turns.put(gpus[turn % len(gpus)])
            return _Pool(
                self.workers,
                mp_context=context,
                initializer=_begin_worker,
                initargs=(turns if gpus else None,),
            )

    def kill(self, pool: Pool) -> None:
        """Kill the processes of a pool.

        Parameters
        ----------
        pool : concurrent.futures.Executor
            A pool that `start` returned.
        """
        assert isinstance(pool, _Pool)  # noqa: S101 (as `start` returned it)
        pool.kill()


def _gpus(resources: Resources) -> list[str]:
    """Return the GPUs to work on; empty if none is needed."""
    if not resources.gpus:
        return []
    gpus = visible_gpus()
    if resources.gpu is not None:
        gpus = gpus[resources.gpu : resources.gpu + 1]
    if not gpus:
        which = "a GPU" if resources.gpu is None else f"the GPU {resources.gpu}"
        raise BuildError(
            f"{which} is asked for, and this machine has {len(visible_gpus())} to use",
            hint="set `device` to cpu or auto, or see `skelconv doctor`",
        )
    return gpus


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process(SpawnProcess):
    """A spawned process that does not run the user's script again.

    It would be imported under another name for functions of its own, of which a worker gets none.
    A script without ``if __name__ == "__main__"`` would begin its build once more in each worker,
    and one that is typed, or read from a pipe, has no file to import.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802 (its name in multiprocessing)
        with _STARTING:
            script = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = script

    def run(self) -> None:
        try:
            super().run()
        finally:
            # The driver waits for its workers, and they for each thread that a plugin has left.
            # Python 3.13 calls what is registered for the end only after it has waited for these.
            end_in_time(0, quiet=True)


class _Context(SpawnContext):
    """The context of such processes."""

    Process = _Process


class _Pool(ProcessPoolExecutor):
    """A pool that waits for its end also where it was shut down without waiting before.

    At exit Python wakes the thread that ends a pool, and fails if this is closing its pipe then.

    A worker that is killed while it says that it ends, as by the system for want of memory, takes
    the lock of the pipe along. The others would wait for it, and Python for them, forever.
    """

    _manager: threading.Thread | None = None
    _workers: tuple[BaseProcess, ...] = ()
    _results: Any = None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._processes is not None:
            self._keep()
            # Once alone: in Python 3.13 the manager holds the lock for this, from when it is
            # asked to end until all workers have ended.
            super().shutdown(wait=False, cancel_futures=cancel_futures)
        if wait and self._manager is not None:
            self._manager.join(_PATIENCE)
            if self._manager.is_alive():
                for worker in self._workers:
                    worker.kill()
                self._manager.join()

    def kill(self) -> None:
        """Kill the workers. Until `kill_workers` of Python 3.14 there is no public way."""
        self._keep()
        # Before all else, since the manager may wait for them, with the lock of `shutdown`.
        for worker in self._workers:
            worker.kill()
        self.shutdown(wait=False, cancel_futures=True)
        if self._manager is not None:
            # It may be reading half a result of a killed process, and would wait forever for the
            # rest while this end of the pipe is open for writing.
            self._results._writer.close()
            # At exit Python wakes this thread, and fails if the thread is closing its pipe then.
            self._manager.join()

    def _keep(self) -> None:
        """Keep what is forgotten when a pool is shut down."""
        if self._processes is not None:
            self._manager = getattr(self, "_executor_manager_thread", None)
            self._workers = tuple(self._processes.values())
            self._results = self._result_queue

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with _unheard():
            return super().submit(fn, *args, **kwargs)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Block these signals, so that processes started meanwhile do not receive them.

    Processes inherit blocked signals; so does the helper process of multiprocessing.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_THE_GROUP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(gpus: SimpleQueue[str] | None) -> None:
    # As in the command line: the imports to come make many objects and no garbage.
    gc.set_threshold(50_000)
    if gpus is not None:
        use_gpu(gpus.get())
    # What a plugin prints must not fail a clip because nobody reads it.
    outlive_reader("stdout")
    outlive_reader("stderr")
    for number in _OF_THE_GROUP:
        signal.signal(number, signal.SIG_IGN)
    # A driver that is killed cannot end its workers, and they would wait for work forever.
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)
