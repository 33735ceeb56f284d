"""``skelconv verify`` and ``skelconv diff``: check a dataset, and compare two datasets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say_json, say_lines, wrapped
from skelconv.cli.summary import listing
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.datasets.diff import Comparison
    from skelconv.datasets.verify.findings import Finding, Verification

NOT_SOUND = 1
WARNED = 2
_INDENT = "    "
_BELOW = f"{_INDENT}   "
_SHOWN = 3


def verify(  # numpydoc ignore=PR01
    path: DatasetPath,
    trainer: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="TRAINER",
            help="Also check the needs of a training code; see `list-plugins --kind trainer`.",
            autocompletion=candidates.trainers,
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="CODES",
            help="Look for these findings alone: codes, or beginnings such as SK4,SK603.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="CODES", help="Pass these findings over; the longer code decides."
        ),
    ] = None,
    read: ReaderOptions = None,
    as_json: AsJson = False,
) -> None:
    """Audit a dataset: what is wrong with it, and what to do about it.

    Each finding has a code, which docs/verify.md explains: SK1 the file and its ids, SK2 splits,
    SK3 labels, SK4 coordinates, SK5 people and frames, SK6 motion, SK7 the same data twice, and
    SK8, with --for, what a trainer needs.

    Exit codes: 0 sound, but for notes; 1 there are errors; 2 there are warnings and no errors.
    """
    from skelconv.datasets.opening import open as open_dataset
    from skelconv.datasets.verify.audit import verify as run_verify

    # What is wrong is a finding here, not an error.
    dataset = open_dataset(path, **{**keys_and_values(read), "verify": "never"})
    verified = run_verify(dataset, trainer, select=_codes(select), ignore=_codes(ignore))
    if as_json:
        findings = [dataclasses.asdict(finding) for finding in verified.findings]
        say_json(
            {
                "clips": verified.clips,
                "num_classes": verified.num_classes,
                "sound": verified.sound,
                "findings": findings,
            }
        )
    else:
        for finding in verified.findings:
            say_lines(_finding(finding))
        say_lines([_verdict(path, verified)])
    if not verified.sound:
        raise typer.Exit(NOT_SOUND if verified.count("error") else WARNED)


def _codes(given: Sequence[str] | None) -> list[str]:
    return [code.strip() for text in given or () for code in text.split(",") if code.strip()]


def _finding(finding: Finding) -> Iterable[str]:
    yield from wrapped(finding.what, f"{finding.severity} {finding.code}  ", _BELOW)
    if finding.ids:
        first = f"{finding.ids[0]} ({finding.example})" if finding.example else finding.ids[0]
        more = ["..."] if finding.clips > _SHOWN else []
        listed = ", ".join([first, *finding.ids[1:_SHOWN], *more])
        yield from wrapped(f"{counted(finding.clips, 'clip')}: {listed}", _INDENT, _BELOW)
    yield from wrapped(finding.remedy, f"{_INDENT}-> ", _BELOW)


def _verdict(path: str, verified: Verification) -> str:
    found = [
        counted(number, severity)
        for severity in ("error", "warning", "note")
        if (number := verified.count(severity))
    ]
    classes = counted(verified.num_classes, "class", "classes")
    told = f"{path}: {counted(verified.clips, 'clip')}, {classes}: "
    return told + ("sound" if verified.sound else "not sound") + "".join(f", {x}" for x in found)


def diff(  # numpydoc ignore=PR01
    a: Annotated[str, typer.Argument(metavar="A", help="A dataset of any format.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another dataset.")],
    as_json: AsJson = False,
) -> None:
    """Compare two datasets, also of different formats: clips by their ids, in whatever order.

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
        yield from _reordered(comparison)
        return
    yield f"A has {counted(comparison.clips[0], 'clip')}, B has {comparison.clips[1]}"
    yield from listing(f"{len(comparison.only_a)} in A alone", comparison.only_a)
    yield from listing(f"{len(comparison.only_b)} in B alone", comparison.only_b)
    if not comparison.order:
        rest = "; all else is equal" if comparison.equal_but_for_order else ""
        yield f"clips are in another order{rest}"
    if comparison.label_names:
        yield f"classes: {_first_difference(*comparison.label_names)}"
    for name, (only_a, only_b) in comparison.splits.items():
        yield f"split {name}: {len(only_a)} in A's alone, {len(only_b)} in B's alone"
    yield from _reordered(comparison)
    for name, field in comparison.fields.items():
        largest = f", by up to {field.largest:g}" if field.largest else ""
        yield f"{name}: differs in {counted(field.clips, 'clip')}{largest}; first {field.where}"


def _reordered(comparison: Comparison) -> Iterable[str]:
    for name in comparison.reordered:
        yield f"split {name}: the same clips in another order, which no training sees"


def _first_difference(a: Sequence[str], b: Sequence[str]) -> str:
    if not a or not b:
        return f"A names {len(a) or 'none'}, B names {len(b) or 'none'}"
    pairs = enumerate(zip_longest(a, b, fillvalue="(none)"))
    label, (one, other) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
    return f"A names {len(a)}, B names {len(b)}; first {label}: {one} and {other}"
