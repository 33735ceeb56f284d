"""The end of a process in which a plugin may have left a thread."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import time

_SECONDS = 2.0


def end_in_time(code: int, *, quiet: bool = False) -> None:
    """See to it that this process ends, when Python would wait for a thread that never does.

    Threads get two seconds, as those of a pool end by themselves. Without any, nothing changes.

    Parameters
    ----------
    code : int
        The exit code, if the process has to be ended.
    quiet : bool
        Whether to do it without a message.
    """
    if _left():
        threading.Thread(target=_end, args=(code, quiet), daemon=True).start()


def _left() -> list[threading.Thread]:
    main = threading.main_thread()
    return [
        one
        for one in threading.enumerate()
        if not (one.daemon or one is main or _is_of_a_pool(one))
    ]


def _is_of_a_pool(thread: threading.Thread) -> bool:
    """Return whether it is the thread of a pool of processes, which ends when these have ended."""
    return type(thread).__module__.startswith("concurrent.futures")


def _end(code: int, quiet: bool) -> None:
    for thread in filter(_is_of_a_pool, threading.enumerate()):
        thread.join()
    time.sleep(_SECONDS)
    left = _left()
    if not left:
        return
    atexit._run_exitfuncs()  # as Python would, and `_exit` does not
    with contextlib.suppress(OSError, ValueError):
        if not quiet:
            names = ", ".join(repr(thread.name)[:80] for thread in left[:5])
            print(f"ended, although a plugin left a thread running: {names}", file=sys.stderr)
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None when they are closed
            stream.flush()
    os._exit(code)
