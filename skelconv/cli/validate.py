"""``skelconv validate``: whether a recipe is right."""

from __future__ import annotations

import dataclasses

import typer

from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.output import say, say_json, tell
from skelconv.errors import RecipeError


def validate(recipe: RecipePath, set_: Overrides = None, as_json: AsJson = False) -> None:
    """Check a recipe, and show all that is wrong with it.

    Exit codes: 0 it is right, 1 it is not.
    """
    from skelconv.recipe import load_recipe
    from skelconv.registry import load_registry

    registry = load_registry()
    try:
        loaded = load_recipe(recipe, set_ or (), registry=registry)
    except RecipeError as error:
        if not as_json:
            raise
        problems = [dataclasses.asdict(problem) for problem in error.problems]
        say_json({"valid": False, "problems": problems})
        raise typer.Exit(1) from None
    stages = [
        ("source", loaded.source),
        *(("transform", stage) for stage in loaded.transforms),
        *(("split", stage) for stage in loaded.splits),
        ("sink", loaded.sink),
    ]
    missing = dict.fromkeys(
        name for kind, stage in stages for name in registry.get(kind, stage.use).missing
    )
    if missing:
        tell(f"to build it here: pip install {' '.join(missing)}")
    if as_json:
        say_json({"valid": True, "problems": []})
    else:
        chain = " -> ".join(stage.use for kind, stage in stages if kind != "split")
        say(f"{recipe}: valid: {loaded.name}: {chain}")
