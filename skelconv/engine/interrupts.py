"""Delays Ctrl-C to the end of a step, so that it never comes within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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

    raising = (
        [n for n in _INTERRUPTS if signal.getsignal(n) is signal.default_int_handler]
        if threading.current_thread() is threading.main_thread()
        else []
    )
    for number in raising:
        signal.signal(number, _note)
    try:
        yield
    finally:
        for number in raising:
            signal.signal(number, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
