"""``skelconv init``: a recipe to start from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli.output import columns, say, tell


def init(  # numpydoc ignore=PR01
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The recipe to copy; without it, all are listed."),
    ] = None,
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The file to write, or a folder.")
    ] = Path(),
) -> None:
    """Copy a recipe that comes with skelconv, or list them.

    The parents that the recipe extends are copied too.
    """
    from skelconv.recipe.library import about_recipe, copy_recipe, shipped_recipes

    if name is None:
        recipes = shipped_recipes()
        for line in columns((name, about_recipe(file)) for name, file in recipes.items()):
            say(line)
        tell("to copy one: skelconv init NAME")
        return
    written = copy_recipe(name, path)
    for file in written:
        say(str(file))
    tell(f"next: skelconv plan {shlex.quote(str(written[0]))}")
