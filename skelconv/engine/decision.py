"""What a build does about what it finds: start, continue, leave the output as it is, or refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skelconv.data.errors import BuildError
from skelconv.engine.identity import Identity
from skelconv.engine.report import BuildReport


@dataclass(frozen=True, slots=True)
class Found:
    """What a build finds at its target and in its working folder.

    Attributes
    ----------
    target : Path
        The output that is to be built.
    output : bool
        Whether something with the output's name exists already.
    report : BuildReport or None
        The report of the existing output, if it is complete and is what this build would give.
    differences : sequence of str
        How the existing output differs from what this build would give.
    foreign : bool
        Whether the existing output is a folder that no build has written.
    earlier : Identity or None
        What an unfinished build of this target was to give.
    repaired : bool
        Whether that build differs from this one by files alone of which no clip is whole.
    earlier_clips : bool
        Whether that build has converted or dropped any clip.
    replaceable : bool
        Whether that build was allowed to replace the existing output, or has written it.
    finished : bool
        Whether that build gave the existing output, and what it had done was kept to try
        quarantined clips again.
    replacing : bool
        Whether that build was asked to replace the existing output, and has not done it yet.
    """

    target: Path
    output: bool = False
    report: BuildReport | None = None
    differences: Sequence[str] = ()
    foreign: bool = False
    earlier: Identity | None = None
    repaired: bool = False
    earlier_clips: bool = False
    replaceable: bool = False
    finished: bool = False
    replacing: bool = False


@dataclass(frozen=True, slots=True)
class StartAnew:
    """Discard what an earlier run left, and start from the beginning.

    Attributes
    ----------
    replaces : bool
        Whether an existing output may be replaced.
    """

    replaces: bool = False


@dataclass(frozen=True, slots=True)
class GoOn:
    """Continue where an earlier run of the same build stopped."""


@dataclass(frozen=True, slots=True)
class AlreadyBuilt:
    """Do nothing: the output exists.

    Attributes
    ----------
    report : BuildReport
        The report of the run that built it.
    """

    report: BuildReport


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do nothing: something would be lost.

    Attributes
    ----------
    error : BuildError
        The reason, with a hint what to do.
    """

    error: BuildError


def decide(
    found: Found, identity: Identity, *, fresh: bool, retry: bool = False
) -> StartAnew | GoOn | AlreadyBuilt | Refuse:
    """Decide what to do about what was found.

    Parameters
    ----------
    found : Found
        What exists already.
    identity : Identity
        What is to be built.
    fresh : bool
        Whether the user wants everything that exists to be replaced.
    retry : bool
        Whether the user wants quarantined clips to be tried again.

    Returns
    -------
    StartAnew, GoOn, AlreadyBuilt or Refuse
        What to do.
    """
    differs = found.earlier is not None and found.earlier != identity
    # A wrong option may have made every clip fail: there is nothing to lose.
    gives_way = differs and not found.earlier_clips
    replaceable = found.replaceable and not gives_way
    if fresh:
        if found.foreign and not found.replaceable:
            return Refuse(_foreign_folder(found))
        return StartAnew(replaces=True)
    if found.report is not None:
        return _about_finished(found, found.report, kept=found.earlier == identity, retry=retry)
    again = found.repaired and (retry or not found.finished)
    if found.output and (not replaceable or (differs and found.finished and not again)):
        return Refuse(_other_output(found))
    if found.earlier is None or gives_way:
        return StartAnew()
    if differs and not again:
        return Refuse(_other_build(found.target, found.earlier, identity))
    return GoOn()


def _about_finished(
    found: Found, report: BuildReport, *, kept: bool, retry: bool
) -> StartAnew | GoOn | AlreadyBuilt | Refuse:
    """Decide about an output that is what this build would give, but for quarantined clips."""
    if kept and found.replacing:
        return GoOn()  # of a build with --fresh that was stopped
    unread = any(clip.unread for clip in report.quarantined)
    if not unread and not (retry and report.quarantined):
        return AlreadyBuilt(report)
    if kept:
        return GoOn()
    # What was done is gone, and all of it must be done again: not without being asked.
    return StartAnew(replaces=True) if unread else Refuse(_nothing_kept(found))


def _nothing_kept(found: Found) -> BuildError:
    return BuildError(
        "what the build had done was not kept, so that its quarantined clips cannot be tried alone",
        where=str(found.target),
        hint="to build all of it again: --fresh",
    )


def _foreign_folder(found: Found) -> BuildError:
    return BuildError(
        "this is a folder that skelconv did not build",
        where=str(found.target),
        hint="move it away, or choose another output",
    )


def _other_output(found: Found) -> BuildError:
    return BuildError(
        "the output is there already, and differs from what this build would give:"
        + _in_lines(found.differences),
        where=str(found.target),
        hint="no clip in it is from these files; to try the quarantined clips again: --retry"
        if found.repaired and found.finished
        else "to replace it: --fresh",
    )


def _other_build(target: Path, earlier: Identity, identity: Identity) -> BuildError:
    return BuildError(
        "a build that was stopped here differs from this one:"
        + _in_lines(identity.differences(earlier)),
        where=str(target),
        hint="to discard it and start from the beginning: --fresh",
    )


def _in_lines(differences: Sequence[str]) -> str:
    return "".join(f"\n    {line}" for line in differences)
