"""The plan of a build: which items, in which order, in which splits."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skelconv.data.classes import ClassCount, count_labels
from skelconv.data.errors import BuildError
from skelconv.engine.classes import Followed, follow
from skelconv.engine.inventories import take_inventory
from skelconv.engine.members import assign
from skelconv.engine.membership import Membership
from skelconv.engine.ready import check_files, check_packages
from skelconv.plugin.classes import Classes
from skelconv.plugin.interfaces.sources import Inventory, Item, Rejected
from skelconv.plugin.made import origins
from skelconv.recipe.layouts import misfit, unknown_layout
from skelconv.recipe.load import as_recipe
from skelconv.recipe.model import Recipe
from skelconv.text.counts import counted

# Made once: `json.dumps` would make an encoder for each item.
_encode = json.JSONEncoder(default=repr).encode


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a build a plan is, and of what.

    Attributes
    ----------
    number, count : int
        Part `number` of `count`, from 1.
    items : int
        Number of items of the whole.
    sha256 : str
        SHA-256 of the ids of all items and the sizes of their files.
    complete : bool
        Whether the whole is everything that the source found; False with a limit.
    """

    number: int
    count: int
    items: int
    sha256: str
    complete: bool


@dataclass(frozen=True)
class Plan:
    """What a build will do.

    Attributes
    ----------
    recipe : Recipe
        The recipe, with the options that transforms have for this source.
    inventory : Inventory
        All that the source found.
    items : sequence of Item
        What will be converted, in the order of the output.
    splits : mapping of str to array of int
        The ascending positions in `items` of the members of each split, by its name; the clips
        that are made of an item are in its parts, unless `named` says otherwise.
    complete : bool
        Whether `items` is everything that the source found; False with a limit or a shard.
    classes : Classes
        The names of the classes in the output, with the numbers of `items` where they are known.
    class_counts : sequence of ClassCount, optional
        How many of `items` each class has, in each split too; None where it is not known before
        clips are loaded.
    membership : Membership
        How the clips and the lists of the splits fit together, of all that the source found.
    part : Part, optional
        Which part of a build this is, where it is one.
    parts_of_splits : sequence of sequence of str
        The names of the parts of each split of the recipe.
    named : mapping of str to mapping of int to tuple of str
        As of `skelconv.engine.members.Assigned`, of the clips that may be made of `items`.
    """

    recipe: Recipe
    inventory: Inventory
    items: Sequence[Item]
    splits: Mapping[str, array[int]]
    complete: bool
    classes: Classes = field(default_factory=Classes)
    class_counts: Sequence[ClassCount] | None = None
    membership: Membership = field(default_factory=Membership)
    part: Part | None = None
    parts_of_splits: Sequence[Sequence[str]] = ()
    named: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def divides(self) -> bool:
        """Whether transforms make any number of clips of an item."""
        return any(use.divides for use in self.recipe.transforms)

    @property
    def quarantined(self) -> list[Rejected]:
        """What is known already to be quarantined: the source rejects it, or has tried it."""
        planned = {item.id for item in self.items} if self.inventory.failing else set()
        failing = [one for one in self.inventory.failing if one.id in planned]
        return [*self.inventory.rejected, *failing]

    @property
    def likely_all_fail(self) -> bool:
        """Whether the source has opened some of many items, and could load none."""
        failing = len(self.inventory.failing)
        return 1 < failing == self.inventory.tried < len(self.inventory.items)

    def source_digest(self) -> str:
        """Return the SHA-256 of the ids of the items and the sizes of their files."""
        return _source_digest(self.items)

    @property
    def faults(self) -> list[str]:
        """What would make the exit code of the build 2, or stop it, as far as it is known now."""
        found = [] if self.items else ["no clip would be converted"]
        if quarantined := len(self.quarantined):
            likely = ", and likely all" if self.likely_all_fail else ""
            found.append(f"{counted(quarantined, 'clip')} would be quarantined{likely}")
        found += self.membership.faults
        expected = None if self.recipe.expect is None else self.recipe.expect.clips
        if self.complete and not self.divides and len(self.items) < (expected or 0):
            found.append(f"the recipe expects {counted(expected or 0, 'clip')}")
        return found

    def check_parts(self) -> None:
        """Raise an error when nothing could be trained or tested with the dataset.

        Raises
        ------
        BuildError
            When there are splits, and not one clip is in any part.
        """
        if not self.splits or len(self.membership.empty) < len(self.splits):
            return
        if not self.inventory.items:
            return
        lines = self.membership.advice or tuple(
            f"{what}: {', '.join(map(repr, names.first[:3]))}, ..."
            for what, names in (
                ("clips", self.membership.in_no_part),
                ("names in the lists", self.membership.without_clip),
            )
            if names
        )
        raise BuildError(
            "\n    ".join(
                [
                    f"not one of {counted(len(self.inventory.items), 'clip')} is in a part: "
                    f"{', '.join(self.splits)}",
                    *lines,
                ]
            ),
            where=self.recipe.name,
            hint="make the splits fit the clips, or leave them out of the recipe",
        )

    @functools.cached_property
    def stamps(self) -> bytes:
        """16 bytes of each item: a digest of its id; one of place, size and time of its file."""
        return b"".join(
            hashlib.blake2b(_encode(told).encode(), digest_size=8).digest()
            for item in self.items
            for told in (item.id, [item.id, item.ref, item.size, item.mtime_ns])
        )


def plan(
    recipe: Recipe | str | os.PathLike[str] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    limit: int | None = None,
) -> Plan:
    """Find what a recipe would build, without loading a clip.

    Parameters
    ----------
    recipe : Recipe, path or mapping
        What would be built: a recipe, its file, or the content of such a file as plain values.
    overrides : sequence of str
        Changes, such as ``"source.with.root=data"``, to a recipe that is not loaded yet.
    limit : int, optional
        Plan only the first `limit` items.

    Returns
    -------
    Plan
        The items and splits, and what is missing or left out.

    Raises
    ------
    RecipeError
        When the recipe is wrong.
    SkelconvError
        When the source cannot be read, gives an id twice, or a split cannot be assigned.
    """
    recipe = as_recipe(recipe, overrides)
    check_packages(recipe)
    made = make_plan(recipe, limit=limit)
    made.recipe.sink.make()  # a build makes it in its workers; transforms are made by now
    made.check_parts()
    return made


def make_plan(
    recipe: Recipe, *, limit: int | None = None, shard: tuple[int, int] | None = None
) -> Plan:
    """Plan a recipe that is loaded.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    limit : int, optional
        Keep only the first `limit` items.
    shard : (int, int), optional
        Keep only part i of n, with i from 1. A part is a run of successive items, so that joining
        the parts in their order gives the order of the whole.

    Returns
    -------
    Plan
        The plan of the whole, or of the part.

    Raises
    ------
    SkelconvError
        As in `plan`.
    """
    return plan_of(recipe, take_inventory(recipe.source), limit=limit, shard=shard)


def plan_of(
    recipe: Recipe,
    inventory: Inventory,
    *,
    limit: int | None = None,
    shard: tuple[int, int] | None = None,
) -> Plan:
    """Plan a recipe whose source was asked already.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    inventory : Inventory
        What its source has found.
    limit, shard : int, (int, int)
        As of `make_plan`.

    Returns
    -------
    Plan
        The plan of the whole, or of the part.

    Raises
    ------
    SkelconvError
        As in `plan`.
    """
    if limit is not None and limit < 0:
        raise BuildError(f"there are no first {limit} clips")
    if unknown := unknown_layout(recipe.source, inventory.layout):
        raise BuildError(unknown, where=recipe.name)
    if found := misfit(inventory.layout, recipe.transforms):
        raise BuildError(found.what, where=recipe.name)
    check_files(recipe)  # the source has said already what is wrong with its own
    followed = follow(recipe, inventory)
    start, stop = 0, len(inventory.items) if limit is None else min(limit, len(inventory.items))
    complete = stop == len(inventory.items)
    part = None
    if shard is not None:
        number, count = shard
        part = Part(number, count, stop, _source_digest(inventory.items[:stop]), complete)
        start, stop = stop * (number - 1) // count, stop * number // count
    divided = any(use.divides for use in recipe.transforms)
    assigned = assign(
        inventory,
        recipe.source,
        recipe.splits,
        divided=divided,
        tables=followed.tables,
    )
    items = inventory.items[start:stop]
    whole = stop - start == len(inventory.items)
    splits = {name: _within(positions, start, stop) for name, positions in assigned.parts.items()}
    classes = followed.classes if whole else _classes_of(range(start, stop), inventory, followed)
    return Plan(
        recipe=followed.recipe,
        inventory=inventory,
        items=items,
        splits=splits,
        complete=whole,
        classes=classes,
        class_counts=None if divided else _counted(classes, inventory, followed, start, splits),
        membership=assigned.membership,
        part=part,
        parts_of_splits=assigned.splits,
        named=_made_of(items, assigned.named),
    )


def _made_of(
    items: Sequence[Item], named: Mapping[str, Mapping[int, tuple[str, ...]]]
) -> Mapping[str, Mapping[int, tuple[str, ...]]]:
    """Keep what is said of clips that may be made of some items."""
    if not named:
        return {}
    known = {item.id for item in items}
    return {
        name: told
        for name, told in named.items()
        if any(origin in known for origin in origins(name))
    }


def _classes_of(wanted: Iterable[int], inventory: Inventory, followed: Followed) -> Classes:
    labels = inventory.labels
    some = None if labels is None else [labels[position] for position in wanted]
    return followed.clips_of(Classes.of(inventory.label_names, some))


def _counted(
    classes: Classes,
    inventory: Inventory,
    followed: Followed,
    start: int,
    splits: Mapping[str, Iterable[int]],
) -> list[ClassCount] | None:
    """Count the clips of each class, where labels are known before clips are loaded."""
    if classes.clips is None:
        return None
    of_splits = {
        name: _classes_of((start + n for n in members), inventory, followed).clips or {}
        for name, members in splits.items()
    }
    return count_labels(classes.clips, classes.names, of_splits)


def _within(positions: array[int], start: int, stop: int) -> array[int]:
    """Return ascending positions from start to before stop, counted from start."""
    first, last = bisect_left(positions, start), bisect_left(positions, stop)
    return array("I", (position - start for position in positions[first:last]))


def _source_digest(items: Iterable[Item]) -> str:
    return _digest([item.id, item.size] for item in items)


def _digest(described: Iterable[Sequence[Any]]) -> str:
    digest = hashlib.sha256()
    for values in described:
        digest.update(_encode(values).encode())
    return digest.hexdigest()
