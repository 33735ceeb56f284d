"""The plan of a build: which items, in which order, in which splits."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from skelconv.data.classes import numbers_of
from skelconv.data.errors import BuildError, PluginError
from skelconv.engine.classes import Followed, follow
from skelconv.plugin.classes import Classes
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.interfaces import MAX_ID_BYTES, Inventory, Item, Rejected
from skelconv.plugin.use import UseSource, UseSplit
from skelconv.recipe.load import as_recipe
from skelconv.recipe.model import Recipe

# More are a mistake, such as a column of a table that is not the one of parts.
MAX_SPLITS = 1000


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
        The ascending positions in `items` of the members of each split, by its name.
    complete : bool
        Whether `items` is everything that the source found; False with a limit or a shard.
    classes : Classes
        The names of the classes in the output, with the numbers of `items` where they are known.
    part : Part, optional
        Which part of a build this is, where it is one.
    """

    recipe: Recipe
    inventory: Inventory
    items: Sequence[Item]
    splits: Mapping[str, array[int]]
    complete: bool
    classes: Classes = field(default_factory=Classes)
    part: Part | None = None

    def source_digest(self) -> str:
        """Return the SHA-256 of the ids of the items and the sizes of their files."""
        return _source_digest(self.items)

    def inventory_digest(self) -> str:
        """Return a SHA-256 that also depends on where the files are and when they were changed."""
        return _digest([item.id, item.ref, item.size, item.mtime_ns] for item in self.items)


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
    return make_plan(as_recipe(recipe, overrides), limit=limit)


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
    if limit is not None and limit < 0:
        raise BuildError(f"there are no first {limit} clips")
    inventory = _take_inventory(recipe.source)
    followed = follow(recipe, inventory)
    wanted = range(len(inventory.items))[slice(limit)]
    items = inventory.items[_slice(wanted)]
    _check_ids(items, recipe.source)
    complete = len(items) == len(inventory.items)
    part = None
    if shard is not None:
        number, count = shard
        part = Part(number, count, len(items), _source_digest(items), complete)
        wanted = wanted[len(wanted) * (number - 1) // count : len(wanted) * number // count]
        items = inventory.items[_slice(wanted)]
    whole = len(items) == len(inventory.items)
    return Plan(
        recipe=followed.recipe,
        inventory=inventory,
        items=items,
        splits=_assign(items, recipe.splits),
        complete=whole,
        classes=followed.classes if whole else _classes_of(wanted, inventory, followed),
        part=part,
    )


def _slice(wanted: range) -> slice:
    return slice(wanted.start, wanted.stop)


def _classes_of(wanted: range, inventory: Inventory, followed: Followed) -> Classes:
    labels = inventory.labels
    some = None if labels is None else labels[_slice(wanted)]
    return followed.clips_of(Classes.of(inventory.label_names, some))


def _source_digest(items: Iterable[Item]) -> str:
    return _digest([item.id, item.size] for item in items)


def _digest(described: Iterable[Sequence[Any]]) -> str:
    digest = hashlib.sha256()
    encode = json.JSONEncoder(default=repr).encode  # json.dumps would make one for each item
    for values in described:
        digest.update(encode(values).encode())
    return digest.hexdigest()


def _take_inventory(use: UseSource) -> Inventory:
    inventory: Inventory = call(use.who, use.make().inventory, gives=Inventory)
    with guarded(use.who):
        if not isinstance(inventory.items, Sequence):
            raise TypeError(f"its items are a {type(inventory.items).__name__}, not a sequence")
        for item in inventory.items:
            if not (isinstance(item, Item) and isinstance(item.id, str)):
                raise TypeError(f"{item!r:.60} is not an Item whose id is text")
        for name in ("absent", "strays", "label_names", "notes"):
            _check_all(str, getattr(inventory, name), name)
        _check_labels(inventory)
        _check_all(Rejected, inventory.rejected, "rejected")
        for reason, ids in inventory.left_out.items():
            _check_all(str, [reason, *ids], "left_out")
    return _without_long_ids(inventory)


def _without_long_ids(inventory: Inventory) -> Inventory:
    """Reject the items whose ids no format could be sure to keep."""
    long = [item for item in inventory.items if _is_long(item.id)]
    if not long:
        return inventory
    reason = f"its id is longer than {MAX_ID_BYTES:,} bytes"
    labels = inventory.labels
    if labels is not None:
        pairs = zip(inventory.items, labels, strict=True)
        labels = [label for item, label in pairs if not _is_long(item.id)]
    return replace(
        inventory,
        items=[item for item in inventory.items if not _is_long(item.id)],
        labels=labels,
        rejected=[*inventory.rejected, *(Rejected(item.id, reason) for item in long)],
    )


def _is_long(text: str) -> bool:
    # Four bytes a character at most: hardly any is encoded to see it.
    return 4 * len(text) > MAX_ID_BYTES and len(text.encode(errors="surrogatepass")) > MAX_ID_BYTES


def _check_labels(inventory: Inventory) -> None:
    labels = inventory.labels
    if labels is None:
        return
    if not isinstance(labels, Sequence) or len(labels) != len(inventory.items):
        raise TypeError(f"its labels are not one for each of its {len(inventory.items)} items")
    for label in set(labels):
        if not all(type(number) is int for number in numbers_of(label)):
            raise TypeError(f"its labels hold {label!r:.60}, not an int, a tuple of int or None")


def _check_all(kind: type, values: Sequence[Any], name: str) -> None:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"its {name} is a {type(values).__name__}, not a list or tuple")
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"its {name} holds {value!r:.60}, which is not a {kind.__name__}")


def _check_ids(items: Sequence[Item], use: UseSource) -> None:
    if all(one.id < other.id for one, other in pairwise(items)):
        return  # ascending, as most are: no set is needed to see that all differ
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise PluginError(f"{use.who} gives the id {item.id!r} twice")
        seen.add(item.id)


def _assign(items: Sequence[Item], uses: Sequence[UseSplit]) -> dict[str, array[int]]:
    members: dict[str, array[int]] = {}
    for use in uses:
        split = use.make()
        with guarded(use.who):
            _check_all(str, split.names, "names")
            names = tuple(split.names)
        if len(members) + len(names) > MAX_SPLITS:
            raise BuildError(
                f"with its {len(names):,} names there are more than {MAX_SPLITS:,} splits",
                where=use.who,
            )
        for name in names:
            if _is_long(name):
                raise BuildError(
                    f"the name of a split is longer than {MAX_ID_BYTES:,} bytes", where=use.who
                )
            if name in members:
                raise BuildError(f"two splits of the recipe are called {name!r}", where=use.who)
            members[name] = array("I")
        for position, item in enumerate(items):
            with guarded(f"{use.who}, assigning {item.id!r},"):
                for name in set(split.assign(item.id)):
                    if name not in names:
                        raise ValueError(f"it assigns to {name!r}, which is not in its names")
                    members[name].append(position)
    return members
