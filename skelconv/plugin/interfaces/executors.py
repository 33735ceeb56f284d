"""What a way to run work must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from concurrent.futures import Executor as Pool

    from skelconv.plugin.descriptors import Resources


@runtime_checkable
class Executor(Protocol):
    """A way to run work: it makes the pools that run the batches of a build. On the driver.

    A pool is a `concurrent.futures.Executor`. A build calls its ``submit`` with a function of
    skelconv's and arguments that can be pickled, and its ``shutdown``.

    Attributes
    ----------
    workers : int
        Number of batches that run at the same time; known once `start` has returned.
    isolated : bool
        Whether work runs in processes other than the driver, so that one that hangs can be ended.
    """

    workers: int
    isolated: bool

    def start(self, resources: Resources) -> Pool:
        """Return a new pool. Called at the start of a build, and again after a worker died.

        Parameters
        ----------
        resources : Resources
            What each worker needs.

        Returns
        -------
        concurrent.futures.Executor
            The pool. Where a worker has died, its futures, or the next ``submit``, must raise
            `concurrent.futures.BrokenExecutor`.

        Raises
        ------
        skelconv.BuildError
            When no worker with these resources can be had.
        """
        ...

    def kill(self, pool: Pool) -> None:
        """End a pool at once, also the work that is running. What is not done is run again.

        Parameters
        ----------
        pool : concurrent.futures.Executor
            A pool that `start` returned.
        """
        ...
