"""What a recipe needs and this machine does not have, as several commands tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.data.errors import SkelconvError
from skelconv.plugin.extras import install_command
from skelconv.text.commands import skelconv_command

if TYPE_CHECKING:
    from skelconv.engine.ready import Lacking
    from skelconv.recipe.model import Recipe


def packages_for(path: str) -> str | None:
    """Return the command that installs what a recipe needs that was just written.

    Parameters
    ----------
    path : str
        The recipe.

    Returns
    -------
    str or None
        None where all is there, or where the recipe cannot be loaded yet: one may have places to
        fill in, or variables that are not set, of which `validate` and `plan` tell.
    """
    from skelconv.engine.ready import lacking as find_lacking
    from skelconv.recipe import load_recipe

    try:
        packages = find_lacking(load_recipe(path)).packages
    except SkelconvError:
        return None
    return install_command(packages) if packages else None


def lines(lacking: Lacking, recipe: Recipe) -> Iterator[str]:
    """Return what is lacking, and the commands that help.

    Parameters
    ----------
    lacking : Lacking
        What this machine does not have.
    recipe : Recipe
        The recipe.

    Yields
    ------
    str
        Each line.
    """
    if lacking.packages:
        yield f"to build it here: {install_command(lacking.packages)}"
    for file in lacking.files:
        yield f"not here: {file}"
    for device in lacking.devices:
        yield f"not here: {device}"
    for name in lacking.to_fetch:
        yield f"not fetched yet: {name}"
    if lacking.to_fetch and recipe.given:
        yield f"a build fetches it; so does: {skelconv_command('fetch', recipe.given)}"
