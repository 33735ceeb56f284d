"""Which clips are in which parts of a dataset, and how lists of clips and found clips differ."""

from __future__ import annotations

import functools
import itertools
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from skelconv.data.errors import BuildError
from skelconv.data.parts import exclude_each_other
from skelconv.engine.advice import advice
from skelconv.engine.given import check_all, is_too_long
from skelconv.plugin.guard import guarded
from skelconv.plugin.interfaces import MAX_ID_BYTES, Inventory, Item, Split
from skelconv.plugin.use import UseSource, UseSplit
from skelconv.text.counts import counted

# More are a mistake, such as a column of a table that is not the one of parts.
MAX_SPLITS = 1000
# Lists can name hundreds of thousands of clips that are not there.
_KEPT = 100


@dataclass(frozen=True, slots=True)
class Names:
    """Names of which there may be very many: their number, and the first of them.

    It is true where there are any.

    Attributes
    ----------
    count : int
        How many there are.
    first : tuple of str
        The first 100.
    """

    count: int = 0
    first: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Count names, and keep the first.

        Parameters
        ----------
        names : sequence of str
            The names.

        Returns
        -------
        Names
            Bounded in size.
        """
        return cls(len(names), tuple(islice(names, _KEPT)))

    def __bool__(self) -> bool:
        return bool(self.count)


@dataclass(frozen=True, slots=True)
class Membership:
    """How the clips, and the lists of the splits, fit together.

    The counts are of all that the source found, also with a limit and for a part of a build.

    Attributes
    ----------
    without_clip : Names
        Names in the lists of splits that no clip has, but for those of `absent`, and those that
        the source rejects or leaves out.
    absent : int
        How many more names in these lists the source itself reports as absent.
    in_no_part : Names
        Clips that are in no part; empty where the recipe has no splits.
    in_two_parts : Names
        Clips that are in two parts that exclude each other, as train and test do.
    empty : tuple of str
        Parts without a clip.
    advice : tuple of str
        What would make names match that nearly do, a line for each list.
    without_item : Names
        Names in the lists of transforms that no clip has.
    """

    without_clip: Names = Names()
    absent: int = 0
    in_no_part: Names = Names()
    in_two_parts: Names = Names()
    empty: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    without_item: Names = Names()

    @property
    def faults(self) -> list[str]:
        """What makes a dataset not clean: names without a clip, and empty parts."""
        found = []
        if names := self.without_clip.count + self.absent:
            found.append(
                counted(names, "name in the splits has", "names in the splits have") + " no clip"
            )
        if names := self.without_item.count:
            found.append(
                counted(names, "name in a transform's list has", "names in transforms' lists have")
                + " no clip"
            )
        if self.empty:
            found.append(counted(len(self.empty), "part is", "parts are") + " empty")
        return found


class _Made(NamedTuple):
    """A split, and what became of the clips by it alone."""

    use: UseSplit
    split: Split
    names: tuple[str, ...]
    unassigned: list[str]


def assign(
    inventory: Inventory,
    source: UseSource,
    uses: Sequence[UseSplit],
    listed: Sequence[str] = (),
) -> tuple[dict[str, array[int]], Membership]:
    """Assign the clips of an inventory to the parts of a dataset.

    Parameters
    ----------
    inventory : Inventory
        All that the source found.
    source : UseSource
        The source, for its options' names in advice.
    uses : sequence of UseSplit
        The splits.
    listed : sequence of str
        The clips that lists of transforms name.

    Returns
    -------
    members : dict of str to array of int
        The ascending positions of the members of each part, by its name.
    membership : Membership
        What does not fit together.

    Raises
    ------
    SkelconvError
        When a split has no part, a clip cannot be assigned, or a part is there twice.
    """
    splits = [_made(use) for use in uses]
    members = _empty_parts(splits)
    in_no_part: list[str] = []
    in_two_parts: list[str] = []
    for position, item in enumerate(inventory.items):
        parts = [name for made in splits for name in _parts_of(item, made)]
        for name in parts:
            members[name].append(position)
        if not parts:
            in_no_part.append(item.id)
        elif len(parts) > 1 and _exclude_each_other(tuple(sorted(parts))):
            in_two_parts.append(item.id)
    without, absent, said = _compare(inventory, source, splits, in_no_part)
    without_item = _without_item(inventory, listed)
    nearly = advice(without_item, (item.id for item in inventory.items), source)
    return members, Membership(
        without_clip=Names.of(without),
        absent=absent,
        in_no_part=Names.of(in_no_part if uses else ()),
        in_two_parts=Names.of(in_two_parts),
        empty=tuple(name for name, positions in members.items() if not positions),
        advice=tuple(dict.fromkeys(filter(None, (*said, nearly)))),
        without_item=Names.of(without_item),
    )


def _made(use: UseSplit) -> _Made:
    split = use.make()
    with guarded(use.who):
        check_all(str, split.names, "names")
        names = tuple(split.names)
    if not names:
        raise BuildError(
            "it has no part: nothing says which clips are for training",
            where=use.who,
            hint="leave this split out, or name one that has parts",
        )
    return _Made(use, split, names, [])


def _empty_parts(splits: Iterable[_Made]) -> dict[str, array[int]]:
    members: dict[str, array[int]] = {}
    for made in splits:
        who = made.use.who
        if len(members) + len(made.names) > MAX_SPLITS:
            raise BuildError(
                f"with its {len(made.names):,} names there are more than {MAX_SPLITS:,} splits",
                where=who,
            )
        for name in made.names:
            if is_too_long(name):
                raise BuildError(
                    f"the name of a split is longer than {MAX_ID_BYTES:,} bytes", where=who
                )
            if name in members:
                raise BuildError(f"two splits of the recipe are called {name!r}", where=who)
            members[name] = array("I")
    return members


def _parts_of(item: Item, made: _Made) -> set[str]:
    with guarded(f"{made.use.who}, assigning {item.id!r},"):
        parts = set(made.split.assign(item.id))
        for name in parts:
            if name not in made.names:
                raise ValueError(f"it assigns to {name!r}, which is not in its names")
    if not parts:
        made.unassigned.append(item.id)
    return parts


# There may be as many combinations of parts as clips.
@functools.lru_cache(1024)
def _exclude_each_other(parts: tuple[str, ...]) -> bool:
    return any(exclude_each_other(*pair) for pair in itertools.combinations(parts, 2))


def _compare(
    inventory: Inventory, source: UseSource, splits: Sequence[_Made], in_no_part: list[str]
) -> tuple[list[str], int, tuple[str, ...]]:
    """Compare the lists of splits, and the source's own, with the clips that there are."""
    rejected = [one.id for one in inventory.rejected]
    absent = set(inventory.absent)
    known: set[str] = set()
    without: dict[str, None] = {}
    missing: set[str] = set()
    said = []
    for made in splits:
        if not hasattr(made.split, "listed"):
            continue
        known = known or _known(inventory, rejected)
        names = [name for name in listed_by(made.use.who, made.split) if name not in known]
        missing.update(name for name in names if name in absent)
        names = [name for name in names if name not in absent]
        without.update(dict.fromkeys(names))
        said.append(advice(names, [*made.unassigned, *rejected], source, made.use))
    said.append(advice(absent, [*rejected, *in_no_part], source))
    return list(without), len(missing), tuple(dict.fromkeys(filter(None, said)))


def _known(inventory: Inventory, rejected: Iterable[str]) -> set[str]:
    left_out = (name for names in inventory.left_out.values() for name in names)
    return {*(item.id for item in inventory.items), *rejected, *left_out}


def _without_item(inventory: Inventory, listed: Sequence[str]) -> list[str]:
    """Return the names that no clip has, whatever became of it."""
    if not listed:
        return []
    known = _known(inventory, (one.id for one in inventory.rejected))
    known.update(inventory.absent)
    return [name for name in listed if name not in known]


def listed_by(who: str, stage: object) -> list[str]:
    """Return the clips that the list of a stage names, each once.

    Parameters
    ----------
    who : str
        The stage's name in messages.
    stage : object
        A split or a transform.

    Returns
    -------
    list of str
        The names, in their order; none where it has no method ``listed``.
    """
    names: dict[str, None] = {}
    with guarded(who):
        for name in getattr(stage, "listed", tuple)():
            if not isinstance(name, str):
                raise TypeError(f"it lists {name!r:.60}, which is not a str")
            names[name] = None
    return list(names)
