"""``skelconv plan``: what a build would do, without doing it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import class_table, lacking, summary
from skelconv.cli.arguments import AsJson, Overrides, RecipePath, changed_recipe
from skelconv.cli.output import say_json, say_lines, tell
from skelconv.data.classes import facts
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

    It lists what is absent, left out or not part of the dataset, and what does not fit the splits,
    and shows the sizes of their parts at the end.

    Exit codes: 0 the build would be clean, as far as can be known before clips are loaded; 1 an
    error that you can correct; 2 no clip would be converted, clips would be quarantined, names in
    the splits have no clip, or a part is empty.
    """
    from skelconv.engine.plan import plan as run_plan
    from skelconv.engine.ready import lacking as find_lacking

    made = run_plan(changed_recipe(recipe, set_), limit=limit)
    if as_json:
        say_json(_as_json(made))
    else:
        say_lines(_describe(made))
    for line in lacking.lines(find_lacking(made.recipe), made.recipe):
        tell(line)
    if made.faults:
        raise typer.Exit(summary.NOT_CLEAN)


def _describe(plan: Plan) -> Iterable[str]:
    details = [*_lists(plan), *_told_of_classes(plan), *summary.notes(plan.classes.notes)]
    yield from details
    if details:
        yield ""
    if plan.divides:
        count = counted(len(plan.items), "recording")
        yield f"{plan.recipe.name}: {count} to convert, of which many clips may be made"
    else:
        yield f"{plan.recipe.name}: {counted(len(plan.items), 'clip')} to convert"
    yield from summary.parts({name: len(members) for name, members in plan.splits.items()})
    left_out = {reason: len(ids) for reason, ids in plan.inventory.left_out.items()}
    yield from summary.reasons("left out", left_out)
    yield from summary.ending(plan.faults)


def _told_of_classes(plan: Plan) -> Iterable[str]:
    counts = plan.class_counts
    if counts is not None:
        yield from class_table.summary(counts)
    elif plan.classes.names:
        count = counted(sum(map(bool, plan.classes.names)), "class", "classes")
        yield f"{count}; how many clips each has is known when they are loaded"


def _lists(plan: Plan) -> Iterable[str]:
    from skelconv.engine.membership import Names
    from skelconv.engine.reasons import in_lines
    from skelconv.engine.report import Quarantined

    inventory = plan.inventory
    yield from summary.strays(Names.of(inventory.strays))
    yield from summary.absent(Names.of(inventory.absent))
    yield from summary.membership(plan.membership)
    if plan.quarantined:
        likely = ", and likely all: not one that was opened can be loaded"
        yield (
            f"{len(plan.quarantined)} will be quarantined{likely if plan.likely_all_fail else ''}:"
        )
        known = [Quarantined(one.id, one.reason, one.path or None) for one in plan.quarantined]
        for line in in_lines(known):
            yield f"  {line}"


def _as_json(plan: Plan) -> dict[str, object]:
    inventory = plan.inventory
    ids = [item.id for item in plan.items]
    counts = plan.class_counts
    return {
        "name": plan.recipe.name,
        "items": ids,
        "divides": plan.divides,
        "splits": {name: [ids[p] for p in members] for name, members in plan.splits.items()},
        "label_names": list(plan.classes.names),
        "classes": None if counts is None else [dataclasses.asdict(one) for one in counts],
        "told": facts(counts or ()),
        "notes": list(plan.classes.notes),
        "left_out": {reason: list(names) for reason, names in inventory.left_out.items()},
        "membership": dataclasses.asdict(plan.membership),
        "faults": plan.faults,
        "absent": list(inventory.absent),
        "strays": list(inventory.strays),
        "rejected": list(map(dataclasses.asdict, inventory.rejected)),
        "failing": list(map(dataclasses.asdict, inventory.failing)),
    }
