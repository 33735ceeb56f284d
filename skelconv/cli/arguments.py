"""Arguments that commands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import candidates
from skelconv.cli.output import tell

if TYPE_CHECKING:
    from skelconv.recipe.model import Recipe

RecipePath = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="The recipe: a YAML file, or a name that `skelconv list-recipes` lists.",
        autocompletion=candidates.recipes,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the recipe, such as source.with.root=data; += appends to a list; repeatable.",
        autocompletion=candidates.changes,
    ),
]
ReaderOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--read", metavar="KEY=VALUE", help="An option for reading the dataset; repeatable."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def changed_recipe(recipe: str, changes: Sequence[str] | None) -> Recipe:
    """Load a recipe, and say on stderr what its changes drop.

    Parameters
    ----------
    recipe : str
        A path or a name.
    changes : sequence of str, optional
        Those of ``--set``.

    Returns
    -------
    Recipe
        The recipe, checked and complete.

    Raises
    ------
    RecipeError
        With everything that is wrong.
    """
    from skelconv.recipe import load_recipe

    loaded = load_recipe(recipe, changes or ())
    for note in loaded.notes:
        tell(note)
    return loaded


def keys_and_values(texts: Sequence[str] | None) -> dict[str, str]:
    """Read options that are given as ``KEY=VALUE``.

    Parameters
    ----------
    texts : sequence of str, optional
        The options.

    Returns
    -------
    dict of str to str
        The values by key.

    Raises
    ------
    typer.BadParameter
        When one has no ``=``, or is the path, which is an argument.
    """
    options = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE")
        if key == "path":
            raise typer.BadParameter(f"{text!r}: the path is given as an argument")
        options[key] = value
    return options
