"""``skelconv verify`` and ``skelconv diff``: check a dataset, and compare two datasets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say, say_json, say_lines
from skelconv.cli.summary import listing
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.datasets.diff import Comparison

NOT_SOUND = 1


def verify(  # numpydoc ignore=PR01
    path: DatasetPath,
    trainer: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="TRAINER",
            help="Also check the needs of a training code; see `list-plugins --kind trainer`.",
        ),
    ] = None,
    read: ReaderOptions = None,
    as_json: AsJson = False,
) -> None:
    """Check a dataset for damage and contradictions.

    It checks digest, ids, splits, shapes, types, NaN, labels and img_shape.

    Exit codes: 0 sound; 1 something is wrong.
    """
    from skelconv.datasets.dataset import open as open_dataset
    from skelconv.datasets.verify import verify as run_verify

    # What is wrong is a finding here, not an error.
    dataset = open_dataset(path, **{**keys_and_values(read), "verify": "never"})
    verified = run_verify(dataset, trainer)
    if as_json:
        say_json([dataclasses.asdict(finding) for finding in verified.findings])
    else:
        for finding in verified.findings:
            say_lines([str(finding)])
        result = "sound" if verified.sound else counted(len(verified.findings), "finding")
        say(f"{path}: {counted(verified.clips, 'clip')}, {result}")
    if not verified.sound:
        raise typer.Exit(NOT_SOUND)


def diff(  # numpydoc ignore=PR01
    a: Annotated[str, typer.Argument(metavar="A", help="A dataset of any format.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another dataset.")],
    as_json: AsJson = False,
) -> None:
    """Compare two datasets, also of different formats.

    Exit codes: 0 equal; 1 different.
    """
    from skelconv.datasets.diff import diff as compare

    comparison = compare(a, b)
    if as_json:
        say_json(dataclasses.asdict(comparison))
    else:
        say_lines(_describe(comparison))
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
    for name, field in comparison.fields.items():
        largest = f", by up to {field.largest:g}" if field.largest else ""
        yield f"{name}: differs in {counted(field.clips, 'clip')}{largest}; first {field.where}"
