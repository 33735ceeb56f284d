"""Ctrl-C, SIGTERM and SIGHUP: how they end a program, and how a step is kept whole."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Signals that come so soon after another mean the same. Each would break off the ending that the
# one before it has begun.
_SAME_SECONDS = 3.0


class _Interrupt:
    """Raises a KeyboardInterrupt, and not at once another."""

    def __init__(self) -> None:
        self._last = -math.inf

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last > _SAME_SECONDS:
            self._last = now
            raise KeyboardInterrupt


def listen() -> None:
    """Let these signals raise KeyboardInterrupt in this program, once for many in a row.

    Schedulers of clusters and containers send SIGTERM, some time before they kill. A terminal that
    is closed sends SIGHUP; under nohup it is ignored, and stays so.
    """
    handler = _Interrupt()
    for number in _INTERRUPTS:
        if number == signal.SIGTERM or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def stop_listening() -> None:
    """Ignore these signals from now on: the program ends, and its exit code is known."""
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Run a short block as a whole: an interrupt that comes meanwhile is raised at its end.

    Blocking signals would not help: Python runs its handlers in the main thread, whichever thread
    the system sends a signal to.

    Raises
    ------
    KeyboardInterrupt
        At the end, when an interrupt came within the block.
    """
    came: list[int] = []

    def _note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    handlers = {number: signal.getsignal(number) for number in _INTERRUPTS}
    raising = {
        number: handler
        for number, handler in handlers.items()
        if handler is signal.default_int_handler or isinstance(handler, _Interrupt)
    }
    if threading.current_thread() is not threading.main_thread():
        raising = {}
    for number in raising:
        signal.signal(number, _note)
    try:
        yield
    finally:
        for number, handler in raising.items():
            signal.signal(number, handler)
    if came:
        first = signal.Signals(came[0])
        handler = raising[first]
        assert callable(handler)  # noqa: S101 (one of the two that raise)
        handler(first, None)
