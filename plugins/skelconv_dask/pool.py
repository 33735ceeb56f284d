"""A Dask cluster as a pool: its errors are those of `concurrent.futures`, and no wait is silent.

Dask itself waits, without a word or a limit, for workers that are gone and for a scheduler that
does not answer. The pool looks at the cluster every second.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import Executor as Pool
from typing import Any, TypeVar

import distributed

from skelconv.plugin import Resources
from skelconv.text import counted
from skelconv_dask.lookout import Lookout
from skelconv_dask.saying import say

T = TypeVar("T")

_LOOK_SECONDS = 1.0
# How long closing may take; what is not closed by then ends with the process.
_CLOSE_SECONDS = 5.0

_NOT_CONNECTED = "the connection to the Dask scheduler is lost"
# Errors of a task whose worker died, or that the scheduler forgot, and of its way back.
_WORKER_DIED = (
    TimeoutError,
    distributed.comm.core.CommClosedError,
    distributed.KilledWorker,
    distributed.scheduler.NoValidWorkerError,
    distributed.client.FutureCancelledError,
)


class DaskPool(Pool):
    """The workers of a cluster that have what each batch needs.

    Parameters
    ----------
    client : distributed.Client
        A client of the cluster.
    resources : Resources
        What each batch needs.
    wait : float
        Seconds to wait for lost workers, or for a scheduler that does not answer.
    on_lost : callable
        Makes the error that all work gets after this time, from a sentence that says what is lost.
    until_closed : contextlib.ExitStack
        Closed with the pool.
    """

    def __init__(
        self,
        client: Any,
        resources: Resources,
        wait: float,
        on_lost: Callable[[str], Exception],
        until_closed: contextlib.ExitStack,
    ) -> None:
        self._client = client
        self._resources = resources
        self._wait = wait
        self._on_lost = on_lost
        self._until_closed = until_closed
        self._lock = threading.Lock()
        self._unfinished: set[Future[Any]] = set()
        self._lost: Exception | None = None
        self._closed = False
        # Since when there is no worker, as far as is known.
        self._stuck_since: float | None = None
        self._client.loop.add_callback(self._watch)

    @property
    def stuck(self) -> bool:
        """Whether there is no worker, as far as is known."""
        return self._stuck_since is not None

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function on a worker.

        Parameters
        ----------
        fn : callable
            The function, which can be pickled.
        *args, **kwargs : Any
            Its arguments.

        Returns
        -------
        concurrent.futures.Future
            Its result, or `BrokenExecutor` when its worker has died.

        Raises
        ------
        BrokenExecutor
            When the connection to the scheduler is lost.
        """
        if self._client.status != "running":
            # Dask would keep the work until it is connected again, if it ever is.
            raise BrokenExecutor(_NOT_CONNECTED)
        needed = {"GPU": self._resources.gpus} if self._resources.gpus else None
        try:
            task = self._client.submit(fn, *args, **kwargs, pure=False, resources=needed)
        except distributed.client.ClosedClientError as error:
            raise BrokenExecutor(_NOT_CONNECTED) from error
        future: Future[T] = _DaskFuture(self)
        with self._lock:
            if self._lost is not None:
                future.set_exception(self._lost)
                return future
            self._unfinished.add(future)
        self._client.loop.add_callback(self._carry, task, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection, and the cluster if it was started for this pool.

        Parameters
        ----------
        wait : bool
            If False, and nothing is cancelled, running tasks go on and nothing is closed.
        cancel_futures : bool
            Whether to kill the workers of a cluster that was started for this pool.
        """
        if not (wait or cancel_futures):
            return  # running tasks go on, and need the client
        self._closed = True
        cluster = self._client.cluster
        # The work is done or given up, and a frozen scheduler must not hold the build up.
        with contextlib.suppress(Exception):
            self._client.close(timeout=_CLOSE_SECONDS)
        closed = True
        if cluster is not None:
            closed = cluster.kill() if cancel_futures else cluster.end()
        if closed:
            self._until_closed.close()

    async def _carry(self, task: distributed.Future, future: Future[Any]) -> None:
        """Carry the outcome of a task to its future.

        In Dask's own event loop: a thread that waits for a scheduler might never end.
        """
        try:
            result = await task
        except _WORKER_DIED as error:
            self._settle(future, error=BrokenExecutor(str(error)))
        except Exception as error:
            self._settle(future, error=error)
        else:
            self._settle(future, result)

    def _settle(
        self, future: Future[Any], result: Any = None, error: Exception | None = None
    ) -> None:
        with self._lock:
            if future not in self._unfinished:
                return
            self._unfinished.remove(future)
            if not future.set_running_or_notify_cancel():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _give_up(self, error: Exception) -> None:
        self._lost = error
        for future in list(self._unfinished):
            self._settle(future, error=error)

    async def _watch(self) -> None:
        """Report lost workers, and give up when the limit has passed."""
        lookout = Lookout(self._client, self._resources)
        before = 0
        try:
            while self._lost is None:
                if self._client.status != "running":
                    self._give_up(BrokenExecutor(_NOT_CONNECTED))
                    return
                workers = await lookout.look()
                if self._closed:
                    return
                if self._unfinished:
                    self._report(before, workers)
                else:
                    self._stuck_since = None
                if workers:
                    before = len(workers)
                    await lookout.check(workers)
                await asyncio.sleep(_LOOK_SECONDS)
        except Exception as error:
            self._give_up(error)

    def _report(self, before: int, workers: set[str] | None) -> None:
        """Report what has changed, and give up where there was no worker for too long."""
        if workers:
            count = counted(len(workers), "Dask worker")
            if self._stuck_since is not None or len(workers) > before > 0:
                say(f"the build goes on with {count}")
            elif len(workers) < before:
                say(f"lost {before - len(workers)} of {before}: the build goes on with {count}")
            self._stuck_since = None
            return
        now = time.monotonic()
        kind = "Dask workers with a GPU" if self._resources.gpus else "Dask workers"
        what = "the Dask scheduler does not answer" if workers is None else f"all {kind} are lost"
        if self._stuck_since is None:
            self._stuck_since = now
            say(f"{what}; the build waits up to {self._wait:g} s")
        if now - self._stuck_since >= self._wait:
            self._give_up(self._on_lost(f"{what}, for {now - self._stuck_since:.0f} s"))


class _DaskFuture(Future[T]):
    """A future that can be cancelled while there is no worker that it could run on."""

    def __init__(self, pool: DaskPool) -> None:
        super().__init__()
        self._pool = pool

    def cancel(self) -> bool:
        return self._pool.stuck and super().cancel()
