"""Counts of things, and how fast they are done, in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and what is counted, such as ``1 file`` or ``5 files``.

    Parameters
    ----------
    count : int
        How many.
    one : str
        The singular.
    many : str
        The plural; by default the singular and an s.

    Returns
    -------
    str
        The number and the right form.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def paced(rate: float) -> str:
    """Return how fast clips are done, such as ``12.3 clips/s`` or ``4.0 clips/min``.

    Parameters
    ----------
    rate : float
        Clips per second.

    Returns
    -------
    str
        In the unit of time in which it is one clip at least; per hour otherwise. Videos on a CPU
        take minutes each.
    """
    for unit, seconds in (("s", 1), ("min", 60)):
        if rate * seconds >= 1:
            return f"{rate * seconds:.1f} clips/{unit}"
    return f"{rate * 3600:.1f} clips/h"
