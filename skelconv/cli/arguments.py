"""Arguments that commands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from skelconv.cli import candidates

RecipePath = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="The recipe: a YAML file, or a name that `skelconv init` lists.",
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
