"""``skelconv plan``: what a build would do, without doing it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import classes
from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.build import absent, listing
from skelconv.cli.output import say_json, say_lines
from skelconv.data.classes import ClassCount, count_classes, facts
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.engine.plan import Plan


def plan(  # numpydoc ignore=PR01
    recipe: RecipePath,
    set_: Overrides = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Plan only the first N clips.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a build would convert, without converting it.

    It shows the sizes of splits, and lists what is absent, left out or not part of the dataset.
    """
    from skelconv.engine.plan import plan as run_plan

    made = run_plan(recipe, set_ or (), limit=limit)
    if as_json:
        say_json(_as_json(made))
    else:
        say_lines(_describe(made))


def _describe(plan: Plan) -> Iterable[str]:
    inventory = plan.inventory
    yield f"{plan.recipe.name}: {counted(len(plan.items), 'clip')} to convert"
    for name, members in plan.splits.items():
        yield f"  {name}: {len(members)}"
    counts = _classes(plan)
    if counts is not None:
        yield from classes.summary(counts)
    elif plan.classes.names:
        count = counted(sum(map(bool, plan.classes.names)), "class", "classes")
        yield f"{count}; how many clips each has is known when they are loaded"
    yield from classes.notes(plan.classes.notes)
    for reason, ids in inventory.left_out.items():
        yield f"left out, {reason}: {len(ids)}"
    yield from listing(absent(len(inventory.absent)), inventory.absent)
    strays = counted(len(inventory.strays), "file is", "files are")
    yield from listing(f"{strays} not part of it", inventory.strays)
    yield from listing(
        f"{len(inventory.rejected)} will be quarantined",
        (f"{item.id}: {item.reason}" for item in inventory.rejected),
    )


def _classes(plan: Plan) -> list[ClassCount] | None:
    """Count the clips of each class, where labels are known before clips are loaded."""
    known = plan.classes
    if known.clips is None:
        return None
    return count_classes(Counter(known.clips).elements(), known.names)


def _as_json(plan: Plan) -> dict[str, object]:
    inventory = plan.inventory
    ids = [item.id for item in plan.items]
    counts = _classes(plan)
    return {
        "name": plan.recipe.name,
        "items": ids,
        "splits": {name: [ids[p] for p in members] for name, members in plan.splits.items()},
        "label_names": list(plan.classes.names),
        "classes": None if counts is None else [dataclasses.asdict(one) for one in counts],
        "told": facts(counts or ()),
        "notes": list(plan.classes.notes),
        "left_out": {reason: list(names) for reason, names in inventory.left_out.items()},
        "absent": list(inventory.absent),
        "strays": list(inventory.strays),
        "rejected": [
            {"id": item.id, "reason": item.reason, "path": item.path} for item in inventory.rejected
        ],
    }
