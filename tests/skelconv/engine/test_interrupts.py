import os
import signal
import threading
from collections.abc import Iterator

import pytest

from skelconv.engine.interrupts import uninterrupted


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    before = signal.signal(request.param, signal.default_int_handler)
    yield request.param
    signal.signal(request.param, before)


def test_what_comes_meanwhile_is_raised_at_the_end(number: signal.Signals) -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            os.kill(os.getpid(), number)
            done.append("first")
            os.kill(os.getpid(), number)
            done.append("second")
        done.append("after")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["first", "second"]
    assert signal.getsignal(number) is signal.default_int_handler


def test_an_error_is_raised_in_place_of_an_interrupt(number: signal.Signals) -> None:
    def work() -> None:
        with uninterrupted():
            os.kill(os.getpid(), number)
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        work()
    assert signal.getsignal(number) is signal.default_int_handler


def test_handlers_of_others_stay(number: signal.Signals) -> None:
    came = []
    signal.signal(number, lambda *_: came.append(1))
    with uninterrupted():
        os.kill(os.getpid(), number)
        assert came == [1]


def test_other_threads_have_nothing_to_hold_back() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
