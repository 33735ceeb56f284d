"""``skelconv validate``: whether recipes are valid."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from skelconv.cli import candidates, lacking
from skelconv.cli.arguments import AsJson, Overrides, changed_recipe
from skelconv.cli.output import say, say_json, tell
from skelconv.data.errors import RecipeError
from skelconv.text.counts import counted

NOT_VALID = 1


def validate(  # numpydoc ignore=PR01
    recipes: Annotated[
        list[str],
        typer.Argument(
            metavar="RECIPE...",
            help="The recipes: YAML files, or names that `skelconv list-recipes` lists.",
            autocompletion=candidates.recipes,
        ),
    ],
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Check recipes, and show everything that is wrong with each.

    Exit codes: 0 all valid; 1 one is not.
    """
    results = [_check(recipe, set_ or (), quiet=as_json) for recipe in recipes]
    if as_json:
        say_json(results)
    if not all(result["valid"] for result in results):
        raise typer.Exit(NOT_VALID)


def _check(recipe: str, changes: list[str] | tuple[()], *, quiet: bool) -> dict[str, Any]:
    """Check one recipe, say what is to say, and return it for programs."""
    from skelconv.engine.ready import lacking as find_lacking

    try:
        loaded = changed_recipe(recipe, changes)
    except RecipeError as error:
        if not quiet:
            tell(str(error))
            say(f"{recipe}: not valid: {counted(len(error.problems), 'problem')}")
        problems = [
            {
                "what": problem.what,
                "path": problem.path,
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
            }
            for problem in error.problems
        ]
        return {"recipe": recipe, "valid": False, "problems": problems}
    stages = list(loaded.stages())
    missing = find_lacking(loaded)
    if not quiet:
        chain = " -> ".join(stage.use for stage in stages if stage.kind != "split")
        say(f"{recipe}: valid: {loaded.name}: {chain}")
    for line in lacking.lines(missing, loaded):
        tell(line)
    return {"recipe": recipe, "valid": True, "problems": []}
