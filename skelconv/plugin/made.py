"""Clips that stages make of one: how they are called, and what they came from.

Such a clip is called as the clip that it came from, with ``@`` or ``#`` and more behind it, as
``walk_03@000120-000184`` and ``walk_03#2@000000-000064``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

MARKS = "@#"
"""What is between the id of a clip and what a stage adds to it."""


def is_made_of(clip_id: str, origin: str) -> bool:
    """Return whether a clip may be called so that is made of another one.

    Parameters
    ----------
    clip_id : str
        Its id.
    origin : str
        The id of the clip that it is made of.

    Returns
    -------
    bool
        Whether it is that id, a mark, and more.
    """
    added = clip_id[len(origin) :]
    return clip_id.startswith(origin) and len(added) > 1 and added[0] in MARKS


def lineage(item_id: str, added: Sequence[str]) -> list[str]:
    """Return the ids of a clip and of all that it came from.

    Parameters
    ----------
    item_id : str
        The id of the item.
    added : sequence of str
        What stages have added to it; see `skelconv.engine.outcome.Result`.

    Returns
    -------
    list of str
        The item's id first, and the clip's own last.
    """
    return list(accumulate((item_id, *added)))


def origins(name: str) -> Iterator[str]:
    """Return the ids that a clip may have come from, by its name alone.

    Parameters
    ----------
    name : str
        The name.

    Yields
    ------
    str
        What is in front of a mark, the longest first.
    """
    for place in range(len(name) - 2, 0, -1):
        if name[place] in MARKS:
            yield name[:place]
