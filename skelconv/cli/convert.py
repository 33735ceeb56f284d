"""``skelconv convert`` and ``skelconv merge``: finished datasets into another."""

from __future__ import annotations

from typing import Annotated

import typer

from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.build import finish

SinkName = Annotated[
    str | None,
    typer.Option("--sink", help="The plugin that writes OUT; by default by the ending of OUT."),
]
SinkOptions = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="KEY=VALUE", help="An option of the sink; repeatable."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Replace OUT if it is there.")]


def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help="A dataset of any format.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="What to write.")],
    sink: SinkName = None,
    with_: SinkOptions = None,
    read: ReaderOptions = None,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Convert a dataset into another format."""
    _run([source], target, sink, with_, read, fresh, as_json)


def merge(
    paths: Annotated[
        list[str], typer.Argument(metavar="PARTS... OUT", help="Two datasets or more, and OUT.")
    ],
    sink: SinkName = None,
    with_: SinkOptions = None,
    read: ReaderOptions = None,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Merge datasets, such as the shards of a build, into one. No clip may be in two of them."""
    if len(paths) < 3:
        raise typer.BadParameter("name two parts at least, and what to write")
    _run(paths[:-1], paths[-1], sink, with_, read, fresh, as_json)


def _run(
    parts: list[str],
    target: str,
    sink: str | None,
    with_: list[str] | None,
    read: list[str] | None,
    fresh: bool,
    as_json: bool,
) -> None:
    from skelconv.cli.progress import make_progress
    from skelconv.conversion import convert as run_convert

    with make_progress() as progress:
        report = run_convert(
            parts,
            target,
            sink=sink,
            options=keys_and_values(with_),
            reader=keys_and_values(read),
            fresh=fresh,
            progress=progress,
        )
    finish(report, as_json=as_json)
