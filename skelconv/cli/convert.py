"""``skelconv convert`` and ``skelconv merge``: write finished datasets as another."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.build import finish
from skelconv.text.streams import outlive_reader

if TYPE_CHECKING:
    from skelconv.engine.report import BuildReport

SinkName = Annotated[
    str | None,
    typer.Option(
        "--sink",
        metavar="NAME",
        help="The plugin that writes OUT; by default from OUT's suffix.",
        autocompletion=candidates.sinks,
    ),
]
SinkOptions = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="KEY=VALUE", help="An option of the sink; repeatable."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Replace OUT if it exists.")]


def convert(  # numpydoc ignore=PR01
    source: Annotated[str, typer.Argument(metavar="IN", help="A dataset of any format.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    sink: SinkName = None,
    with_: SinkOptions = None,
    read: ReaderOptions = None,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Convert a dataset into another format, or continue a conversion that was stopped.

    Exit codes: 0 done; 1 an error that you can correct; 2 done, but clips are quarantined; 130
    interrupted.
    """
    from skelconv.datasets.convert import convert as run_convert

    _run(run_convert, source, target, sink, with_, read, fresh, as_json)


def merge(  # numpydoc ignore=PR01
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PARTS... OUT",
            help="All parts of a build, or two or more datasets; then the file or folder to write.",
        ),
    ],
    sink: SinkName = None,
    with_: SinkOptions = None,
    read: ReaderOptions = None,
    fresh: Fresh = False,
    allow_missing: Annotated[
        bool,
        typer.Option("--allow-missing", help="Merge the parts of a build that are there."),
    ] = False,
    classes: Annotated[
        Literal["same", "union"],
        typer.Option(
            "--classes",
            help="same: all must have the same classes. union: classes are joined by their names, "
            "and labels get new numbers.",
        ),
    ] = "same",
    layout: Annotated[
        str | None,
        typer.Option(
            "--layout",
            metavar="NAME",
            help="Map all clips to this layout; without it all must have the same.",
            autocompletion=candidates.layouts,
        ),
    ] = None,
    splits: Annotated[
        Literal["own", "by-source"],
        typer.Option(
            "--splits",
            help="own: splits of one name become one. by-source: each dataset is a split, called "
            "like its file.",
        ),
    ] = "own",
    prefix: Annotated[
        bool,
        typer.Option("--prefix", help="Put the dataset's name and / in front of each clip's id."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Merge datasets, such as the parts of a build, into one.

    The parts of a build are merged in their order, and only if all are there and of one build.
    Other datasets are merged in the order in which they are given. No two may have clips with the
    same id (or --prefix). Their classes must be the same, or are joined by name (--classes union);
    so must their layouts be, or all are mapped to one (--layout NAME).

    Exit codes: 0 done; 1 an error that you can correct; 2 done, but clips are quarantined, counts
    differ from those that the recipe expects, or parts are missing; 130 interrupted.
    """
    if len(paths) < 2:
        raise typer.BadParameter("name the parts, and the output")
    from skelconv.datasets.convert import merge as run_merge

    write = functools.partial(
        run_merge,
        allow_missing=allow_missing,
        classes=classes,
        layout=layout,
        splits=splits,
        prefix=prefix,
    )
    _run(write, paths[:-1], paths[-1], sink, with_, read, fresh, as_json)


def _run(
    write: Callable[..., BuildReport],
    read_from: str | list[str],
    target: str,
    sink: str | None,
    with_: list[str] | None,
    read: list[str] | None,
    fresh: bool,
    as_json: bool,
) -> None:
    from skelconv.cli.progress import make_progress

    outlive_reader("stdout")  # as for a build
    with make_progress() as progress:
        report = write(
            read_from,
            target,
            sink=sink,
            options=keys_and_values(with_),
            reader=keys_and_values(read),
            fresh=fresh,
            progress=progress,
        )
    finish(report, as_json=as_json)
