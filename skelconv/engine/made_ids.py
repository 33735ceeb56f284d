"""The ids of clips that stages have made, read from the spool: there may be very many."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from skelconv.data.errors import BuildError
from skelconv.engine.outcome import Outcome, heads_in
from skelconv.engine.plan import Plan
from skelconv.engine.spool import Spool
from skelconv.plugin.made import MARKS, lineage, origins


class MadeIds(Sequence[str]):
    """The ids of all clips, in the order of the output.

    Eight bytes for each item are in memory, and the ids of one item.

    Parameters
    ----------
    plan : Plan
        What the build does.
    spool : Spool
        What became of the items.
    positions : sequence of int
        The ascending positions of the items that gave clips.

    Attributes
    ----------
    starts : array of int
        For each of these items the row of its first clip; and the number of all clips.

    Raises
    ------
    BuildError
        When an id is there twice.
    """

    def __init__(self, plan: Plan, spool: Spool, positions: Sequence[int]) -> None:
        self._items, self._spool, self._positions = plan.items, spool, positions
        self._last: tuple[int, list[str]] = (-1, [])
        self.starts = array("Q", [0])
        alike = _alike(item.id for item in plan.items)
        seen: set[str] = set()
        for place, position in enumerate(positions):
            ids = self._of(place)
            self.starts.append(self.starts[-1] + len(ids))
            if plan.items[position].id in alike:
                if twice := seen.intersection(ids):
                    raise _given_twice(min(twice), plan.recipe.name)
                seen.update(ids)

    def __len__(self) -> int:
        return self.starts[-1]

    @overload
    def __getitem__(self, row: int) -> str: ...

    @overload
    def __getitem__(self, row: slice) -> list[str]: ...

    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        row = range(len(self))[row]
        place = bisect_right(self.starts, row) - 1
        if self._last[0] != place:
            self._last = place, self._of(place)
        return self._last[1][row - self.starts[place]]

    def __iter__(self) -> Iterator[str]:
        for ids in self.lineages():
            yield ids[-1]

    def lineages(self) -> Iterator[list[str]]:
        """Return the lineage of each clip.

        Yields
        ------
        list of str
            See `skelconv.plugin.made.lineage`.
        """
        for position in self._positions:
            for added in self._added(position):
                yield lineage(self._items[position].id, added)

    def _of(self, place: int) -> list[str]:
        position = self._positions[place]
        item_id = self._items[position].id
        return [item_id + "".join(added) for added in self._added(position)]

    def _added(self, position: int) -> Iterator[tuple[str, ...]]:
        for head in heads_in(self._spool.first_line(position)):
            if head.outcome == Outcome.CLIP:
                yield head.added


def _alike(item_ids: Iterator[str]) -> set[str]:
    """Return the items that could give clips of the same id: one is called as a clip of another."""
    marked = []
    known = set()
    for item_id in item_ids:
        known.add(item_id)
        if any(mark in item_id for mark in MARKS):
            marked.append(item_id)
    alike = set()
    for item_id in marked:
        if found := known.intersection(origins(item_id)):
            alike |= {item_id, *found}
    return alike


def _given_twice(clip_id: str, recipe: str) -> BuildError:
    return BuildError(
        f"two recordings give a clip {clip_id!r}",
        where=recipe,
        hint="one of them is called as a clip of the other: rename it, or build it alone",
    )
