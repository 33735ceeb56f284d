"""``skelconv card``: what a reader must know of a dataset that is shared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli.arguments import ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say, tell
from skelconv.cli.writing import check_new, write_new
from skelconv.data.errors import DatasetError


def card(  # numpydoc ignore=PR01
    path: DatasetPath,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="A .md file, such as README.md."),
    ] = None,
    read: ReaderOptions = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace a file that exists.")] = False,
) -> None:
    """Write a dataset card: a README for those with whom the dataset is shared.

    In it are counts, splits, classes, joints, how to load it, and how it was made; at its top is
    what the Hugging Face Hub reads. FILL IN stands where only you know what to write: the licence,
    where the data is from, and how people agreed.
    """
    from skelconv.datasets.card import FILL_IN
    from skelconv.datasets.card import card as make_card
    from skelconv.datasets.opening import open as open_dataset

    if output is not None:
        if output.suffix.lower() != ".md":  # a slip, with --fresh, must not cost a dataset
            raise DatasetError("a card is a .md file", where=str(output))
        check_new(output, fresh=fresh)
    text = make_card(open_dataset(path, **keys_and_values(read)))
    if output is None:
        say(text.removesuffix("\n"))
        return
    write_new(output, text, fresh=fresh)
    tell(f"{output}: written; {text.count(FILL_IN)} places to fill in: look for {FILL_IN}")
