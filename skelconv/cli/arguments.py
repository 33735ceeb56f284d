"""Arguments that commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

RecipePath = Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key of the recipe; repeatable."),
]
ReaderOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--read", metavar="KEY=VALUE", help="An option of the dataset's reader; repeatable."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def keys_and_values(texts: Sequence[str] | None) -> dict[str, str]:
    """Read options that are given as ``KEY=VALUE``."""
    options = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE")
        options[key] = value
    return options
