"""The check of executors."""

import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from skelconv.engine.local import LocalExecutor
from skelconv.engine.serial import SerialExecutor
from skelconv.plugin import Resources
from skelconv.testing import check_executor


def test_the_executors_of_skelconv_pass() -> None:
    check_executor(SerialExecutor())
    check_executor(LocalExecutor(2))


class Pool(Executor):
    """Runs what is submitted at once, and changes its result or its error."""

    def __init__(self, result: Callable[[Any], Any], error: Callable[[Exception], Any]) -> None:
        self._result = result
        self._error = error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if fn.__name__ == "_hang":
            future.set_running_or_notify_cancel()
            return future
        if fn.__name__ == "_die":
            future.set_exception(self._error(BrokenExecutor("it died")))
            return future
        try:
            future.set_result(self._result(fn(*args, **kwargs)))
        except Exception as error:
            future.set_exception(self._error(error))
        return future


class InProcess:
    workers = 1

    def __init__(
        self,
        result: Callable[[Any], Any] = lambda value: value,
        error: Callable[[Exception], Exception] = lambda error: error,
        *,
        isolated: bool = False,
        workers: int = 1,
    ) -> None:
        self._pool = Pool(result, error)
        self.isolated = isolated
        self.workers = workers

    def start(self, resources: Resources) -> Executor:
        return self._pool

    def kill(self, pool: Executor) -> None:
        pass


def _no_death(error: Exception) -> Exception:
    return OSError(str(error)) if isinstance(error, BrokenExecutor) else error


@pytest.mark.parametrize(
    ("executor", "words"),
    [
        (InProcess(lambda value: value and value + 1), "wrong results"),
        (InProcess(error=lambda error: RuntimeError(str(error))), "came back as RuntimeError"),
        (InProcess(error=lambda error: ZeroDivisionError()), "came back as ZeroDivisionError"),
        (InProcess(workers=0), "it has 0 workers"),
        (InProcess(error=_no_death, isolated=True), "the death of a worker came back as OSError"),
        (InProcess(isolated=True), "kill did not end what it was doing"),
        (ThreadPoolExecutor(1), "it lacks workers, isolated, or a method"),
    ],
)
def test_faults_of_an_executor(executor: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_executor(executor, timeout=0.1)


def test_a_pool_of_another_kind() -> None:
    executor = InProcess()
    executor._pool = os  # type: ignore[assignment]
    with pytest.raises(AssertionError, match="start gave a module, not an Executor"):
        check_executor(executor)
