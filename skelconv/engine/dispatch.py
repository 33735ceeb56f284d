"""Hands items to workers and their outcomes to the spool, even when workers die.

Only a few batches are in progress at a time, so memory does not depend on how many items there
are. When a worker dies, it is not known which item caused it: every item that was in progress is
suspect and is tried again alone, so that the one at fault is found and the rest is kept.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    BrokenExecutor,
    Future,
    wait,
)
from concurrent.futures import Executor as Pool
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, islice
from types import TracebackType
from typing import Any, Self, TypeVar

from skelconv.data.errors import BuildError
from skelconv.engine.interrupts import uninterrupted
from skelconv.engine.outcome import Outcome, Result, failure, record
from skelconv.engine.pipeline import BatchResult, Work, run_batch, warm_up
from skelconv.engine.spool import Spool
from skelconv.plugin.guard import PluginFailure, call, guarded
from skelconv.plugin.interfaces.executors import Executor
from skelconv.plugin.interfaces.sources import Item
from skelconv.text.faults import with_place

# How long a batch should take: much longer than handing it over, and too short to delay progress
# or Ctrl-C.
_BATCH_SECONDS = 0.1
# The same where a source reads items of its batch ahead. Ctrl-C waits for two of them.
_OVERLAPPING_BATCH_SECONDS = 4.0
_MAX_BATCH = 64
# With a timeout, of which each clip of a batch may take all: a worker that is frozen is seen late.
_MAX_TIMED_BATCH = 8
# What a worker may take beyond the timeouts of its clips, before it counts as frozen: it ends
# itself at a timeout, unless it is stopped or waits for a dead network mount.
_FROZEN_SECONDS = 5.0
# Batches in progress for each worker: one that runs and one that waits.
_WINDOW = 2
# Workers that are started before the amount of work is known.
_FIRST_WORKERS = 8
# How often an item is tried alone before it counts as what kills its worker.
_LONE_TRIES = 2
# How often workers are started before the build gives up. One may be killed by chance, such as
# while another program uses much memory.
_START_TRIES = 3
# How long Ctrl-C may go unnoticed.
_LOOK_SECONDS = 0.2
# How long Ctrl-C waits for the batches in progress.
_GRACE_SECONDS = 10.0

# Seconds before each time that what could not be read is tried again.
_PAUSES = (0.5, 2.0, 8.0)

T = TypeVar("T")
_Keep = Callable[[Sequence[int], Sequence[tuple[Outcome, bytes]]], None]
OnBatch = Callable[[Sequence[tuple[int, Outcome, bytes]]], None]


class Dispatcher:
    """Runs the items of one build on one executor.

    Parameters
    ----------
    executor : Executor
        Where to run.
    work : Work
        The recipe's stages, and what a worker needs for them.
    timeout : float or None
        Seconds that one clip may take; None for no limit.
    who : str
        The executor, as messages call it.
    """

    def __init__(
        self, executor: Executor, work: Work, timeout: float | None, who: str = "the executor"
    ) -> None:
        self._executor = executor
        self._who = who
        self._work = work
        self._timeout = timeout
        self._named = False
        self._layout: str | None = None
        self._batch = 1
        self._used = False
        self._under_way: dict[Future[BatchResult], list[int]] = {}
        self._running_since: dict[Future[BatchResult], float] = {}
        self._pool, self._warm = self._start(_FIRST_WORKERS)

    def _start(self, first: int) -> tuple[Pool, list[Future[None]]]:
        """Start a pool and have its first workers make their stages."""
        pool: Pool = call(self._who, self._executor.start, self._work.resources, gives=Pool)
        warm: list[Future[None]] = []
        # A few workers are enough to begin with; a pool starts more when there is work for them.
        for _ in range(min(self._executor.workers, first)):
            try:
                warm.append(self._handed(pool, warm_up, self._work.text))
            except BrokenExecutor as error:
                # A worker that was started just now is dead already.
                warm.append(Future())
                warm[-1].set_exception(error)
        return pool, warm

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None and self._used:
            call(self._who, self._pool.shutdown)
        elif error is None:
            # Workers without work are not waited for: they may be just starting.
            call(self._who, self._executor.kill, self._pool)
        else:
            with suppress(PluginFailure):  # the error that ends the build says more
                call(self._who, self._executor.kill, self._pool)

    def run(
        self,
        items: Sequence[Item],
        spool: Spool,
        on_batch: OnBatch,
        on_unread: Callable[[bytes], None],
        *,
        named: bool = False,
        layout: str | None = None,
        first: Sequence[int] = (),
    ) -> dict[int, bytes]:
        """Run all items that are not in the spool yet.

        What could not be read is tried again at the end, after growing pauses.

        Parameters
        ----------
        items : sequence of Item
            All items of the build.
        spool : Spool
            Takes the outcomes of each batch when it has finished.
        on_batch : callable
            Called with the records of each batch, as (position, outcome, payload), after they are
            in the spool. What it raises stops the run.
        on_unread : callable
            Called with the payload of each item that could not be read. What it raises stops the
            run.
        named : bool
            Whether the classes have names, which labels must not be changed without.
        layout : str, optional
            The layout that all clips of the source must have.
        first : sequence of int
            The positions of items that are run before the others.

        Returns
        -------
        dict of int to bytes
            The payloads of the items that still could not be read, by position; they are not in
            the spool.

        Raises
        ------
        BuildError
            When the stages cannot be made, or workers cannot start.
        KeyboardInterrupt
            After the batches in progress have finished, or some seconds have passed.
        """
        self._named = named
        self._layout = layout
        self._check_start(_FIRST_WORKERS)
        unread: dict[int, bytes] = {}

        def _keep(positions: Sequence[int], outcomes: Sequence[tuple[Outcome, bytes]]) -> None:
            records = []
            for position, (outcome, payload) in zip(positions, outcomes, strict=True):
                if outcome == Outcome.UNREAD:
                    unread[position] = payload
                    on_unread(payload)
                else:
                    unread.pop(position, None)
                    records.append((position, outcome, payload))
            spool.append(records)
            on_batch(records)

        early = [position for position in first if position not in spool]
        known = set(early)
        late = (position for position in spool.missing() if position not in known)
        self._run(chain(early, late), items, _keep)
        for pause in _PAUSES:
            if not unread:
                break
            time.sleep(pause)
            self._run(iter(sorted(unread)), items, _keep)
        if self._used:
            with guarded(self._who):
                self._pool.shutdown(wait=False)
        return unread

    def _run(self, missing: Iterator[int], items: Sequence[Item], keep: _Keep) -> None:
        try:
            while True:
                self._fill(missing, items)
                if not self._under_way:
                    return
                suspects = self._collect(keep, None)
                for position in suspects:
                    keep([position], [self._run_alone(position, items)])
        except KeyboardInterrupt:
            self._forget_waiting()
            self._collect(keep, _GRACE_SECONDS)
            raise

    def _forget_waiting(self) -> None:
        """Cancel the batches that no worker has begun."""
        with guarded(self._who):
            self._under_way = {
                future: positions
                for future, positions in self._under_way.items()
                if not future.cancel()
            }

    def _fill(self, missing: Iterator[int], items: Sequence[Item]) -> None:
        while len(self._under_way) < _WINDOW * self._executor.workers:
            positions = list(islice(missing, self._batch))
            if not positions:
                return
            try:
                self._submit(positions, items)
            except BrokenExecutor:
                # A worker died since the last look. The other batches will be broken too.
                future: Future[BatchResult] = Future()
                future.set_exception(BrokenExecutor())
                self._under_way[future] = positions
                return

    def _submit(self, positions: list[int], items: Sequence[Item]) -> Future[BatchResult]:
        batch = [items[position] for position in positions]
        self._used = True
        with self._uninterrupted():
            said = self._named, self._layout
            future = self._handed(
                self._pool, run_batch, self._work.text, batch, self._timeout, *said
            )
            self._under_way[future] = positions
        return future

    def _handed(self, pool: Pool, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Hand work over to a pool."""
        with self._uninterrupted():
            future: Future[T] = call(
                self._who, pool.submit, work, *arguments, gives=Future, passing=(BrokenExecutor,)
            )
        return future

    def _result(self, future: Future[T]) -> T:
        """Return a result. What stages raise is a SkelconvError: an OSError is the executor's."""
        try:
            return future.result()
        except OSError as error:
            raise PluginFailure(f"{self._who} failed: {with_place(error)}") from error

    def _uninterrupted(self) -> AbstractContextManager[None]:
        """Keep an interrupt out of a submission, unless submitting already runs the work."""
        return uninterrupted() if self._executor.isolated else nullcontext()

    def _wait(
        self,
        futures: Collection[Future[T]],
        timeout: float = math.inf,
        *,
        until: str = ALL_COMPLETED,
    ) -> set[Future[T]]:
        """Wait for futures, or until the timeout in seconds; return those that are done.

        An interrupt is raised between two calls of `wait`. Within one it would leave futures
        locked, and the executor's own thread would wait for them forever.
        """
        end = time.monotonic() + timeout
        while True:
            left = max(end - time.monotonic(), 0)
            with uninterrupted():
                done, missing = wait(futures, min(left, _LOOK_SECONDS), until)
            if not missing or (done and until == FIRST_COMPLETED) or left <= _LOOK_SECONDS:
                return done

    def _collect(
        self,
        keep: _Keep,
        grace: float | None,
    ) -> deque[int]:
        """Keep what has finished, or what finishes within the grace time. Return suspects."""
        if grace is not None:
            done = self._wait(self._under_way, grace)
        else:
            done = self._first_done()
            if not done:
                return self._replace_frozen()
            if any(isinstance(future.exception(), BrokenExecutor) for future in done):
                done = self._wait(self._under_way)  # all of them are broken, or were done before
        suspects: deque[int] = deque()
        for future in sorted(done, key=lambda future: self._under_way[future]):
            if isinstance(future.exception(), BrokenExecutor):
                suspects.extend(self._under_way.pop(future))
                continue
            result = self._result(future)
            with uninterrupted():
                keep(self._under_way.pop(future), result.outcomes)
            self._adapt(result)
        return suspects

    def _first_done(self) -> set[Future[BatchResult]]:
        """Wait until a batch is done; return nothing when a worker takes too long for one."""
        if self._timeout is None:
            return self._wait(self._under_way, until=FIRST_COMPLETED)
        while True:
            done = self._wait(self._under_way, _LOOK_SECONDS, until=FIRST_COMPLETED)
            now = time.monotonic()
            # Batches begin in order, so the first of them are those that run.
            self._running_since = {
                future: self._running_since.get(future, now)
                for future in islice(self._under_way, self._executor.workers)
            }
            if done or any(
                now - since > self._limit(len(self._under_way[future]))
                for future, since in self._running_since.items()
            ):
                return done

    def _limit(self, clips: int) -> float:
        """Return the seconds that a batch may take."""
        return math.inf if self._timeout is None else clips * self._timeout + _FROZEN_SECONDS

    def _replace_frozen(self) -> deque[int]:
        """End all workers, for one of them is frozen, and return what was in progress."""
        suspects = deque(position for batch in self._under_way.values() for position in batch)
        self._under_way.clear()
        self._restart(_FIRST_WORKERS)
        self._check_start(_FIRST_WORKERS)
        return suspects

    def _adapt(self, result: BatchResult) -> None:
        """Choose the size of the next batches from the time that this one took."""
        each = max(result.seconds / len(result.outcomes), 1e-6)
        most = _MAX_BATCH if self._timeout is None else _MAX_TIMED_BATCH
        seconds = _OVERLAPPING_BATCH_SECONDS if result.overlaps else _BATCH_SECONDS
        fitting = max(1, min(most, int(seconds / each)))
        self._batch = min(fitting, 2 * self._batch)

    def _run_alone(self, position: int, items: Sequence[Item]) -> tuple[Outcome, bytes]:
        """Run an item that was in progress when a worker died, and nothing else with it."""
        for _ in range(_LONE_TRIES):
            self._restart_if_broken()
            future = self._submit([position], items)
            done = self._wait([future], self._limit(1))
            del self._under_way[future]
            if not done:
                self._restart(1)
            elif not isinstance(future.exception(), BrokenExecutor):
                return self._result(future).outcomes[0]
        self._restart_if_broken()
        limit = "" if self._timeout is None else f", or took longer than {self._timeout:g} s"
        reason = f"its worker died each time (out of memory or a crash in native code{limit})"
        return record([Result(Outcome.FAILED, failure(reason))])

    def _restart_if_broken(self) -> None:
        try:
            future = self._handed(self._pool, warm_up, self._work.text)
            self._wait([future])
            self._result(future)
        except BrokenExecutor:
            self._restart(1)  # others that die on start would count as the item's fault
            self._check_start(1)

    def _restart(self, first: int) -> None:
        call(self._who, self._executor.kill, self._pool)
        self._pool, self._warm = self._start(first)

    def _check_start(self, first: int) -> None:
        """Wait until a worker has made its stages: what fails here fails for every clip."""
        for left in reversed(range(_START_TRIES)):
            try:
                self._wait(self._warm[:1])
                self._result(self._warm[0])
            except BrokenExecutor as error:
                if not left:
                    raise BuildError(
                        "a worker died as it started, each time: out of memory, or a crash in "
                        "native code",
                        hint="fewer workers need less memory: --workers",
                    ) from error
                self._restart(first)
            else:
                return
