"""Which clips are in which parts, once it is known which clips stages have made of the items.

A clip is in the parts of its item. Where a list names the clip itself, or what it came from in
between, the nearest of these says which parts of that split it is in.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, repeat
from operator import itemgetter

from skelconv.engine.members import exclusive
from skelconv.engine.membership import Membership, Names
from skelconv.engine.outcome import Outcome, heads_in
from skelconv.engine.plan import Plan
from skelconv.engine.spool import Spool
from skelconv.plugin.made import lineage, origins

Told = Mapping[int, tuple[str, ...]]
"""The parts of a clip by the place of the split that says so."""


def told_of(plan: Plan, ids: Sequence[str]) -> Told:
    """Return what lists say of a clip that is made of an item.

    Parameters
    ----------
    plan : Plan
        With the names that lists have.
    ids : sequence of str
        Its `skelconv.plugin.made.lineage`.

    Returns
    -------
    mapping of int to tuple of str
        By split; empty where they say nothing of it but what they say of the item.
    """
    told: dict[int, tuple[str, ...]] = {}
    for name in reversed(ids[1:]):
        for place, parts in plan.named.get(name, {}).items():
            told.setdefault(place, parts)
    return told


def members(
    plan: Plan, positions: Sequence[int], starts: Sequence[int], told: Mapping[int, Told]
) -> dict[str, array[int]]:
    """Return the rows of the clips of each part.

    Parameters
    ----------
    plan : Plan
        With the items of each part.
    positions : sequence of int
        The ascending positions of the items that gave clips.
    starts : sequence of int
        For each of these the row of its first clip; and the number of all clips.
    told : mapping of int to mapping
        What `told_of` says of clips, by row; of which it is not empty.

    Returns
    -------
    dict of str to array of int
        Ascending rows, by the name of the part.
    """
    given = array("q", [-1]) * len(plan.items)
    for place, position in enumerate(positions):
        given[position] = place
    split_of = {name: place for place, names in enumerate(plan.parts_of_splits) for name in names}
    moved: dict[str, list[int]] = {name: [] for name in plan.splits}
    for row in sorted(told):
        for parts in told[row].values():
            for name in parts:
                moved[name].append(row)

    def _inherited(name: str, of: Sequence[int]) -> Iterator[int]:
        for position in of:
            place = given[position]
            if place >= 0:
                for row in range(starts[place], starts[place + 1]):
                    if row not in told or split_of[name] not in told[row]:
                        yield row

    return {
        name: array("I", heapq.merge(_inherited(name, of), moved[name]))
        for name, of in plan.splits.items()
    }


def membership(
    plan: Plan, ids: Sequence[str], splits: Mapping[str, Sequence[int]], spool: Spool
) -> Membership:
    """Return how the clips that were made fit the lists.

    Parameters
    ----------
    plan : Plan
        A plan that divides, with what is known of its items.
    ids : sequence of str
        The ids of the clips.
    splits : mapping of str to sequence of int
        The ascending rows of each part.
    spool : Spool
        What became of the items.

    Returns
    -------
    Membership
        That of the plan, with what is known of clips.
    """
    no_part: Iterator[int] = iter(())
    two_parts: Iterator[int] = iter(())
    if splits:
        no_part = _in_none(len(ids), _parts_by_row(splits))
        two_parts = (row for row, parts in _parts_by_row(splits) if exclusive(parts))
    return replace(
        plan.membership,
        in_no_part=Names.of(ids[row] for row in no_part),
        in_two_parts=Names.of(ids[row] for row in two_parts),
        unmade=Names.of(_unmade(plan, spool)),
        of_made=True,
    )


def _parts_by_row(splits: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Return the rows that are in any part, ascending, with the sorted names of these."""
    pairs = heapq.merge(*(zip(rows, repeat(name)) for name, rows in sorted(splits.items())))
    for row, group in groupby(pairs, itemgetter(0)):
        yield row, tuple(name for _, name in group)


def _in_none(count: int, parts: Iterator[tuple[int, tuple[str, ...]]]) -> Iterator[int]:
    """Return the rows, of so many, that are in no part."""
    expected = 0
    for row, _ in parts:
        yield from range(expected, row)
        expected = row + 1
    yield from range(expected, count)


def _unmade(plan: Plan, spool: Spool) -> Iterator[str]:
    """Return the listed clips that were not made, in the order of their items.

    Where what a clip would be made of has failed or was dropped, that is told of this one.
    """
    names: dict[str, list[str]] = {}
    for name in plan.named:
        for origin in origins(name):
            names.setdefault(origin, []).append(name)
    if not names:
        return
    for position, item in enumerate(plan.items):
        wanted = names.get(item.id)
        if not wanted or position not in spool:
            continue
        known: set[str] = set()
        ended: set[str] = set()
        for head in heads_in(spool.first_line(position)):
            ids = lineage(item.id, head.added)
            known.update(ids)
            if head.outcome != Outcome.CLIP:
                ended.add(ids[-1])
        for name in wanted:
            if name not in known and not ended.intersection(origins(name)):
                yield name
