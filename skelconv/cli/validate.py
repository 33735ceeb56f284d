"""``skelconv validate``: whether a recipe is valid."""

from __future__ import annotations

import dataclasses

import typer

from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.output import say, say_json, tell
from skelconv.data.errors import RecipeError


def validate(  # numpydoc ignore=PR01
    recipe: RecipePath, set_: Overrides = None, as_json: AsJson = False
) -> None:
    """Check a recipe, and show everything that is wrong with it.

    Exit codes: 0 valid; 1 not valid.
    """
    from skelconv.plugin.extras import install_command
    from skelconv.recipe.load import load_recipe

    try:
        loaded = load_recipe(recipe, set_ or ())
    except RecipeError as error:
        if not as_json:
            raise
        problems = [dataclasses.asdict(problem) for problem in error.problems]
        say_json({"valid": False, "problems": problems})
        raise typer.Exit(1) from None
    stages = list(loaded.stages())
    missing = dict.fromkeys(name for stage in stages for name in stage.offer.missing)
    if missing:
        tell(f"to build it here: {install_command(missing)}")
    if as_json:
        say_json({"valid": True, "problems": []})
    else:
        chain = " -> ".join(stage.use for stage in stages if stage.kind != "split")
        say(f"{recipe}: valid: {loaded.name}: {chain}")
