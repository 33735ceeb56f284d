"""What a source has found: asked for, and checked as a plugin's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress, pairwise

from skelconv.data.classes import numbers_of
from skelconv.data.errors import PluginError
from skelconv.engine.given import check_all, is_too_long
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.interfaces.sources import MAX_ID_BYTES, Inventory, Item, Rejected
from skelconv.plugin.use import UseSource


def take_inventory(use: UseSource) -> Inventory:
    """Ask a source what there is.

    Parameters
    ----------
    use : UseSource
        The source.

    Returns
    -------
    Inventory
        Its inventory; items with ids that are too long are rejected.

    Raises
    ------
    SkelconvError
        As the source raises it; when it gives something else, or an id twice.
    """
    inventory: Inventory = call(use.who, use.make().inventory, gives=Inventory)
    with guarded(use.who):
        if not isinstance(inventory.items, Sequence):
            raise TypeError(f"its items are a {type(inventory.items).__name__}, not a sequence")
        for item in inventory.items:
            if not (isinstance(item, Item) and isinstance(item.id, str)):
                raise TypeError(f"{item!r:.60} is not an Item whose id is text")
        for name in ("absent", "strays", "label_names", "notes"):
            check_all(str, getattr(inventory, name), name)
        _check_labels(inventory)
        check_all(Rejected, inventory.rejected, "rejected")
        check_all(Rejected, inventory.failing, "failing")
        _check_inputs(inventory)
        if not isinstance(inventory.layout, str | None):
            raise TypeError(f"its layout is {inventory.layout!r:.60}, not a name")
        said = use.layout()
        if said is not None and inventory.layout not in (None, said):
            raise ValueError(f"it lists clips of {inventory.layout!r}, and says it has {said!r}")
        for reason, ids in inventory.left_out.items():
            check_all(str, [reason, *ids], "left_out")
    inventory = _without_long_ids(inventory)
    _check_ids(inventory.items, use)
    return inventory


def of_items(inventory: Inventory, kept: Sequence[bool]) -> Inventory:
    """Return an inventory of some of its items.

    Parameters
    ----------
    inventory : Inventory
        That of all.
    kept : sequence of bool
        Which items to keep.

    Returns
    -------
    Inventory
        All else of it is the same.
    """
    labels, inputs = inventory.labels, inventory.inputs
    return replace(
        inventory,
        items=list(compress(inventory.items, kept)),
        labels=None if labels is None else list(compress(labels, kept)),
        inputs=None if inputs is None else list(compress(inputs, kept)),
    )


def _without_long_ids(inventory: Inventory) -> Inventory:
    """Reject the items whose ids no format could be sure to keep."""
    long = [item for item in inventory.items if is_too_long(item.id)]
    if not long:
        return inventory
    reason = f"its id is longer than {MAX_ID_BYTES:,} bytes"
    kept = of_items(inventory, [not is_too_long(item.id) for item in inventory.items])
    rejected = [*inventory.rejected, *(Rejected(item.id, reason) for item in long)]
    return replace(kept, rejected=rejected)


def _check_inputs(inventory: Inventory) -> None:
    inputs = inventory.inputs
    if inputs is None:
        return
    check_all(str, inputs, "inputs")
    if len(inputs) != len(inventory.items):
        raise TypeError(f"its inputs are not one for each of its {len(inventory.items)} items")


def _check_labels(inventory: Inventory) -> None:
    labels = inventory.labels
    if labels is None:
        return
    if not isinstance(labels, Sequence) or len(labels) != len(inventory.items):
        raise TypeError(f"its labels are not one for each of its {len(inventory.items)} items")
    for label in set(labels):
        if not all(type(number) is int for number in numbers_of(label)):
            raise TypeError(f"its labels hold {label!r:.60}, not an int, a tuple of int or None")


def _check_ids(items: Sequence[Item], use: UseSource) -> None:
    if all(one.id < other.id for one, other in pairwise(items)):
        return  # ascending, as most are: no set is needed to see that all differ
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise PluginError(f"{use.who} gives the id {item.id!r} twice")
        seen.add(item.id)
