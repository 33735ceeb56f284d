"""The memory of this machine, and of this process."""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

# Parameters of mallopt(3): M_MMAP_THRESHOLD at its largest, M_TRIM_THRESHOLD, and M_ARENA_MAX.
_REUSE = {-3: 32 * 2**20, -1: 2**30, -8: 1}


def memory() -> int | None:
    """Return the bytes of memory of this machine, or those that a container may use.

    Returns
    -------
    int or None
        None where it is not known.
    """
    sizes = []
    with contextlib.suppress(AttributeError, OSError, ValueError):  # there is none on Windows
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(sizes, default=None)


def memory_of_a_core() -> int:
    """Return the bytes of memory that there are for each core of this machine.

    Returns
    -------
    int
        0 where it is not known.
    """
    return (memory() or 0) // (os.cpu_count() or 1)


def use_memory_again() -> None:
    """Let this process use again what it has freed, whichever of its threads did.

    glibc takes memory for large values from the system and gives it back at once, and has a place
    for each thread, so that one does not use again what another has freed. Where frames come and
    go, to get each one's memory anew takes as long as to convert it. It is kept now until
    `give_memory_back`. With another C library this does nothing.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in _REUSE.items():
            mallopt(parameter, value)


def give_memory_back() -> None:
    """Give memory that was freed between what is still in use back to the system.

    glibc keeps it, and where large values come and go beside small ones that stay, it is in pieces
    that are too small for the next value, and grows. With another C library this does nothing.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
