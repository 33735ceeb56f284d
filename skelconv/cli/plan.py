"""``skelconv plan``: what a build would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.build import absent, listing
from skelconv.cli.output import say_json, say_lines
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
    for reason, ids in inventory.left_out.items():
        yield f"left out, {reason}: {len(ids)}"
    for note in inventory.notes:
        yield f"note: {note}"
    yield from listing(absent(len(inventory.absent)), inventory.absent)
    strays = counted(len(inventory.strays), "file is", "files are")
    yield from listing(f"{strays} not part of it", inventory.strays)
    yield from listing(
        f"{len(inventory.rejected)} will be quarantined",
        (f"{item.id}: {item.reason}" for item in inventory.rejected),
    )


def _as_json(plan: Plan) -> dict[str, object]:
    inventory = plan.inventory
    ids = [item.id for item in plan.items]
    return {
        "name": plan.recipe.name,
        "items": ids,
        "splits": {name: [ids[p] for p in members] for name, members in plan.splits.items()},
        "left_out": {reason: list(names) for reason, names in inventory.left_out.items()},
        "absent": list(inventory.absent),
        "strays": list(inventory.strays),
        "notes": list(inventory.notes),
        "rejected": [
            {"id": item.id, "reason": item.reason, "path": item.path} for item in inventory.rejected
        ],
    }
