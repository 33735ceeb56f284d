import os
import signal
import threading
from collections.abc import Iterator

import pytest

from skelconv.engine.interrupts import listen, stop_listening, uninterrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back what these tests set."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request: pytest.FixtureRequest, handlers: None) -> signal.Signals:
    signal.signal(request.param, signal.default_int_handler)
    chosen: signal.Signals = request.param
    return chosen


def come(number: signal.Signals) -> bool:
    """Whether a signal interrupts."""
    try:
        os.kill(os.getpid(), number)
    except KeyboardInterrupt:
        return True
    return False


def test_signals_in_a_row_are_one_interrupt(
    handlers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in SIGNALS:  # where tests run in the background, some are ignored
        signal.signal(number, signal.SIG_DFL)
    now = 100.0
    monkeypatch.setattr("skelconv.engine.interrupts.time.monotonic", lambda: now)
    listen()
    assert [come(number) for number in (*SIGNALS, *SIGNALS)] == [True, *[False] * 5]
    now += 10.0  # the ending hangs
    assert come(signal.SIGTERM)
    now += 10.0
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        assert not any(map(come, SIGNALS))
    assert not come(signal.SIGINT)
    now += 10.0
    stop_listening()
    assert not any(map(come, SIGNALS))


def test_what_is_ignored_stays_so_but_for_sigterm(handlers: None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    listen()
    assert [come(number) for number in SIGNALS] == [False, True, False]


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
