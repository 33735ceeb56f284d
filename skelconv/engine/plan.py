"""The plan of a build: which items, in which order, in which splits."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from skelconv.engine.pipeline import describe_error, make_stage
from skelconv.errors import BuildError, SkelconvError
from skelconv.recipe import Recipe
from skelconv.registry import Registry
from skelconv.stages import Inventory, Item, Source, Split


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
        Positions in `items` of each split's members, ascending.
    complete : bool
        Whether `items` is all that the recipe asks for; not so with a limit.
    """

    recipe: Recipe
    inventory: Inventory
    items: Sequence[Item]
    splits: Mapping[str, array[int]]
    complete: bool

    def source_digest(self) -> str:
        """SHA-256 over the ids of the items and the sizes of their files."""
        return self._digest(lambda item: [item.id, item.size])

    def inventory_digest(self) -> str:
        """SHA-256 that also sees where the files are and when they were changed."""
        return self._digest(lambda item: [item.id, item.ref, item.size, item.mtime_ns])

    def _digest(self, describe: Any) -> str:
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(json.dumps(describe(item), default=repr).encode())
        return digest.hexdigest()


def make_plan(
    recipe: Recipe,
    registry: Registry,
    *,
    limit: int | None = None,
    shard: tuple[int, int] | None = None,
) -> Plan:
    """Find out what a recipe comes to, without loading a clip.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    registry : Registry
        Where its plugins are.
    limit : int, optional
        Keep the first so many items alone.
    shard : (int, int), optional
        Keep part i of n alone, counted from 1. Parts are runs of the plan, so that joining them
        in their order gives the order of the whole.

    Raises
    ------
    SkelconvError
        When the source cannot be read, gives an id twice, or a split cannot be assigned.
    """
    source = make_stage("source", recipe.source.use, recipe.source.options, registry)
    inventory = _take_inventory(source, recipe.source.use)
    items = inventory.items[slice(limit)]
    _check_ids(items, recipe.source.use)
    if shard is not None:
        part, parts = shard
        items = items[len(items) * (part - 1) // parts : len(items) * part // parts]
    stages = [
        (stage.use, make_stage("split", stage.use, stage.options, registry))
        for stage in recipe.splits
    ]
    return Plan(
        recipe=recipe,
        inventory=inventory,
        items=items,
        splits=_assign(items, stages),
        complete=len(items) == len(inventory.items),
    )


def _take_inventory(source: Source, use: str) -> Inventory:
    try:
        inventory = source.inventory()
        if not isinstance(inventory, Inventory):
            raise TypeError(f"its inventory is a {type(inventory).__name__}")
        for item in inventory.items:
            if not (isinstance(item, Item) and isinstance(item.id, str)):
                raise TypeError(f"{item!r:.60} is no Item with a text for an id")
    except SkelconvError:
        raise
    except (Exception, SystemExit) as error:
        raise BuildError(f"the source {use!r} failed: {describe_error(error)}") from error
    return inventory


def _check_ids(items: Sequence[Item], source: str) -> None:
    if all(one.id < other.id for one, other in pairwise(items)):
        return  # ascending, as most are: no set is needed to see that none stands twice
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise BuildError(f"the source {source!r} gives the id {item.id!r} twice")
        seen.add(item.id)


def _assign(items: Sequence[Item], stages: Sequence[tuple[str, Split]]) -> dict[str, array[int]]:
    members: dict[str, array[int]] = {}
    for use, split in stages:
        for name in split.names:
            if name in members:
                raise BuildError(f"two splits of the recipe are called {name!r}", where=use)
            members[name] = array("I")
        for position, item in enumerate(items):
            try:
                for name in set(split.assign(item.id)):
                    members[name].append(position)
            except SkelconvError:
                raise
            except (Exception, SystemExit) as error:
                raise BuildError(
                    f"the split cannot be assigned: {describe_error(error)}",
                    where=f"{use}: {item.id}",
                ) from error
    return members
