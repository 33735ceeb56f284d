"""The group of a clip, as a part of its id says it: its subject, or the video that it is from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from skelconv import BuildError

MAX_NAME = 1024
"""Longer ids are cut before a pattern is searched for in them."""


def groups_of(ids: Iterable[str], pattern: str) -> dict[str, list[str]]:
    """Sort clips into groups.

    Parameters
    ----------
    ids : iterable of str
        The ids of the clips.
    pattern : str
        A regular expression that is searched for in ids. What its groups (in parentheses) match is
        the name, with ``_`` between several; or all that it matches where it has none.

    Returns
    -------
    dict of str to list of str
        The ids of each group.

    Raises
    ------
    BuildError
        When it finds nothing in an id, or an empty name, or gives two groups one name.
    """
    search = re.compile(pattern).search
    groups: dict[str, list[str]] = {}
    matched: dict[str, tuple[str, ...]] = {}
    for clip_id in ids:
        found = search(clip_id[:MAX_NAME])
        parts = () if found is None else tuple(filter(None, found.groups() or (found[0],)))
        name = "_".join(parts)
        if not name:
            raise BuildError(
                f"the pattern {pattern!r} finds no group in the id {clip_id!r}",
                hint="it must fit every clip: a clip without a group could be in any part",
            )
        if matched.setdefault(name, parts) != parts:
            raise BuildError(
                f"the pattern {pattern!r} gives two groups the name {name!r}: "
                f"{matched[name]} and {parts}, as of {clip_id!r}",
                hint="use one pair of parentheses around all that makes a group",
            )
        groups.setdefault(name, []).append(clip_id)
    return groups
