"""Names in a sentence, of which there may be many."""

from __future__ import annotations

from collections.abc import Iterable


def listed(
    names: Iterable[object], most: int = 10, *, count: int | None = None, between: str = ", "
) -> str:
    """Return the first names, and how many more there are.

    Parameters
    ----------
    names : iterable of object
        The names, or numbers.
    most : int
        How many are shown.
    count : int, optional
        How many there are, where `names` are only the first of them.
    between : str
        What is between two.

    Returns
    -------
    str
        Such as ``jump, run and 3 more``.
    """
    every = list(map(str, names))
    more = (len(every) if count is None else count) - most
    return between.join(every[:most]) + (f" and {more} more" if more > 0 else "")
