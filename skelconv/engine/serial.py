"""The engine ``serial``: the driver's own process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

from skelconv.hookspecs import Resources

P = ParamSpec("P")
T = TypeVar("T")


class SerialEngine:
    """The driver's own process, one item after the other: for a debugger."""

    workers = 1
    isolated = False

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
