"""``skelconv report``: a dataset as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli.arguments import ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say
from skelconv.cli.writing import check_new, write_new
from skelconv.data.errors import DatasetError
from skelconv.text.counts import counted


def report(  # numpydoc ignore=PR01
    path: DatasetPath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A .html file.")],
    read: ReaderOptions = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace a file that exists.")] = False,
) -> None:
    """Write a report of a dataset: one HTML file that opens without a network.

    In it are counts, findings, distributions, the provenance, the columns of all clips, and some
    clips that play: one of each class, and those with most missing joints.
    """
    from skelconv.datasets.opening import open as open_dataset
    from skelconv.viewer.report import report as make_report

    if output.suffix.lower() not in (".html", ".htm"):
        raise DatasetError("a report is a .html file", where=str(output))
    check_new(output, fresh=fresh)
    dataset = open_dataset(path, **keys_and_values(read))
    text = make_report(dataset)
    write_new(output, text, fresh=fresh)
    say(f"{output}: {counted(len(dataset), 'clip')}, {len(text) / 1e6:.1f} MB")
