"""Ctrl-C, between two steps and never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Do something short as a whole: an interrupt that comes meanwhile is raised at its end.

    Blocking signals would not do it: Python acts in its main thread on what any thread is sent.

    Raises
    ------
    KeyboardInterrupt
        At the end.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    raising = (
        [n for n in _INTERRUPTS if signal.getsignal(n) is signal.default_int_handler]
        if threading.current_thread() is threading.main_thread()
        else []
    )
    for number in raising:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in raising:
            signal.signal(number, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
