"""Biovision's BVH: a tree of joints, and the angles of each in each frame.

The form is that of M. Meredith and S. Maddock, Motion Capture File Formats Explained (2001). The
angles of a joint are applied in the order in which ``CHANNELS`` names them, in the frame of the
joint's parent. Where a joint has positions among its channels, they stand in place of its
``OFFSET``, as in the files of LaFAN1 and in the readers that learning codes share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv.files import Budget, decode, layout_of_joints, read
from skelconv.text import shown
from skelconv_mocap.frames import Pace, sound_rate
from skelconv_mocap.rotations import about_axis, product

_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_AXES = "xyz"
_CHANNEL = re.compile(r"([xyz])(position|rotation)\Z", re.IGNORECASE)
_MAX_JOINTS = 1000
# Of the tree; the whole tree may be in one line.
_MAX_LINE = 200_000
# Frames are placed so many at a time, which bounds the memory.
_BLOCK = 1024
# What a joint takes in a frame, in bytes.
_PLACED = 12


@dataclass
class _Joint:
    name: str
    parent: int
    offset: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    # For each channel whether it is a position, and the axis.
    channels: list[tuple[bool, int]] = field(default_factory=list)
    site: bool = False


def load(path: str, *, unit: float, end_sites: bool, pace: Pace, max_bytes: int) -> Clip:
    """Load a file.

    Parameters
    ----------
    path : str
        The file.
    unit : float
        Metres in a unit of its lengths.
    end_sites : bool
        Whether to keep the ends of its limbs.
    pace : Pace
        Which frames are kept.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Clip
        One person in metres, in the file's axes, with the layout that the file defines.

    Raises
    ------
    ClipError
        With the line, when the file is not BVH.
    """
    text = decode(read(path, max_bytes, "max_file_mb"))
    lines = _lines(text)
    joints = _hierarchy(lines)
    width = sum(len(joint.channels) for joint in joints)
    total, rate = _motion_header(lines)
    kept = [at for at, joint in enumerate(joints) if end_sites or not joint.site]
    layout = _layout([joints[at] for at in kept], {at: new for new, at in enumerate(kept)})
    if total > len(text):
        raise ClipError(f"{total:,} frames, more than the file has characters")
    frames = pace.kept(total, rate)
    budget = Budget(len(text))
    if not budget.take(len(frames) * len(kept) * _PLACED):
        raise ClipError(f"{len(frames):,} frames of {len(kept)} joints: {budget.reason}")
    keypoint = np.empty((1, len(frames), len(kept), 3), np.float32)
    rows = _rows(lines, width, total, iter(frames.tolist()))
    for start in range(0, len(frames), _BLOCK):
        block = np.array(list(islice(rows, _BLOCK)))
        placed = _placed(joints, block)[:, kept] * unit
        if not (np.abs(placed) < np.finfo(np.float32).max).all():
            raise ClipError("a joint is infinitely far away")
        keypoint[0, start : start + len(block)] = placed
    return pace.clip(keypoint, layout, rate)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers."""
    for number, match in enumerate(_LINE.finditer(text), 1):
        line = match[1].strip()
        if line:
            yield number, line


def _hierarchy(lines: Iterator[tuple[int, str]]) -> list[_Joint]:
    """Read the tree, up to the line MOTION."""
    joints: list[_Joint] = []
    open_: list[int] = []
    waiting: _Joint | None = None
    number = 1
    for number, line in lines:
        if len(line) > _MAX_LINE:
            raise ClipError(f"a line of {len(line):,} characters before MOTION", line=number)
        words = line.replace("{", " { ").replace("}", " } ").split()
        while words:
            word = words.pop(0)
            key = word.lower()
            if key == "hierarchy" and not joints and not waiting:
                continue
            if key == "motion" and not open_ and waiting is None and joints:
                if words:
                    raise ClipError("MOTION is not alone in its line", line=number)
                return joints
            if key in ("root", "joint", "end") and waiting is None:
                waiting = _opened(key, words, joints, open_, number)
            elif word == "{" and waiting is not None:
                open_.append(len(joints))
                joints.append(waiting)
                waiting = None
            elif word == "}" and open_ and waiting is None:
                open_.pop()
            elif key == "offset" and open_ and waiting is None:
                joints[open_[-1]].offset = _numbers(words[:3], 3, number)
                del words[:3]
            elif key == "channels" and open_ and waiting is None:
                joints[open_[-1]].channels = _channels(words, joints[open_[-1]], number)
            else:
                raise ClipError(f"{shown(word):.40} is not expected here, in BVH", line=number)
            if len(joints) > _MAX_JOINTS:
                raise ClipError(f"more than {_MAX_JOINTS:,} joints", line=number)
    raise ClipError("it has no line MOTION behind a tree of joints: it is not BVH", line=number)


def _opened(
    key: str, words: list[str], joints: list[_Joint], open_: list[int], number: int
) -> _Joint:
    """Return the joint that begins in a line; its words are taken up to the bracket."""
    stop = words.index("{") if "{" in words else len(words)
    name = " ".join(words[:stop])
    del words[:stop]
    if (key == "root") == bool(open_):
        raise ClipError(f"{key.upper()} is not expected here, in BVH", line=number)
    if joints and not open_:
        raise ClipError("a second ROOT: a file of one body is read", line=number)
    parent = open_[-1] if open_ else -1
    if key == "end":
        return _Joint(f"{joints[parent].name}_end", parent, site=True)
    if not name:
        raise ClipError("a joint without a name", line=number)
    if any(joint.name == name for joint in joints):
        raise ClipError(f"a second joint {shown(name):.60}", line=number)
    return _Joint(name, parent)


def _channels(words: list[str], joint: _Joint, number: int) -> list[tuple[bool, int]]:
    """Read what is behind CHANNELS: their number, and their names."""
    count = int(words[0]) if words and words[0].isdecimal() and len(words[0]) < 3 else -1
    names = words[1 : count + 1]
    found = [_CHANNEL.match(name) for name in names]
    channels = [(m[2].lower() == "position", _AXES.index(m[1].lower())) for m in found if m]
    positions = [axis for is_position, axis in channels if is_position]
    if len(channels) != count or len(positions) != len(set(positions)) or joint.channels:
        raise ClipError(
            "CHANNELS needs their number and as many of Xposition, Yposition, Zposition, "
            "Xrotation, Yrotation, Zrotation",
            line=number,
        )
    if joint.site and channels:
        raise ClipError("an End Site has no CHANNELS", line=number)
    del words[: count + 1]
    return channels


def _motion_header(lines: Iterator[tuple[int, str]]) -> tuple[int, float | None]:
    """Read the number of frames, and how many a second has."""
    number, line = next(lines, (0, ""))
    key, _, value = line.partition(":")
    if key.strip().lower() != "frames" or not value.strip().isdecimal() or len(value) > 12:
        raise ClipError("the line behind MOTION must be Frames: and their number", line=number)
    total = int(value)
    number, line = next(lines, (number, ""))
    key, _, value = line.partition(":")
    if " ".join(key.split()).lower() != "frame time":
        raise ClipError("the line behind Frames: must be Frame Time: and seconds", line=number)
    (time,) = _numbers(value.split(), 1, number)
    return total, sound_rate(1 / time) if time else None


def _numbers(words: list[str], count: int, number: int) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        wrong = next(word for word in words if not _is_number(word))
        raise ClipError(f"{shown(wrong):.40} is not a number", line=number) from None
    if len(values) != count:
        raise ClipError(f"{len(values)} numbers, where {count} are needed", line=number)
    if not sum(map(abs, values)) < 1e30:  # so for NaN, too
        raise ClipError("a number is infinite, or none", line=number)
    return values


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _rows(
    lines: Iterator[tuple[int, str]], width: int, total: int, kept: Iterator[int]
) -> Iterator[list[float]]:
    """Yield the numbers of the frames that are kept; all frames must be there."""
    wanted = next(kept)
    values: list[float] = []
    count = number = 0
    for number, line in lines:
        if count == total:
            raise ClipError(f"a line behind the {total:,} frames that Frames: says", line=number)
        if count == wanted:
            if values:
                yield values
            values = _numbers(line.split(), width, number)
            wanted = next(kept, -1)
        count += 1
    if count < total:
        raise ClipError(f"{count:,} frames, where Frames: says {total:,}", line=number)
    yield values  # the last one only when it is known that no line is missing, or too many


def _placed(joints: list[_Joint], rows: Array) -> Array:
    """Return where all joints are, (T, V, 3), in the files' unit: forward kinematics."""
    turned: list[Array] = []
    places = np.empty((len(rows), len(joints), 3))
    column = 0
    for at, joint in enumerate(joints):
        local = np.tile(np.array(joint.offset), (len(rows), 1))
        rotation = np.tile(np.eye(3), (len(rows), 1, 1))
        for is_position, axis in joint.channels:
            if is_position:
                local[:, axis] = rows[:, column]
            else:
                rotation = product(rotation, about_axis(axis, rows[:, column]))
            column += 1
        if joint.parent < 0:
            places[:, at] = local
        else:
            above = turned[joint.parent]
            places[:, at] = places[:, joint.parent] + product(above, local[..., np.newaxis])[..., 0]
            rotation = product(above, rotation)
        turned.append(rotation)
    return places


def _layout(joints: list[_Joint], place: dict[int, int]) -> str:
    limbs = [(place[joint.parent], at) for at, joint in enumerate(joints) if joint.parent >= 0]
    return layout_of_joints([joint.name for joint in joints], limbs, f"bvh{len(joints)}")
