"""Where work runs: the engines ``local`` and ``serial``.

A build programmes against `concurrent.futures.Executor` and does not know which it runs on.
An engine makes such executors; plugins add engines through the hook ``skelconv_executors``.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

from pydantic import Field

from skelconv.hookspecs import ExecutorPlugin, Options, Resources, hookimpl

P = ParamSpec("P")
T = TypeVar("T")


class Engine(Protocol):
    """A way to run work.

    Attributes
    ----------
    workers : int
        How many batches run at the same time.
    """

    workers: int

    def start(self, resources: Resources) -> Executor:
        """Return a fresh executor.

        Called again after one broke. A future whose worker died raises
        `concurrent.futures.BrokenExecutor`.

        Parameters
        ----------
        resources : Resources
            What each batch needs.

        Raises
        ------
        skelconv.BuildError
            When there is nothing that has these resources.
        """
        ...

    def kill(self, executor: Executor) -> None:
        """End an executor at once, with whatever it is doing."""
        ...


class LocalOptions(Options):
    """Options of the engine ``local``."""

    workers: int = Field(0, ge=0, le=4096, description="Processes; 0 is one for each core.")


class LocalEngine:
    """A pool of spawned processes.

    They are spawned, not forked: a forked process inherits locks and threads of libraries such
    as torch in whatever state they are.
    """

    def __init__(self, options: LocalOptions) -> None:
        self.workers = options.workers or available_cores()

    def start(self, resources: Resources) -> Executor:
        """Return a fresh pool; its processes start with the first work."""
        del resources  # the stages themselves find out what this machine has
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin_worker)

    def kill(self, executor: Executor) -> None:
        """Kill the processes of a pool."""
        # There is no public way before `kill_workers` of Python 3.14.
        processes = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


class SerialEngine:
    """The driver's own process, one item after the other: for a debugger."""

    workers = 1

    def __init__(self, options: Options) -> None:
        del options

    def start(self, resources: Resources) -> Executor:
        """Return an executor that runs what is submitted at once."""
        del resources
        return _SerialExecutor()

    def kill(self, executor: Executor) -> None:
        """Do nothing: nothing is running."""


class _SerialExecutor(Executor):
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def available_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin_worker() -> None:
    # Ctrl-C reaches the whole process group; the driver alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A driver that is killed cannot end its workers, and they would wait for work forever.
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)


@hookimpl
def skelconv_executors() -> Iterator[ExecutorPlugin]:
    """Offer the engines of the core."""
    yield ExecutorPlugin(
        name="local",
        summary="A pool of processes on this machine",
        options=LocalOptions,
        create=LocalEngine,
        example={"workers": 8},
    )
    yield ExecutorPlugin(
        name="serial",
        summary="The driver's own process, for a debugger",
        create=SerialEngine,
    )
