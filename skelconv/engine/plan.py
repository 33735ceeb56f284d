"""The plan of a build: which items, in which order, in which splits."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from skelconv.data.errors import BuildError, PluginError
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.stages import Inventory, Item, Rejected
from skelconv.plugin.use import UseSource, UseSplit
from skelconv.recipe.load import as_recipe
from skelconv.recipe.model import Recipe


@dataclass(frozen=True)
class Plan:
    """What a build will do.

    Attributes
    ----------
    recipe : Recipe
        The recipe.
    inventory : Inventory
        All that the source found.
    items : sequence of Item
        What will be converted, in the order of the output.
    splits : mapping of str to array of int
        The ascending positions in `items` of the members of each split, by its name.
    complete : bool
        Whether `items` is everything that the source found; False with a limit or a shard.
    """

    recipe: Recipe
    inventory: Inventory
    items: Sequence[Item]
    splits: Mapping[str, array[int]]
    complete: bool

    def source_digest(self) -> str:
        """Return the SHA-256 of the ids of the items and the sizes of their files."""
        return self._digest(lambda item: [item.id, item.size])

    def inventory_digest(self) -> str:
        """Return a SHA-256 that also depends on where the files are and when they were changed."""
        return self._digest(lambda item: [item.id, item.ref, item.size, item.mtime_ns])

    def _digest(self, describe: Any) -> str:
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(json.dumps(describe(item), default=repr).encode())
        return digest.hexdigest()


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
    inventory = _take_inventory(recipe.source)
    items = inventory.items[slice(limit)]
    _check_ids(items, recipe.source)
    if shard is not None:
        part, parts = shard
        items = items[len(items) * (part - 1) // parts : len(items) * part // parts]
    return Plan(
        recipe=recipe,
        inventory=inventory,
        items=items,
        splits=_assign(items, recipe.splits),
        complete=len(items) == len(inventory.items),
    )


def _take_inventory(use: UseSource) -> Inventory:
    inventory: Inventory = call(use.who, use.make().inventory, gives=Inventory)
    with guarded(use.who):
        if not isinstance(inventory.items, Sequence):
            raise TypeError(f"its items are a {type(inventory.items).__name__}, not a sequence")
        for item in inventory.items:
            if not (isinstance(item, Item) and isinstance(item.id, str)):
                raise TypeError(f"{item!r:.60} is not an Item whose id is text")
        for name in ("absent", "strays", "label_names"):
            _check_all(str, getattr(inventory, name), name)
        _check_all(Rejected, inventory.rejected, "rejected")
        for reason, ids in inventory.left_out.items():
            _check_all(str, [reason, *ids], "left_out")
    return inventory


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
        for name in names:
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
