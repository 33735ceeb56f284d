"""The check of executors."""

from __future__ import annotations

import os
import threading
from concurrent.futures import BrokenExecutor, CancelledError
from concurrent.futures import Executor as Pool

from skelconv.plugin.descriptors import Resources
from skelconv.plugin.interfaces.executors import Executor

_COUNT = 20
# A function that hangs ends after this, so that a check that fails does not hang as well.
_HANG_SECONDS = 60.0


def check_executor(executor: Executor, timeout: float = 30) -> None:
    """Check that an executor runs functions, reports what they raise, and can be ended.

    Parameters
    ----------
    executor : Executor
        The executor. Its workers must be able to import `skelconv`.
    timeout : float
        Seconds that its pools may take to start and to end.
    """
    assert isinstance(executor, Executor), "it lacks workers, isolated, or a method"
    pool = executor.start(Resources())
    try:
        assert isinstance(pool, Pool), f"start gave a {type(pool).__name__}, not an Executor"
        assert executor.workers >= 1, f"it has {executor.workers} workers"
        _check_results(pool, timeout)
        if executor.isolated:
            _check_death(pool, timeout)
    finally:
        executor.kill(pool)
    pool = executor.start(Resources())  # as a build does after one broke
    try:
        _check_results(pool, timeout)
        hanging = [pool.submit(_hang) for _ in range(executor.workers if executor.isolated else 0)]
    finally:
        executor.kill(pool)
    for future in hanging:
        # `wait` would not do: it does not count futures as done that were cancelled.
        try:
            future.exception(timeout)
        except CancelledError:
            pass
        except TimeoutError:
            raise AssertionError("kill did not end what it was doing") from None


def _check_results(pool: Pool, timeout: float) -> None:
    futures = [pool.submit(_square, number) for number in range(_COUNT)]
    results = [future.result(timeout) for future in futures]
    assert results == [number**2 for number in range(_COUNT)], f"wrong results: {results}"
    error = pool.submit(_fail, "a fault of this check").exception(timeout)
    assert isinstance(error, ZeroDivisionError) and error.args == ("a fault of this check",), (
        f"an exception of a function came back as {error!r}"
    )
    assert pool.submit(_square, 3).result(timeout) == 9, "it does not go on after an exception"


def _check_death(pool: Pool, timeout: float) -> None:
    error = pool.submit(_die).exception(timeout)
    assert isinstance(error, BrokenExecutor), (
        f"the death of a worker came back as {error!r}, not as a BrokenExecutor"
    )


# What workers run is imported by its name.


def _square(number: int) -> int:
    return number**2


def _fail(message: str) -> None:
    raise ZeroDivisionError(message)


def _die() -> None:
    os._exit(1)


def _hang() -> None:
    threading.Event().wait(_HANG_SECONDS)
