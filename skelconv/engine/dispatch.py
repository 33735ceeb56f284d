"""Hands items to workers and their outcomes to the spool, whatever becomes of the workers.

A window of a few batches is under way at a time, so memory does not depend on how many items
there are. When a worker dies, nobody can say which item it died of: every item that was under
way is suspect and is tried again alone, so that the one at fault is found and the rest is kept.
"""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from skelconv.engine.executors import Engine
from skelconv.engine.interrupts import uninterrupted
from skelconv.engine.pipeline import BatchResult, Outcome, failure, run_batch, warm_up
from skelconv.engine.spool import Spool
from skelconv.errors import BuildError
from skelconv.hookspecs import Resources
from skelconv.stages import Item

# A batch should take about this long: far longer than handing it over takes, far shorter than
# anyone waits for progress or for Ctrl-C.
_BATCH_SECONDS = 0.05
_MAX_BATCH = 64
# Batches under way for each worker: one that runs and one that waits.
_WINDOW = 2
# Workers that start before it is known how much work there is.
_FIRST_WORKERS = 8
# How often an item is tried alone before it is held to be what kills its worker.
_LONE_TRIES = 2
# How often workers are started before it is held that they cannot be. One may be killed by chance,
# as where memory is short for as long as another program runs.
_START_TRIES = 3
# How long Ctrl-C may go unnoticed.
_LOOK_SECONDS = 0.2
# How long Ctrl-C waits for what is under way.
_GRACE_SECONDS = 10.0

T = TypeVar("T")
OnBatch = Callable[[Sequence[tuple[int, Outcome, bytes]]], None]


class Dispatcher:
    """Runs the items of one build on one engine.

    Parameters
    ----------
    engine : Engine
        Where to run.
    stages : str
        What to run; see `skelconv.engine.pipeline.Pipeline`.
    resources : Resources
        What a worker needs for it.
    timeout : float or None
        Seconds that one clip may take.
    """

    def __init__(
        self, engine: Engine, stages: str, resources: Resources, timeout: float | None
    ) -> None:
        self._engine = engine
        self._stages = stages
        self._resources = resources
        self._timeout = timeout
        self._batch = 1
        self._under_way: dict[Future[BatchResult], list[int]] = {}
        self._executor, self._warm = self._start(_FIRST_WORKERS)

    def _start(self, first: int) -> tuple[Executor, list[Future[None]]]:
        """Start an executor and have its first workers make their stages."""
        executor = self._engine.start(self._resources)
        warm: list[Future[None]] = []
        # A few workers are enough to begin with; a pool starts more when there is work for them.
        for _ in range(min(self._engine.workers, first)):
            try:
                with self._uninterrupted():
                    warm.append(executor.submit(warm_up, self._stages))
            except BrokenExecutor as error:
                # One that was started just now is dead already.
                warm.append(Future())
                warm[-1].set_exception(error)
        return executor, warm

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._executor.shutdown()
        else:
            self._engine.kill(self._executor)

    def run(self, items: Sequence[Item], spool: Spool, on_batch: OnBatch) -> None:
        """Run all items that are not in the spool yet.

        Parameters
        ----------
        items : sequence of Item
            All items of the build.
        spool : Spool
            Takes each batch as it comes.
        on_batch : callable
            Is told of each batch after it is in the spool. What it raises stops the run.

        Raises
        ------
        BuildError
            When the stages cannot be made, or workers cannot start.
        KeyboardInterrupt
            After what was under way has finished, or some seconds have passed.
        """
        self._check_start(_FIRST_WORKERS)
        missing = spool.missing()

        def keep(positions: Sequence[int], outcomes: Sequence[tuple[Outcome, bytes]]) -> None:
            records = [
                (position, *outcome) for position, outcome in zip(positions, outcomes, strict=True)
            ]
            spool.append(records)
            on_batch(records)

        try:
            while True:
                self._fill(missing, items)
                if not self._under_way:
                    self._executor.shutdown(wait=False)
                    return
                suspects = self._collect(keep, None)
                for position in suspects:
                    keep([position], [self._run_alone(position, items)])
        except KeyboardInterrupt:
            self._collect(keep, _GRACE_SECONDS)
            raise

    def _fill(self, missing: Iterator[int], items: Sequence[Item]) -> None:
        while len(self._under_way) < _WINDOW * self._engine.workers:
            positions = list(islice(missing, self._batch))
            if not positions:
                return
            try:
                self._submit(positions, items)
            except BrokenExecutor:
                # A worker died since the last look. Those under way will say so as well.
                future: Future[BatchResult] = Future()
                future.set_exception(BrokenExecutor())
                self._under_way[future] = positions
                return

    def _submit(self, positions: list[int], items: Sequence[Item]) -> Future[BatchResult]:
        batch = [items[position] for position in positions]
        with self._uninterrupted():
            future = self._executor.submit(run_batch, self._stages, batch, self._timeout)
            self._under_way[future] = positions
        return future

    def _uninterrupted(self) -> AbstractContextManager[None]:
        """Hand work over as a whole; the driver's own process does it there and then."""
        return uninterrupted() if self._engine.isolated else nullcontext()

    def _wait(
        self,
        futures: Collection[Future[T]],
        timeout: float = math.inf,
        *,
        until: str = ALL_COMPLETED,
    ) -> set[Future[T]]:
        """Wait for futures, or for as long as that; return those that are done.

        An interrupt is raised between two looks. Within one it would leave futures locked, and the
        executor's own thread would wait for them forever.
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
        keep: Callable[[Sequence[int], Sequence[tuple[Outcome, bytes]]], None],
        grace: float | None,
    ) -> deque[int]:
        """Keep what has finished; with grace, all that finishes within it. Return suspects."""
        done = (
            self._wait(self._under_way, until=FIRST_COMPLETED)
            if grace is None
            else self._wait(self._under_way, grace)
        )
        if any(isinstance(future.exception(), BrokenExecutor) for future in done):
            done = self._wait(self._under_way)  # all of them are broken, or were done before
        suspects: deque[int] = deque()
        for future in sorted(done, key=lambda future: self._under_way[future]):
            if isinstance(future.exception(), BrokenExecutor):
                suspects.extend(self._under_way.pop(future))
                continue
            result = future.result()
            with uninterrupted():
                keep(self._under_way.pop(future), result.outcomes)
            self._adapt(result)
        return suspects

    def _adapt(self, result: BatchResult) -> None:
        """Choose the size of the next batches by the time that this one took."""
        each = max(result.seconds / len(result.outcomes), 1e-6)
        fitting = max(1, min(_MAX_BATCH, int(_BATCH_SECONDS / each)))
        self._batch = min(fitting, 2 * self._batch)

    def _run_alone(self, position: int, items: Sequence[Item]) -> tuple[Outcome, bytes]:
        """Run an item that was under way when a worker died, with nothing beside it."""
        for _ in range(_LONE_TRIES):
            self._restart_if_broken()
            future = self._submit([position], items)
            self._wait([future])
            del self._under_way[future]
            if not isinstance(future.exception(), BrokenExecutor):
                return future.result().outcomes[0]
        self._restart_if_broken()
        limit = "" if self._timeout is None else f", or took longer than {self._timeout:g} s"
        reason = f"its worker died each time (out of memory or a crash in native code{limit})"
        return Outcome.FAILED, failure(reason)

    def _restart_if_broken(self) -> None:
        try:
            with self._uninterrupted():
                future = self._executor.submit(warm_up, self._stages)
            self._wait([future])
            future.result()
        except BrokenExecutor:
            self._restart(1)  # others that die as they start would be taken for the item's fault
            self._check_start(1)

    def _restart(self, first: int) -> None:
        self._engine.kill(self._executor)
        self._executor, self._warm = self._start(first)

    def _check_start(self, first: int) -> None:
        """Wait until a worker has made its stages: what fails here fails for every clip."""
        for left in reversed(range(_START_TRIES)):
            try:
                self._wait(self._warm[:1])
                self._warm[0].result()
            except BrokenExecutor as error:
                if _lacks_guard():
                    raise BuildError(
                        "the worker processes die as they start",
                        hint="a script that calls skelconv.build() needs "
                        "`if __name__ == '__main__':`",
                    ) from error
                if not left:
                    raise BuildError(
                        "a worker died as it started, each time: out of memory, or a crash in "
                        "native code",
                        hint="fewer workers need less memory: --workers",
                    ) from error
                self._restart(first)
            else:
                return


def _lacks_guard() -> bool:
    """Tell whether workers, which import the script that is run, would run all of it."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    # `python -m skelconv`, and the like, is what they do not import.
    if getattr(getattr(main, "__spec__", None), "name", "").split(".")[-1] == "__main__":
        return False
    try:
        return script is not None and b"__name__" not in Path(script).read_bytes()
    except OSError:
        return False
