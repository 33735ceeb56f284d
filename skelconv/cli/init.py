"""``skelconv init``: a recipe to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli import candidates, lacking
from skelconv.cli.init_from import init_from
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
    data: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DATA",
            help="In place of NAME, a file or folder of data: see what it is, and write its "
            "recipe, with what could not be seen marked in it.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="RECIPE",
            help="The recipe to write with --from; by default "
            "in this folder, called like the data.",
        ),
    ] = None,
) -> None:
    """Copy a recipe that comes with skelconv or a plugin, or list them; or write one for data.

    The parents that the recipe extends are copied too.
    """
    from skelconv.recipe.finding import known_recipes
    from skelconv.recipe.shipped import copy_recipe, facts_of

    if data is not None or out is not None:
        if data is None or name is not None:
            raise typer.BadParameter("write --from DATA -o RECIPE, or to copy one: NAME PATH")
        init_from(str(data), out)
        return
    if name is None:
        recipes = known_recipes()
        for line in columns((name, facts_of(file).about) for name, file in recipes.items()):
            say(line)
        tell("to copy one: skelconv init NAME; to build one as it is: skelconv build NAME")
        return
    written = copy_recipe(name, path)
    for file in written:
        say(str(file))
    command = lacking.packages_for(str(written[0]))
    if command:
        tell(f"it needs packages that are not installed: {command}")
    tell(f"next: {skelconv_command('plan', str(written[0]))}")
