"""Lists that cut clips out of videos: the user's, Kinetics' and FineGYM's."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from skelconv import BuildError
from skelconv.files import read_json, read_rows
from skelconv_video.decode import Cut

_MOST_SECONDS = 10**7


class ClipCut(NamedTuple):
    """A clip of a list.

    Attributes
    ----------
    id : str
        The clip's id.
    places : tuple of (str, Cut)
        Videos that it may be in, and which part of each it is; the first that is there counts.
    where : str
        The place in the list.
    fault : str
        Why it cannot be cut, where the list is wrong.
    """

    id: str
    places: tuple[tuple[str, Cut], ...]
    where: str
    fault: str = ""


def own(path: Path, *, frames: bool = False) -> Iterator[ClipCut]:
    """Read a table of the user, with the columns ``id``, ``video``, ``start`` and ``end``.

    An empty cell is the video's own start or end.

    Parameters
    ----------
    path : Path
        The csv file.
    frames : bool
        Whether start and end are numbers of frames, from 0 and both in the clip, or seconds.

    Yields
    ------
    ClipCut
        A clip.

    Raises
    ------
    BuildError
        When it cannot be read or is not in this format.
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
                raise BuildError(f"it ends at {end:g} s and starts at {start:g} s", where)
            cut = Cut(start, end)
        yield ClipCut(name, ((video, cut),), where)


def kinetics(paths: Iterable[Path], *, times: bool = False) -> Iterator[ClipCut]:
    """Read Kinetics' csv lists.

    A clip is a separate file, ``ID_000010_000020``, or a part of the video ``ID``.

    Parameters
    ----------
    paths : iterable of Path
        The lists.
    times : bool
        Whether clips' ids are ``ID_000010_000020`` or ``ID``.

    Yields
    ------
    ClipCut
        A clip.

    Raises
    ------
    BuildError
        When one cannot be read or is not in this format.
    """
    for path in paths:
        for line, (video, *limits) in read_rows(path, ("youtube_id", "time_start", "time_end")):
            where = f"{path}:{line}"
            start, end = (_seconds(cell, where) for cell in limits)
            if not video or start is None or end is None or end <= start:
                raise BuildError("the video is missing, or the end is not after the start", where)
            trimmed = f"{video}_{int(start):06d}_{int(end):06d}"
            places = ((trimmed, Cut()), (video, Cut(start, end)))
            yield ClipCut(trimmed if times else video, places, where)


def finegym(path: Path) -> Iterator[ClipCut]:
    """Read FineGYM's annotation, ``finegym_annotation_info_v1.1.json``.

    Its elements' names are ``VIDEO_EVENT_ELEMENT``. An element is a separate file, a part of the
    event ``VIDEO_EVENT``, or a part of the whole ``VIDEO``: an event's times are those in its
    video, an element's those in its event.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    ClipCut
        A clip.

    Raises
    ------
    BuildError
        When it cannot be read or is not in this format.
    """
    for video, events in _mapping(read_json(path), str(path)).items():
        for event, about in _mapping(events, f"{path}: {video}").items():
            whole = f"{video}_{event}"
            where = f"{path}: {whole}"
            elements = _mapping(about, where).get("segments")
            if not elements:  # an event whose elements are not annotated
                continue
            origin, _ = _span(about, where)
            for element, times in _mapping(elements, where).items():
                name = f"{whole}_{element}"
                start, end = _span(_mapping(times, f"{path}: {name}"), f"{path}: {name}")
                places = (
                    (name, Cut()),
                    (whole, Cut(start, end)),
                    (video, Cut(round(origin + start, 6), round(origin + end, 6))),
                )
                fault = "" if end > start else f"in FineGYM it is from {start:g} s to {end:g} s"
                yield ClipCut(name, places, f"{path}: {name}", fault)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BuildError("is not in the format of FineGYM's annotation", where)
    return value


def _span(about: Mapping[str, Any], where: str) -> tuple[float, float]:
    """Return the start of the first stage and the end of the last."""
    try:
        stages = about["timestamps"]
        start, end = float(stages[0][0]), float(stages[-1][1])
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise BuildError("has no timestamps", where) from error
    if not (0 <= start < _MOST_SECONDS and 0 <= end < _MOST_SECONDS):
        raise BuildError("its timestamps are not times in seconds", where)
    return start, end


def _seconds(cell: str, where: str) -> float | None:
    if not cell:
        return None
    try:
        seconds = float(cell)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < _MOST_SECONDS:
        raise BuildError(f"{cell[:40]!r} is not a time in seconds", where)
    return seconds


def _frame(cell: str, where: str) -> int | None:
    if not cell:
        return None
    number = frame_number(cell)
    if number is None:
        raise BuildError(f"{cell[:40]!r} is not a frame's number", where)
    return number


def frame_number(text: str) -> int | None:
    """Return the number of a frame in a list.

    Parameters
    ----------
    text : str
        What the list has.

    Returns
    -------
    int or None
        The number, from 0; None where it is something else.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
