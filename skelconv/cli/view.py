"""``skelconv view``: look at a dataset in the browser."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli.arguments import ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say, tell


def view(  # numpydoc ignore=PR01
    path: DatasetPath,
    other: Annotated[
        str | None, typer.Argument(metavar="OTHER", help="A dataset to show beside it.")
    ] = None,
    video: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="A video, or a folder of videos named as the clips."),
    ] = None,
    marks: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where marks are saved; by default PATH.marks.csv."),
    ] = None,
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="0 is a free one.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open no browser.")
    ] = False,
    read: ReaderOptions = None,
) -> None:
    """Look at a dataset in the browser: a table of clips, each of which plays.

    Clips that are marked as bad are saved in a csv file, which the transform `filter-list` reads.
    The address has a secret in it, and is of this machine alone. Ctrl-C ends it.
    """
    import webbrowser

    from skelconv.datasets.opening import open as open_dataset
    from skelconv.viewer.marks import Marks
    from skelconv.viewer.server import ViewerServer
    from skelconv.viewer.session import Session

    options = keys_and_values(read)
    dataset = open_dataset(path, **options)
    reopen = partial(open_dataset, path, **{**options, "verify": "never"})
    beside = None if other is None else open_dataset(other)
    session = Session(dataset, Marks(marks or _marks_beside(path)), beside, video, options)
    with ViewerServer(session, reopen, port) as server:
        say(server.url)
        tell("Ctrl-C ends it")
        if not no_browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")


def _marks_beside(path: str) -> Path:
    """Return where marks are saved: beside a local dataset, or else in the current folder."""
    name = os.path.expanduser(path)
    if "://" in path:
        name = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return Path(f"{name.rstrip('/')}.marks.csv")
