"""How much memory this machine has."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


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
