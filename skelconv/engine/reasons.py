"""Why clips fail, told once for all that fail alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skelconv.engine.report import Quarantined
from skelconv.text.counts import counted

# What differs from clip to clip: numbers, and what is quoted.
_OWN = re.compile(r"'[^']{1,300}'|\"[^\"]{1,300}\"|\d+(\.\d+)?")
_SHOWN = 5
# A shorter id may be a word of the reason.
_LEAST = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of which there may be many clips.

    Attributes
    ----------
    count : int
        Number of clips.
    first : Quarantined
        The first of them.
    same : bool
        Whether all say it in the same words, and not only alike.
    """

    count: int
    first: Quarantined
    same: bool


def alike(clip: Quarantined) -> str:
    """Return what the reasons of clips that fail alike have in common.

    Parameters
    ----------
    clip : Quarantined
        A clip that failed.

    Returns
    -------
    str
        Its reason without its id, numbers and what is quoted.
    """
    reason = clip.reason
    if len(clip.id) >= _LEAST:
        reason = reason.replace(clip.id, "#")
    return _OWN.sub("#", reason)


def grouped(clips: Iterable[Quarantined]) -> list[Reason]:
    """Group clips by what is wrong with them.

    Parameters
    ----------
    clips : iterable of Quarantined
        The clips.

    Returns
    -------
    list of Reason
        The most frequent first; of equal ones, that which comes first.
    """
    found: dict[str, Reason] = {}
    for clip in clips:
        key = alike(clip)
        known = found.get(key, Reason(0, clip, same=True))
        same = known.same and known.first.reason == clip.reason
        found[key] = Reason(known.count + 1, known.first, same)
    return sorted(found.values(), key=lambda reason: -reason.count)


def in_lines(clips: Sequence[Quarantined]) -> Iterator[str]:
    """Say why clips failed, in a few lines.

    Parameters
    ----------
    clips : sequence of Quarantined
        The clips.

    Yields
    ------
    str
        For each of the most frequent reasons how many clips have it, and where the first one is.
    """
    reasons = grouped(clips)
    shown = _SHOWN + (len(reasons) == _SHOWN + 1)  # a single one is named, not counted
    for reason in reasons[:shown]:
        first = reason.first
        yield f"{reason.count}: {first.reason}"
        place = ":".join(str(part) for part in (first.path, first.line) if part is not None)
        name = "" if reason.count == 1 else "the first: " if reason.same else "so the first: "
        yield f"    {name}{first.id}" + (f" ({place})" if place else "")
    if len(reasons) > shown:
        rest = sum(reason.count for reason in reasons[shown:])
        yield f"{rest}: {counted(len(reasons) - shown, 'other reason')}"
