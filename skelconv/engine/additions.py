"""What was added since a build whose failed clips are tried again: it is left out, and told."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress

from skelconv.engine.inventories import of_items
from skelconv.engine.plan import Plan, plan_of
from skelconv.engine.workdir import Workdir
from skelconv.recipe.model import Recipe
from skelconv.text.counts import counted
from skelconv.text.listing import listed

_REASON = "added since the build that is tried again"


def without_additions(plan: Plan, recipe: Recipe, workdir: Workdir) -> Plan:
    """Return the plan of the items that an earlier build had.

    Parameters
    ----------
    plan : Plan
        A plan of all that there is now.
    recipe : Recipe
        Its recipe, as it was before it was planned.
    workdir : Workdir
        What that build has kept.

    Returns
    -------
    Plan
        The same plan where nothing was added, or some of what it had is gone.
    """
    added = workdir.added_among(plan.stamps)
    if added is None or not any(added):
        return plan
    inventory = plan.inventory
    ids = [item.id for item in compress(inventory.items, added)]
    note = (
        f"{counted(len(ids), 'clip')} added since, and left out: {listed(ids)}; --fresh builds all "
        "again, with these"
    )
    return plan_of(
        recipe,
        replace(
            of_items(inventory, [not one for one in added]),
            left_out={**inventory.left_out, _REASON: ids},
            notes=[*inventory.notes, note],
        ),
    )
