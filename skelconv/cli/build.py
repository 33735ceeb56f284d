"""``skelconv build``: from a recipe to a dataset."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import candidates, classes
from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.output import say_json, say_lines
from skelconv.data.classes import facts
from skelconv.text.counts import counted
from skelconv.text.streams import outlive_reader

if TYPE_CHECKING:
    from skelconv.engine.report import BuildReport

NOT_CLEAN = 2
_SHOWN = 20


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
        bool, typer.Option("--retry", help="Try quarantined clips again, and nothing else.")
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

    Exit codes: 0 done; 1 an error that you can correct; 2 done, but clips are quarantined or
    counts differ from those that the recipe expects; 3 an error in skelconv itself; 130
    interrupted.
    """
    from skelconv.cli.progress import make_progress
    from skelconv.engine.build import build as run_build

    outlive_reader("stdout")  # what is done is in the output, and nothing is lost with the report
    with make_progress() as progress:
        report = run_build(
            recipe,
            set_ or (),
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
        told = facts(report.classes)
        say_json({**dataclasses.asdict(report), "target": str(report.target), "told": told})
    else:
        say_lines(describe(report, retry=retry))
    if not report.clean:
        raise typer.Exit(NOT_CLEAN)


def _parse_shard(text: str) -> tuple[int, int]:
    """Read ``I/N``."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts) <= 99_999):
        raise typer.BadParameter(f"{text!r} is not I/N with I from 1 to N, such as 2/8")
    return int(part), int(parts)


def _retrying_command() -> str:
    """Return the command line that tries the quarantined clips of this build again."""
    arguments = [a for a in sys.argv[2:] if a not in ("--fresh", "--retry")]
    return shlex.join(["skelconv", "build", "--retry", *arguments])


def describe(report: BuildReport, *, retry: str = "") -> Iterable[str]:
    """Describe the result of a build.

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
    if report.already_built:
        yield f"{report.target} is built already, from the same recipe and data"
    yield f"{report.target}: {counted(report.clips, 'clip')}, sha256 {report.sha256}"
    for name, count in report.splits.items():
        yield f"  {name}: {count}"
    yield from classes.summary(report.classes, str(report.target))
    yield from classes.notes(report.notes)
    for reason, count in report.left_out.items():
        yield f"left out, {reason}: {count}"
    for reason, count in report.dropped.items():
        yield f"dropped, {reason}: {count}"
    yield from listing(
        f"{counted(len(report.strays), 'file is', 'files are')} not part of the dataset",
        report.strays,
    )
    yield from listing(
        f"{counted(len(report.quarantined), 'clip')} quarantined", _quarantine(report)
    )
    if any(clip.unread for clip in report.quarantined):
        count = sum(clip.unread for clip in report.quarantined)
        yield f"{count} of them could not be read: the same command tries them again"
    kept = report.target.with_name(f"{report.target.name}.skelconv-build")
    if report.quarantined and retry and kept.exists():
        yield f"what is done is kept in {kept}, which can be deleted"
        yield f"to try quarantined clips again, and nothing else: {retry}"
    yield from listing(absent(len(report.absent)), report.absent)
    missing = counted(len(report.missing_parts), "part is", "parts are")
    yield from listing(f"{missing} missing", report.missing_parts)
    if report.unmet:
        yield "not what the recipe expects:"
        for unmet in report.unmet:
            difference = unmet.found - unmet.expected
            yield f"  {unmet.what}: {unmet.found}, expected {unmet.expected} ({difference:+})"


def absent(count: int) -> str:
    """Return the title of the list of absent clips.

    Parameters
    ----------
    count : int
        Number of clips that the official dataset, or a list of the user's, names and that do not
        exist.

    Returns
    -------
    str
        The title.
    """
    return f"{counted(count, 'listed clip is', 'listed clips are')} not there"


def _quarantine(report: BuildReport) -> list[str]:
    """Return a line for each quarantined clip: what is wrong with it, and where."""
    lines = []
    for clip in report.quarantined:
        place = ":".join(str(part) for part in (clip.path, clip.line) if part is not None)
        lines.append(f"{clip.id}: {clip.reason}" + (f" ({place})" if place else ""))
    return lines


def listing(title: str, lines: Iterable[str]) -> Iterable[str]:
    """Return a title and the first 20 lines below it.

    Parameters
    ----------
    title : str
        The title, without a colon.
    lines : iterable of str
        The lines; if there are none, there is no title either.

    Yields
    ------
    str
        A line.
    """
    lines = list(lines)
    if not lines:
        return
    yield f"{title}:"
    for line in lines[:_SHOWN]:
        yield f"  {line}"
    if len(lines) > _SHOWN:
        yield f"  ... and {len(lines) - _SHOWN} more (all of them: --json)"
