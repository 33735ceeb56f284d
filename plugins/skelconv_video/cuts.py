"""Lists that cut clips out of videos: the user's own, Kinetics' and FineGYM's."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from skelconv import BuildError
from skelconv.listing.files import reason_of
from skelconv.listing.tables import read_rows
from skelconv_video.decode import Cut

_MOST_SECONDS = 10**7


class Wanted(NamedTuple):
    """A clip that a list names.

    Attributes
    ----------
    id : str
        What it is called.
    places : tuple of (str, Cut)
        Videos that it may be in, and which part of each it is; the first that is there counts.
    where : str
        The place in the list.
    fault : str
        Why it cannot be cut, where the list is at fault.
    """

    id: str
    places: tuple[tuple[str, Cut], ...]
    where: str
    fault: str = ""


def own(path: Path, *, frames: bool = False) -> Iterator[Wanted]:
    """Read a table of the user, with the columns ``id``, ``video``, ``start`` and ``end``.

    An empty cell is the video's own beginning or end.

    Parameters
    ----------
    path : Path
        The csv file.
    frames : bool
        Whether start and end are numbers of frames, from 0 and both in the clip, or seconds.

    Raises
    ------
    BuildError
        When it cannot be read or is not of this form.
    """
    for line, (name, video, *limits) in read_rows(path, ("id", "video", "start", "end")):
        where = f"{path}:{line}"
        if not (name and video):
            raise BuildError("the id or the video is missing", where)
        if frames:
            first, last = (_frame(cell, where) for cell in limits)
            if first is not None and last is not None and last < first:
                raise BuildError(f"its last frame is {last}, and its first {first}", where)
            cut = Cut(first=first, last=last)
        else:
            start, end = (_seconds(cell, where) for cell in limits)
            if start is not None and end is not None and end <= start:
                raise BuildError(f"it ends at {end:g} s and begins at {start:g} s", where)
            cut = Cut(start, end)
        yield Wanted(name, ((video, cut),), where)


def kinetics(paths: Iterable[Path], *, times: bool = False) -> Iterator[Wanted]:
    """Read Kinetics' csv lists.

    A clip is in a file of its own, ``ID_000010_000020``, or a part of the video ``ID``.

    Parameters
    ----------
    paths : iterable of Path
        The lists.
    times : bool
        Whether clips are called ``ID_000010_000020`` or ``ID``.

    Raises
    ------
    BuildError
        When one cannot be read or is not of this form.
    """
    for path in paths:
        for line, (video, *limits) in read_rows(path, ("youtube_id", "time_start", "time_end")):
            where = f"{path}:{line}"
            start, end = (_seconds(cell, where) for cell in limits)
            if not video or start is None or end is None or end <= start:
                raise BuildError("it names no video, or no time that passes in it", where)
            trimmed = f"{video}_{int(start):06d}_{int(end):06d}"
            places = ((trimmed, Cut()), (video, Cut(start, end)))
            yield Wanted(trimmed if times else video, places, where)


def finegym(path: Path) -> Iterator[Wanted]:
    """Read FineGYM's annotation, ``finegym_annotation_info_v1.1.json``.

    Its elements are called ``VIDEO_EVENT_ELEMENT``. One is in a file of its own, a part of the
    event ``VIDEO_EVENT``, or a part of the whole ``VIDEO``: an event's times are those in its
    video, an element's those in its event.

    Raises
    ------
    BuildError
        When it cannot be read or is not of this form.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", str(path)) from error
    except (ValueError, RecursionError) as error:
        raise BuildError("is no JSON that can be read", str(path)) from error
    for video, events in _mapping(content, str(path)).items():
        for event, about in _mapping(events, f"{path}: {video}").items():
            whole = f"{video}_{event}"
            where = f"{path}: {whole}"
            elements = _mapping(about, where).get("segments")
            if not elements:  # an event whose elements nobody annotated
                continue
            begin, _ = _span(about, where)
            for element, times in _mapping(elements, where).items():
                name = f"{whole}_{element}"
                start, end = _span(_mapping(times, f"{path}: {name}"), f"{path}: {name}")
                places = (
                    (name, Cut()),
                    (whole, Cut(start, end)),
                    (video, Cut(round(begin + start, 6), round(begin + end, 6))),
                )
                fault = "" if end > start else f"FineGYM has it end at {end:g} s of {start:g} s"
                yield Wanted(name, places, f"{path}: {name}", fault)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BuildError("is not of the form of FineGYM's annotation", where)
    return value


def _span(about: Mapping[str, Any], where: str) -> tuple[float, float]:
    """Return the beginning of the first stage and the end of the last."""
    try:
        stages = about["timestamps"]
        start, end = float(stages[0][0]), float(stages[-1][1])
    except (LookupError, TypeError, ValueError) as error:
        raise BuildError("has no timestamps", where) from error
    if not (0 <= start < _MOST_SECONDS and 0 <= end < _MOST_SECONDS):
        raise BuildError("its timestamps are no times in seconds", where)
    return start, end


def _seconds(cell: str, where: str) -> float | None:
    if not cell:
        return None
    try:
        seconds = float(cell)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < _MOST_SECONDS:
        raise BuildError(f"{cell[:40]!r} is no time in seconds", where)
    return seconds


def _frame(cell: str, where: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 10):
        raise BuildError(f"{cell[:40]!r} is no number of a frame", where)
    return int(cell)
