"""One plain csv file per clip: ``frame,person,keypoint,x,y,z,score``, one row per keypoint.

``person``, ``z`` and ``score`` may be absent; other columns are ignored. Numbers of frames, persons
and keypoints are from 0; keypoints may be named instead. An empty cell or ``nan`` is a missing
coordinate, and so is a keypoint without a row.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping

import numpy as np

from skelconv import ClipError
from skelconv.files import Budget, csv_rows, decode, match_joints
from skelconv.plugin import layout_named
from skelconv.text import counted
from skelconv_posefiles.poses import MAX_KEYPOINTS, PoseSequence, Skeleton

_NAME = re.compile(r"[^\W\d]")
_NEEDED = ("frame", "keypoint", "x", "y")
# What a person in a frame, the arrays of such a one for each of V, and a keypoint that is there
# take at most, in bytes.
_PERSON, _ROW, _KEYPOINT = 800, 48, 300


def parser(layout: str, joints: int, channels: int) -> Callable[[bytes], PoseSequence]:
    """Make the function that reads a clip with V keypoints of C coordinates.

    A person is identified by the number in the column ``person``.

    Parameters
    ----------
    layout : str
        The keypoints' layout, for their names.
    joints : int
        V.
    channels : {2, 3}
        C.

    Returns
    -------
    callable
        From a file's content to its `PoseSequence`; it raises ClipError when the file is not in
        this format.
    """

    def _parse(content: bytes) -> PoseSequence:
        cells: dict[tuple[int, int], dict[int, list[float]]] = {}
        budget = Budget(len(content))
        rows = csv_rows(decode(content))
        line, header = next(rows, (1, []))
        at = _columns(header, channels)
        named = functools.cache(functools.partial(_position, layout))
        for line, row in rows:
            try:
                if row:
                    _take(row, at, named, joints, channels, cells, budget)
            except (ValueError, IndexError) as error:
                raise ClipError(str(error), line=line) from error
            except ClipError as error:
                raise ClipError(error.reason, line=line) from error
        if len(cells) * joints > MAX_KEYPOINTS:
            raise ClipError(f"{len(cells)} persons in frames: too many for one clip")
        return PoseSequence(
            [_skeleton(who, found, joints, channels) for who, found in cells.items()]
        )

    return _parse


def _columns(header: list[str], channels: int) -> dict[str, int]:
    names = [name.strip() for name in header]
    for name in (*_NEEDED, *(["z"] if channels == 3 else [])):
        if names.count(name) != 1:
            raise ClipError(f"its header must name the column {name!r} once", line=1)
    return {name: index for index, name in enumerate(names)}


def _take(
    row: list[str],
    at: Mapping[str, int],
    named: Callable[[str], int],
    joints: int,
    channels: int,
    cells: dict[tuple[int, int], dict[int, list[float]]],
    budget: Budget,
) -> None:
    if len(row) != len(at):
        raise ValueError(f"{counted(len(row), 'cell')}, where the header has {len(at)}")
    who = _integer(row[at["frame"]]), _integer(row[at["person"]]) if "person" in at else 0
    cell = row[at["keypoint"]].strip()
    keypoint = named(cell) if _NAME.match(cell) else _integer(cell)
    if not 0 <= keypoint < joints:
        raise ValueError(f"keypoint {keypoint} is not from 0 to {joints - 1} (option layout)")
    if not budget.take(_KEYPOINT + (0 if who in cells else _PERSON + _ROW * joints)):
        raise ValueError(budget.reason)
    found = cells.setdefault(who, {})
    if keypoint in found:
        raise ValueError(f"keypoint {keypoint} of this person is in this frame already")
    values = [_number(row[at[name]]) for name in "xyz"[:channels]]
    found[keypoint] = [*values, _number(row[at["score"]]) if "score" in at else 1.0]


def _position(layout: str, name: str) -> int:
    return match_joints([name], layout_named(layout), partial=True)[0]


def _integer(text: str) -> int:
    if len(text) > 20 or not text.strip().lstrip("-").isdecimal():
        raise ValueError(f"{text[:40]!r} is not an integer")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text) if text.strip() else math.nan
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a number") from None


def _skeleton(
    who: tuple[int, int], found: Mapping[int, list[float]], joints: int, channels: int
) -> Skeleton:
    rows = np.full((joints, channels + 1), np.nan, np.float32)
    with np.errstate(over="ignore"):  # what is infinite is refused with its frame
        rows[list(found)] = list(found.values())
    return Skeleton(*who, rows[:, :channels], rows[:, channels])
