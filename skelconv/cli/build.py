"""``skelconv build``: from a recipe to a dataset."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import candidates, class_table, summary
from skelconv.cli.arguments import AsJson, Overrides, RecipePath, changed_recipe
from skelconv.cli.output import say_json, say_lines
from skelconv.data.classes import facts
from skelconv.data.errors import DatasetError
from skelconv.text.commands import skelconv_command
from skelconv.text.counts import counted
from skelconv.text.streams import outlive_reader

if TYPE_CHECKING:
    from skelconv.engine.report import BuildReport

# A reason may take three lines of a terminal.
_LONGEST = 230


def build(  # numpydoc ignore=PR01
    recipe: RecipePath,
    set_: Overrides = None,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, max=4096, help="Worker processes; 0 is one for each core or GPU."
        ),
    ] = 0,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Convert only the first N clips.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first clip that cannot be converted.")
    ] = False,
    no_expect: Annotated[
        bool, typer.Option("--no-expect", help="Do not check the counts that the recipe expects.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Discard an unfinished build, and replace an existing output."
        ),
    ] = False,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Try quarantined clips again, and nothing else."),
    ] = False,
    executor: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What runs the work; see `skelconv list-plugins --kind executor`.",
            autocompletion=candidates.executors,
        ),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address of the scheduler, for executors with one."),
    ] = None,
    wait_for_workers: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            max=1e6,
            help="Time for lost workers to come back, for executors that wait.",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N", help="Build only part I of N; `skelconv merge` joins the parts."
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.001,
            max=1e6,
            help="Time for one clip, after which it is quarantined.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a dataset, or continue a build that was stopped.

    Exit codes: 0 done; 1 an error that you can correct; 2 done, but clips are quarantined, names in
    the splits have no clip, a part is empty, or counts differ from those that the recipe expects;
    3 an error in skelconv itself; 130 interrupted. The last line says which.
    """
    from skelconv.cli.progress import make_progress
    from skelconv.engine.build import build as run_build

    outlive_reader("stdout")  # what is done is in the output, and nothing is lost with the report
    loaded = changed_recipe(recipe, set_)
    with make_progress() as progress:
        report = run_build(
            loaded,
            workers=workers,
            limit=limit,
            strict=strict,
            check_expect=not no_expect,
            fresh=fresh,
            retry=retry,
            executor=executor,
            scheduler=scheduler,
            wait_for_workers=wait_for_workers,
            shard=None if shard is None else _parse_shard(shard),
            timeout=timeout,
            progress=progress,
        )
    finish(report, as_json=as_json, retry=_retrying_command())


def finish(report: BuildReport, *, as_json: bool, retry: str = "") -> None:
    """Print the result of a build, and end with exit code 2 if it is not clean.

    Parameters
    ----------
    report : BuildReport
        The result.
    as_json : bool
        Whether to print JSON.
    retry : str
        The command that tries quarantined clips again, if there is one.

    Raises
    ------
    typer.Exit
        When the result is not clean.
    """
    if as_json:
        plain = {**dataclasses.asdict(report), "target": str(report.target)}
        say_json({**plain, "told": facts(report.classes), "faults": report.faults})
    else:
        say_lines(describe(report, retry=retry))
    if not report.clean:
        raise typer.Exit(summary.NOT_CLEAN)


def _parse_shard(text: str) -> tuple[int, int]:
    """Read ``I/N``."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts) <= 99_999):
        raise typer.BadParameter(f"{text!r} is not I/N with I from 1 to N, such as 2/8")
    return int(part), int(parts)


def _retrying_command() -> str:
    """Return the command line that tries the quarantined clips of this build again."""
    arguments = [a for a in sys.argv[2:] if a not in ("--fresh", "--retry")]
    return skelconv_command("build", "--retry", *arguments)


def describe(report: BuildReport, *, retry: str = "") -> Iterable[str]:
    """Describe the result of a build: lists first, and the counts last.

    Parameters
    ----------
    report : BuildReport
        The result.
    retry : str
        The command that tries quarantined clips again, if there is one.

    Yields
    ------
    str
        A line.
    """
    details = [
        *_lists(report, retry),
        *class_table.summary(report.classes, _readable(report.target)),
        *summary.notes(report.notes),
    ]
    yield from details
    if details:
        yield ""
    if report.already_built:
        yield f"{report.target} is built already, from the same recipe and data"
    yield f"{report.target}: {_written(report)}"
    yield from summary.recordings(report)
    yield from summary.parts(report.splits)
    yield from summary.reasons("left out", report.left_out)
    yield from summary.reasons("dropped", report.dropped)
    yield from summary.not_kept(report.not_kept)
    for unmet in report.unmet:
        difference = unmet.found - unmet.expected
        counts = f"{unmet.found}, expected {unmet.expected} ({difference:+})"
        yield f"not what the recipe expects, {unmet.what}: {counts}"
    yield f"sha256 {report.sha256}"
    yield from summary.ending(report.faults)


def _readable(target: Path) -> str:
    """Return the path of an output, if commands for datasets can read it; else nothing."""
    from skelconv.datasets.opening import reader_of

    try:
        reader_of(str(target))
    except DatasetError:
        return ""
    return str(target)


def _written(report: BuildReport) -> str:
    from skelconv.engine.keeping import OF_NO_PART

    if lost := report.not_kept.get(OF_NO_PART):
        return f"{report.clips - lost} of {counted(report.clips, 'clip')}"
    return counted(report.clips, "clip")


def _lists(report: BuildReport, retry: str) -> Iterable[str]:
    from skelconv.engine.reasons import in_lines

    yield from summary.strays(report.strays)
    yield from summary.absent(report.absent)
    yield from summary.membership(report.membership)
    yield from summary.listing(
        f"{counted(len(report.missing_parts), 'part is', 'parts are')} missing",
        report.missing_parts,
    )
    if report.quarantined:
        everything = f"{report.target.name}.skelconv.json"
        yield f"{counted(len(report.quarantined), 'clip')} quarantined (each one: {everything}):"
        for line in in_lines(report.quarantined):
            yield f"  {summary.cut(line, _LONGEST)}"
    if any(clip.unread for clip in report.quarantined):
        count = sum(clip.unread for clip in report.quarantined)
        yield f"{count} of them could not be read: the same command tries them again"
    kept = report.target.with_name(f"{report.target.name}.skelconv-build")
    if report.quarantined and retry and kept.exists():
        yield f"what is done is kept in {kept}, which can be deleted"
        yield f"to try quarantined clips again, and nothing else: {retry}"
