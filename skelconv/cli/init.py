"""``skelconv init``: a recipe to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli import candidates
from skelconv.cli.output import columns, say, tell
from skelconv.text.commands import skelconv_command


def init(  # numpydoc ignore=PR01
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="The recipe to copy; without it, all are listed.",
            autocompletion=candidates.installed,
        ),
    ] = None,
    path: Annotated[
        Path,
        typer.Argument(metavar="PATH", help="The file to write, which ends in .yaml, or a folder."),
    ] = Path(),
) -> None:
    """Copy a recipe that comes with skelconv or a plugin, or list them.

    The parents that the recipe extends are copied too.
    """
    from skelconv.recipe.finding import known_recipes
    from skelconv.recipe.shipped import copy_recipe, facts_of

    if name is None:
        recipes = known_recipes()
        for line in columns((name, facts_of(file).about) for name, file in recipes.items()):
            say(line)
        tell("to copy one: skelconv init NAME; to build one as it is: skelconv build NAME")
        return
    written = copy_recipe(name, path)
    for file in written:
        say(str(file))
    tell(f"next: {skelconv_command('plan', str(written[0]))}")
