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
    from skelconv.engine.ready import lacking
    from skelconv.plugin.registry import install_command
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
    missing = lacking(loaded)
    if missing.packages:
        tell(f"to build it here: {install_command(missing.packages)}")
    for file in missing.files:
        tell(f"not here: {file}")
    if as_json:
        say_json({"valid": True, "problems": []})
    else:
        chain = " -> ".join(stage.use for stage in stages if stage.kind != "split")
        say(f"{recipe}: valid: {loaded.name}: {chain}")
