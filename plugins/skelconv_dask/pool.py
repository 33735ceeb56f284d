"""A Dask cluster as a pool: its errors are those of `concurrent.futures`, and it never just waits.

Dask itself waits without a limit, and without a word, for workers that are gone and for a
scheduler that does not answer. The pool looks at the cluster every second.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import Executor as Pool
from importlib.metadata import version
from typing import Any, TypeVar

import distributed

from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv.text import counted
from skelconv_dask.saying import say

T = TypeVar("T")

# How long a scheduler may take to answer before this is reported.
ANSWER_SECONDS = 5.0
# How long a worker may give no sign of life before it counts as lost.
SILENT_SECONDS = 30.0
_LOOK_SECONDS = 1.0
# How long closing may take; what is not closed by then ends with the process.
_CLOSE_SECONDS = 5.0

# Errors of a task whose worker died, or that the scheduler forgot.
_WORKER_DIED = (
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
    """

    def __init__(
        self,
        client: distributed.Client,
        resources: Resources,
        wait: float,
        on_lost: Callable[[str], Exception],
    ) -> None:
        self._client = client
        self._resources = resources
        self._wait = wait
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._lost: Exception | None = None
        self._closed = False
        self._seen: dict[str, tuple[float, float]] = {}
        # Whether there is no worker to wait for, as far as is known.
        self.stuck = False
        client.loop.add_callback(self._watch)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = _Task(self)
        needed = {"GPU": self._resources.gpus} if self._resources.gpus else None
        try:
            task = self._client.submit(fn, *args, **kwargs, pure=False, resources=needed)
        except distributed.client.ClosedClientError as error:
            raise BrokenExecutor(str(error)) from error
        with self._lock:
            if self._lost is not None:
                future.set_exception(self._lost)
                return future
            self._waiting.add(future)
        self._client.loop.add_callback(self._carry, task, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if not (wait or cancel_futures):
            return  # running tasks go on, and need the client
        self._closed = True
        cluster = self._client.cluster
        for part in (self._client, cluster):
            # The work is done or given up, and a frozen scheduler must not hold the build up.
            with contextlib.suppress(Exception):
                if part is not None:
                    part.close(timeout=_CLOSE_SECONDS)

    async def _carry(self, task: distributed.Future, future: Future[Any]) -> None:
        """Carry the outcome of a task to its future.

        In Dask's own event loop: a thread that waits for a scheduler would never end.
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
        self, future: Future[Any], result: Any = None, error: BaseException | None = None
    ) -> None:
        with self._lock:
            if future not in self._waiting:
                return
            self._waiting.remove(future)
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    async def _watch(self) -> None:
        """Report lost workers and a scheduler that does not answer; give up after the limit."""
        try:
            await self._look_on()
        except Exception as error:
            self._give_up(error)

    async def _look_on(self) -> None:
        before: int | None = None
        checked: set[str] = set()
        since = 0.0
        while not self._closed:
            workers = await self._look()
            now = time.monotonic()
            count = None if workers is None else len(workers)
            if not self._waiting:
                before = count if count else before
                self.stuck = False
            elif workers:
                if self.stuck or (before is not None and count != before):
                    gone = (before or 0) - len(workers)
                    say(
                        (f"lost {gone} of {before} Dask workers; " if gone > 0 else "")
                        + f"the build goes on with {counted(len(workers), 'Dask worker')}"
                    )
                self.stuck = False
                before = count
                if checked and not checked >= set(workers):
                    await check_versions(self._client, set(workers) - checked)
                checked |= set(workers)
            else:
                what = self._what_is_lost(workers)
                if not self.stuck:
                    self.stuck, since = True, now
                    say(f"{what}; the build waits up to {self._wait:g} s")
                if now - since >= self._wait:
                    self._give_up(self._on_lost(f"{what}, for {now - since:.0f} s"))
                    return
            await asyncio.sleep(_LOOK_SECONDS)

    def _what_is_lost(self, workers: Mapping[str, Any] | None) -> str:
        if workers is None:
            return "the Dask scheduler does not answer"
        kind = "Dask workers with a GPU" if self._resources.gpus else "Dask workers"
        return f"all {kind} are lost"

    async def _look(self) -> Mapping[str, Any] | None:
        """Return the workers that batches can run on; None where the scheduler does not answer."""
        try:
            info = await asyncio.wait_for(
                self._client.scheduler.identity(n_workers=-1), ANSWER_SECONDS
            )
        # Dask's client sets its scheduler to None when it cannot connect again.
        except (OSError, asyncio.TimeoutError, AttributeError):
            self._seen.clear()
            return None
        now = time.monotonic()
        for address, worker in info["workers"].items():
            if self._seen.get(address, (None, 0.0))[0] != worker["last_seen"]:
                self._seen[address] = worker["last_seen"], now
        return {
            address: worker
            for address, worker in info["workers"].items()
            if places(worker, self._resources) and now - self._seen[address][1] < SILENT_SECONDS
        }

    def _give_up(self, error: Exception) -> None:
        with self._lock:
            self._lost = error
            for future in self._waiting:
                if not future.cancelled():
                    future.set_exception(error)
            self._waiting.clear()


class _Task(Future[T]):
    """A future that can be cancelled while there is no worker that it could run on."""

    def __init__(self, pool: DaskPool) -> None:
        super().__init__()
        self._pool = pool

    def cancel(self) -> bool:
        return self._pool.stuck and super().cancel()


def places(worker: Mapping[str, Any], resources: Resources) -> int:
    """Count the batches that a worker can run at the same time.

    Parameters
    ----------
    worker : mapping
        What the scheduler knows about the worker.
    resources : Resources
        What each batch needs.

    Returns
    -------
    int
        The number; 0 if it lacks what a batch needs.
    """
    threads = int(worker["nthreads"])
    if not resources.gpus:
        return threads
    return min(threads, int(worker["resources"].get("GPU", 0)) // resources.gpus)


async def check_versions(client: distributed.Client, workers: set[str]) -> None:
    """Refuse workers with another version of skelconv, or without it.

    Results of another version may differ, and without skelconv Dask would hang.

    Parameters
    ----------
    client : distributed.Client
        A client of their cluster.
    workers : set of str
        Their addresses.

    Raises
    ------
    BuildError
        When one has another version. One that does not answer is left to `DaskPool`.
    """
    ours = version("skelconv")
    # A function of Python's own: a worker without skelconv cannot load one of ours.
    asked = client.run(version, "skelconv", workers=list(workers), on_error="return")
    try:
        found = (await asyncio.wait_for(asked, ANSWER_SECONDS)).values()
    except (OSError, asyncio.TimeoutError):
        return
    theirs = {it if isinstance(it, str) else "" for it in found if not isinstance(it, OSError)}
    if theirs - {ours}:
        names = sorted(f"skelconv {it}" if it else "no skelconv" for it in theirs - {ours})
        raise BuildError(
            f"workers have {' and '.join(names)}, and this machine has {ours}",
            where=client.scheduler.address,
            hint=f"on the workers: pip install skelconv=={ours}, and the plugins of the recipe",
        )
