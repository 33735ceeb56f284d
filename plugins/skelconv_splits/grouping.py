"""The group of a clip, such as its subject or the video that it is from: by its id, or a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from skelconv import BuildError
from skelconv.files import rows_in
from skelconv.plugin import origins
from skelconv.text import counted, listed
from skelconv_splits.texts import given

MAX_NAME = 1024
"""Longer ids are cut before a pattern is searched for in them."""

# How many clips a sentence lists.
_SHOWN = 20

Groups = Callable[[Iterable[str]], dict[str, list[str]]]
"""Sorts the ids of clips into groups, by name; an error where a clip has none."""


def groups_by_pattern(ids: Iterable[str], pattern: str) -> dict[str, list[str]]:
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
    lacking = []
    for clip_id in ids:
        found = search(clip_id[:MAX_NAME])
        parts = () if found is None else tuple(filter(None, found.groups() or (found[0],)))
        name = "_".join(parts)
        if not name:
            lacking.append(repr(clip_id))
            continue
        if matched.setdefault(name, parts) != parts:
            raise BuildError(
                f"the pattern {pattern!r} gives two groups the name {name!r}: "
                f"{matched[name]} and {parts}, as of {clip_id!r}",
                hint="use one pair of parentheses around all that makes a group",
            )
        groups.setdefault(name, []).append(clip_id)
    if lacking:
        raise BuildError(
            f"the pattern {pattern!r} finds no group in {counted(len(lacking), 'id')}: "
            f"{listed(lacking, _SHOWN)}",
            hint="it must fit every clip: a clip without a group could be in any part",
        )
    return groups


def groups_in_table(
    ids: Iterable[str], path: Path, id_column: str, column: str, strip: str
) -> dict[str, list[str]]:
    """Sort clips into groups as a table has them.

    Parameters
    ----------
    ids : iterable of str
        The ids of the clips. One that is cut from another may be named by that one's id.
    path : Path
        A csv file with a header.
    id_column, column : str
        Its columns of clips' ids and of groups.
    strip : str
        An ending that is left out of the ids in it.

    Returns
    -------
    dict of str to list of str
        The ids of each group.

    Raises
    ------
    BuildError
        When the table cannot be read, has no group for a clip, or two.
    """
    text = given(path)
    table: dict[str, tuple[str, int]] = {}
    twice = []
    for line, (name, group) in rows_in(text.content, text.name, (id_column, column)):
        first = table.setdefault(name.removesuffix(strip), (group, line))
        if first[0] != group:
            said = f"{name!r} is in the group {group!r}, and in line {first[1]} in {first[0]!r}"
            twice.append((line, said))
    if twice:
        more = f"; so {counted(len(twice) - 1, 'more row')}" if len(twice) > 1 else ""
        line, said = twice[0]
        raise BuildError(f"{said}{more}", where=f"{text.name}:{line}")
    groups: dict[str, list[str]] = {}
    lacking = []
    for clip_id in ids:
        known = next((one for one in (clip_id, *origins(clip_id)) if one in table), None)
        if known is None or not table[known][0]:
            lacking.append(repr(clip_id))
        else:
            groups.setdefault(table[known][0], []).append(clip_id)
    if lacking:
        raise BuildError(
            f"the table has no group for {counted(len(lacking), 'clip')}: "
            f"{listed(lacking, _SHOWN)}",
            where=text.name,
            hint="it must name a group for every clip: a clip without one could be in any part",
        )
    return groups
