"""Commands ``skelconv verify`` and ``skelconv diff``: is it sound, and how do two differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.build import listing
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say, say_json
from skelconv.counts import counted

if TYPE_CHECKING:
    from skelconv.comparison import Comparison

NOT_SOUND = 1


def verify(
    path: DatasetPath,
    trainer: Annotated[
        Literal["posec3d", "stgcn", "ctrgcn"] | None,
        typer.Option("--for", help="Check also what this trainer needs."),
    ] = None,
    read: ReaderOptions = None,
    as_json: AsJson = False,
) -> None:
    """Check a dataset: digest, ids, splits, shapes, types, NaN, labels, img_shape.

    Exit code 1 when anything is wrong.
    """
    from skelconv.dataset import open as open_dataset
    from skelconv.verification import verify as run_verify

    dataset = open_dataset(path, **keys_and_values(read))
    findings = run_verify(dataset, Path(path), trainer)
    if as_json:
        say_json([dataclasses.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(str(finding))
        told = counted(len(findings), "finding") if findings else "sound"
        say(f"{path}: {counted(len(dataset), 'clip')}, {told}")
    if findings:
        raise typer.Exit(NOT_SOUND)


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A dataset of any format.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    as_json: AsJson = False,
) -> None:
    """Show how two datasets differ, of whatever formats. Exit code 1 when they do."""
    from skelconv.comparison import compare
    from skelconv.dataset import open as open_dataset

    comparison = compare(open_dataset(a), open_dataset(b))
    if as_json:
        say_json(dataclasses.asdict(comparison))
    else:
        say("\n".join(_describe(comparison)))
    if not comparison.equal:
        raise typer.Exit(NOT_SOUND)


def _describe(comparison: Comparison) -> Iterable[str]:
    if comparison.equal:
        yield f"equal: {counted(comparison.clips[0], 'clip')}"
        return
    yield f"A has {counted(comparison.clips[0], 'clip')}, B has {comparison.clips[1]}"
    yield from listing(f"{len(comparison.only_a)} in A alone", comparison.only_a)
    yield from listing(f"{len(comparison.only_b)} in B alone", comparison.only_b)
    if not comparison.order:
        yield "clips are in another order"
    for name, (only_a, only_b) in comparison.splits.items():
        yield f"split {name}: {len(only_a)} in A's alone, {len(only_b)} in B's alone"
    for name, told in comparison.fields.items():
        largest = f", by up to {told.largest:g}" if told.largest else ""
        yield f"{name}: differs in {counted(told.clips, 'clip')}{largest}; first {told.where}"
