"""``skelconv build``: from a recipe to a dataset."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.output import say, say_json, tell
from skelconv.counts import counted

if TYPE_CHECKING:
    from skelconv.engine.report import BuildReport

NOT_CLEAN = 2
_SHOWN = 20


def build(
    recipe: RecipePath,
    set_: Overrides = None,
    workers: Annotated[
        int, typer.Option(min=0, max=4096, help="Worker processes; 0 is one for each core.")
    ] = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Convert the first so many clips alone.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first clip that cannot be converted.")
    ] = False,
    no_expect: Annotated[
        bool, typer.Option("--no-expect", help="Do not compare the counts with the recipe's.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Throw away what an earlier build left, and replace its output."
        ),
    ] = False,
    executor: Annotated[str, typer.Option(help="What runs the work.")] = "local",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where the executor's workers are.")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Build part I of N alone; `skelconv merge` joins them."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.001, max=1e6, help="Seconds that one clip may take.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a dataset, or go on with a build that was stopped.

    Exit codes: 0 done, 1 something for you to mend, 2 done but clips are quarantined or counts
    differ from those that the recipe expects, 3 a fault of skelconv's own, 130 interrupted.
    """
    from skelconv.cli.progress import make_progress
    from skelconv.engine.run import build as run_build

    with make_progress() as progress:
        try:
            report = run_build(
                recipe,
                set_ or (),
                workers=workers,
                limit=limit,
                strict=strict,
                check_expect=not no_expect,
                fresh=fresh,
                executor=executor,
                scheduler=scheduler,
                shard=None if shard is None else parse_shard(shard),
                timeout=timeout,
                progress=progress,
            )
        except KeyboardInterrupt:
            progress.close()
            tell(f"interrupted; what is done is kept. To go on: {resuming_command()}")
            raise
    finish(report, as_json=as_json)


def finish(report: BuildReport, *, as_json: bool) -> None:
    """Print what came of a build, and end with the exit code that fits."""
    if as_json:
        say_json({**dataclasses.asdict(report), "target": str(report.target)})
    else:
        say("\n".join(describe(report)))
    if not report.clean:
        raise typer.Exit(NOT_CLEAN)


def parse_shard(text: str) -> tuple[int, int]:
    """Read ``I/N``."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts) <= 99_999):
        raise typer.BadParameter(f"{text!r} is not I/N with I from 1 to N, such as 2/8")
    return int(part), int(parts)


def resuming_command() -> str:
    """Return the command line that goes on with this build."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--fresh"]
    return shlex.join(["skelconv", *arguments])


def describe(report: BuildReport) -> Iterable[str]:
    """Describe what came of a build, line by line."""
    if report.already_built:
        yield f"{report.target} is built already, from the same recipe and data"
    yield f"{report.target}: {counted(report.clips, 'clip')}, sha256 {report.sha256}"
    for name, count in report.splits.items():
        yield f"  {name}: {count}"
    for reason, count in report.left_out.items():
        yield f"left out, {reason}: {count}"
    for reason, count in report.dropped.items():
        yield f"dropped, {reason}: {count}"
    yield from listing(
        f"{counted(len(report.strays), 'file is', 'files are')} not part of the dataset",
        report.strays,
    )
    yield from listing(
        f"{counted(len(report.quarantined), 'clip')} quarantined", quarantine(report)
    )
    yield from listing(absent(len(report.absent)), report.absent)
    if report.unmet:
        yield "not what the recipe expects:"
        for unmet in report.unmet:
            difference = unmet.found - unmet.expected
            yield f"  {unmet.what}: {unmet.found}, expected {unmet.expected} ({difference:+})"


def absent(count: int) -> str:
    """Say how many clips are listed, officially or by the user, and not there."""
    return f"{counted(count, 'listed clip is', 'listed clips are')} not there"


def quarantine(report: BuildReport) -> list[str]:
    """Say of each quarantined clip what is wrong with it and where."""
    lines = []
    for clip in report.quarantined:
        place = ":".join(str(part) for part in (clip.path, clip.line) if part is not None)
        lines.append(f"{clip.id}: {clip.reason}" + (f" ({place})" if place else ""))
    return lines


def listing(title: str, lines: Iterable[str]) -> Iterable[str]:
    """Give a title and the first of the lines below it; nothing where there are no lines."""
    lines = list(lines)
    if not lines:
        return
    yield f"{title}:"
    for line in lines[:_SHOWN]:
        yield f"  {line}"
    if len(lines) > _SHOWN:
        yield f"  ... and {len(lines) - _SHOWN} more (all of them: --json)"
