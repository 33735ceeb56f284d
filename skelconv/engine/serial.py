"""The executor ``serial``: the driver's own process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor as Pool
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from skelconv.plugin.descriptors import Resources

P = ParamSpec("P")
T = TypeVar("T")


class SerialExecutor:
    """Runs work in the driver's own process, one item after the other: for a debugger."""

    workers = 1
    isolated = False

    def start(self, resources: Resources) -> Pool:
        """Return a pool that runs work at once, when it is submitted.

        Parameters
        ----------
        resources : Resources
            Not used: the driver has what this machine has.

        Returns
        -------
        concurrent.futures.Executor
            The pool.
        """
        del resources
        return _SerialPool()

    def kill(self, pool: Pool) -> None:
        """Do nothing: no work is running when this is called.

        Parameters
        ----------
        pool : concurrent.futures.Executor
            A pool that `start` returned.
        """


class _SerialPool(Pool):
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
