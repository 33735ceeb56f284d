"""Which clips are in which parts of a dataset, and how lists of clips and found clips differ.

Where transforms make many clips of one, the plan assigns the items, and keeps what lists say of
names that such clips may have. `skelconv.engine.belonging` goes on when the clips are known.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from skelconv.data.errors import BuildError
from skelconv.data.parts import pairs_that_exclude
from skelconv.engine.advice import advice
from skelconv.engine.given import check_all, is_too_long, placed
from skelconv.engine.membership import Membership, Names
from skelconv.plugin.guard import guarded
from skelconv.plugin.interfaces.sources import MAX_ID_BYTES, Inventory
from skelconv.plugin.interfaces.splits import Split
from skelconv.plugin.made import MARKS, origins
from skelconv.plugin.use import UseSource, UseSplit

# More are a mistake, such as a column of a table that is not the one of parts.
MAX_SPLITS = 1000


@dataclass(frozen=True, slots=True)
class Tables:
    """What the lists and tables of a recipe's transforms name.

    Attributes
    ----------
    listed : tuple of str
        The names, each once.
    later : frozenset of str
        Those of them that a clip of an item may have, as a transform before makes many of one.
    """

    listed: tuple[str, ...] = ()
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which items are in which parts.

    Attributes
    ----------
    parts : mapping of str to array of int
        The ascending positions of the members of each part, by its name.
    membership : Membership
        What does not fit together, as far as it is known.
    splits : sequence of sequence of str
        The names of the parts of each split.
    named : mapping of str to mapping of int to tuple of str
        Names in lists that no item has, and a clip may have that is made of one: what each split
        that lists it, by its place in `splits`, says of it.
    """

    parts: Mapping[str, array[int]] = field(default_factory=dict)
    membership: Membership = field(default_factory=Membership)
    splits: Sequence[Sequence[str]] = ()
    named: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)


class _Made(NamedTuple):
    """A split, and what became of the clips by it alone."""

    use: UseSplit
    split: Split
    names: tuple[str, ...]
    known: frozenset[str]
    listed: Mapping[str, None]
    origins: set[str]
    unassigned: list[str]


def assign(
    inventory: Inventory,
    source: UseSource,
    uses: Sequence[UseSplit],
    *,
    divided: bool = False,
    tables: Tables = Tables(),
) -> Assigned:
    """Assign the items of an inventory to the parts of a dataset.

    Parameters
    ----------
    inventory : Inventory
        All that the source found.
    source : UseSource
        The source, for its options' names in advice.
    uses : sequence of UseSplit
        The splits.
    divided : bool
        Whether transforms make many clips of one.
    tables : Tables
        What tables of transforms name.

    Returns
    -------
    Assigned
        The members of the parts, and what does not fit together.

    Raises
    ------
    SkelconvError
        When a split has no part, an item cannot be assigned, or a part is there twice.
    """
    splits = [_made(use, inventory) for use in uses]
    members = _empty_parts(splits)
    in_no_part: list[str] = []
    in_two_parts: list[str] = []
    _find_origins(inventory, splits)
    for position, item in enumerate(inventory.items):
        parts = [name for made in splits for name in _parts_of(item.id, made)]
        for name in parts:
            members[name].append(position)
        if not parts:
            in_no_part.append(item.id)
        elif len(parts) > 1 and exclusive(tuple(sorted(parts))):
            in_two_parts.append(item.id)
    compared = _compare(inventory, source, splits, in_no_part, tables, divided=divided)
    if divided:  # their clips may be in other parts
        made_of = {origin for name in compared.named for origin in origins(name)}
        in_no_part = [item_id for item_id in in_no_part if item_id not in made_of]
    empty = {name for name, positions in members.items() if not positions}
    empty.difference_update(
        name for told in compared.named.values() for parts in told.values() for name in parts
    )
    membership = Membership(
        without_clip=Names.of(compared.without),
        absent=compared.absent,
        in_no_part=Names.of(in_no_part if uses else ()),
        in_two_parts=Names.of(in_two_parts),
        empty=tuple(name for name in members if name in empty),
        advice=compared.advice,
        without_item=Names.of(compared.without_item),
    )
    return Assigned(members, membership, [made.names for made in splits], compared.named)


def _made(use: UseSplit, inventory: Inventory) -> _Made:
    split = use.make()
    with guarded(use.who):
        if callable(survey := getattr(split, "survey", None)):
            with placed(use.who):
                survey(inventory)
        check_all(str, split.names, "names")
        names = tuple(split.names)
    if not names:
        raise BuildError(
            "it has no part: nothing says which clips are for training",
            where=use.who,
            hint="leave this split out, or name one that has parts",
        )
    listed = dict.fromkeys(listed_by(use.who, split))
    return _Made(use, split, names, frozenset(names), listed, set(), [])


def _find_origins(inventory: Inventory, splits: Sequence[_Made]) -> None:
    """Note which names in lists are of recordings that items were made of, in an earlier build.

    One that is there itself is no such recording: the list means it alone.
    """
    made_of_others = [item.id for item in inventory.items if any(m in item.id for m in MARKS)]
    if not made_of_others or not any(made.listed for made in splits):
        return
    ids = {item.id for item in inventory.items}
    for made in splits:
        made.origins.update(
            origin
            for clip_id in made_of_others
            for origin in origins(clip_id)
            if origin in made.listed and origin not in ids
        )


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


def _parts_of(clip_id: str, made: _Made) -> set[str]:
    """Return the parts of a clip; it is in those of the nearest that a list names."""
    name = clip_id
    if made.origins and clip_id not in made.listed:
        name = next(filter(made.origins.__contains__, origins(clip_id)), clip_id)
    with guarded(f"{made.use.who}, assigning {clip_id!r},"):
        parts = set(made.split.assign(name))
        for name in parts:
            if name not in made.known:
                raise ValueError(f"it assigns to {name!r}, which is not in its names")
    if not parts:
        made.unassigned.append(clip_id)
    return parts


# There may be as many combinations of parts as clips.
@functools.lru_cache(1024)
def exclusive(parts: tuple[str, ...]) -> bool:
    """Return whether two of some parts exclude each other, as train and test do.

    Parameters
    ----------
    parts : tuple of str
        The names of the parts.

    Returns
    -------
    bool
        Whether there are two such parts.
    """
    return next(pairs_that_exclude(parts), None) is not None


class _Compared(NamedTuple):
    """What lists and tables name, and is not there."""

    without: list[str]
    absent: int
    advice: tuple[str, ...]
    without_item: list[str]
    named: dict[str, dict[int, tuple[str, ...]]]


def _compare(
    inventory: Inventory,
    source: UseSource,
    splits: Sequence[_Made],
    in_no_part: list[str],
    tables: Tables,
    *,
    divided: bool,
) -> _Compared:
    """Compare the lists of splits, the tables, and the source's own, with what is there."""
    rejected = [one.id for one in inventory.rejected]
    absent = set(inventory.absent)
    known: set[str] = set()
    without: dict[str, None] = {}
    named: dict[str, dict[int, tuple[str, ...]]] = {}
    missing: set[str] = set()
    said = []
    for place, made in enumerate(splits):
        if not made.listed:
            continue
        known = known or _known(inventory, rejected)
        names = [name for name in made.listed if not (name in known or name in made.origins)]
        missing.update(name for name in names if name in absent)
        names = [name for name in names if name not in absent]
        unassigned = list(made.unassigned)
        if divided:
            for name in filter(partial(_may_be_made, known=known), names):
                named.setdefault(name, {})[place] = tuple(_parts_of(name, made))
            names = [name for name in names if name not in named]
        without.update(dict.fromkeys(names))
        said.append(advice(names, [*unassigned, *rejected], source, made.use))
    said.append(advice(absent, [*rejected, *in_no_part], source))
    without_item: list[str] = []
    if tables.listed:
        known = (known or _known(inventory, rejected)) | absent
        for name in tables.listed:
            if name in tables.later and _may_be_made(name, known):
                named.setdefault(name, {})
            elif name not in known:
                without_item.append(name)
        said.append(advice(without_item, (item.id for item in inventory.items), source))
    told = tuple(dict.fromkeys(filter(None, said)))
    return _Compared(list(without), len(missing), told, without_item, named)


def _may_be_made(name: str, known: set[str]) -> bool:
    """Return whether a clip of this name may be made of one that there is."""
    return name not in known and any(origin in known for origin in origins(name))


def _known(inventory: Inventory, rejected: Iterable[str]) -> set[str]:
    left_out = (name for names in inventory.left_out.values() for name in names)
    return {*(item.id for item in inventory.items), *rejected, *left_out}


def listed_by(who: str, stage: object) -> list[str]:
    """Return the clips that the list or table of a stage names, each once.

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
