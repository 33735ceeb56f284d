"""Counts of things, in words."""

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
