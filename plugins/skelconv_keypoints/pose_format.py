"""The binary ``.pose`` of pose-format, in which data of sign languages are handed out.

The form is that of Moryossef et al., pose-format (2023), docs/specs/v0.0.md to v0.2.md. Numbers
are little-endian, and a text is its length in two bytes and UTF-8. Header: version, width, height,
depth, and for each component its name, its format (such as XYZC), its points, limbs and colours.
Body: frames for each second, frames, people; the coordinates of all points; and their confidences.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget, read
from skelconv.text import listed, shown
from skelconv_keypoints.tracks import Tracks, empty, lines_between

_MAX_POINTS = 100_000


@dataclass(frozen=True)
class _Component:
    name: str
    axes: str
    points: list[str]
    limbs: list[tuple[int, int]]


class _Bytes:
    """Reads one after the other what is in a file."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._content) - self._at

    def take(self, size: int) -> bytes:
        if size > self.left:
            raise ClipError(f"it ends too early: at byte {self._at:,} {size:,} more are needed")
        self._at += size
        return self._content[self._at - size : self._at]

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))

    def number(self) -> float:
        (value,) = struct.unpack("<f", self.take(4))
        return float(value)

    def text(self) -> str:
        (size,) = self.numbers("H")
        return self.take(size).decode("utf-8", "replace")

    def floats(self, shape: tuple[int, ...]) -> Array:
        size = 4
        for length in shape:
            size *= length
        return np.frombuffer(self.take(size), "<f4").reshape(shape)


def read_pose(path: str, *, components: Sequence[str], channels: int, max_bytes: int) -> Tracks:
    """Read a file.

    Parameters
    ----------
    path : str
        The file.
    components : sequence of str
        The parts that are taken, in this order; by default all but those in metres.
    channels : {2, 3}
        Coordinates of a keypoint.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Tracks
        Its people.

    Raises
    ------
    ClipError
        When it is not such a file, or has no such components.
    """
    content = read(path, max_bytes, "max_file_mb")
    data = _Bytes(content)
    version = round(data.number(), 3)
    if version not in (0.0, 0.1, 0.2):
        raise ClipError("it is not a file of pose-format 0.0, 0.1 or 0.2")
    width, height, _, count = data.numbers("HHHH")
    parts = [_component(data) for _ in range(count)]
    if not parts or sum(len(part.points) for part in parts) > _MAX_POINTS:
        raise ClipError(f"it has no points, or more than {_MAX_POINTS:,}")
    chosen, kept = _choose(parts, components)
    if channels > min(len(part.axes) for part in chosen) - 1:
        raise ClipError(f"not all of its points have {channels} coordinates (option channels)")
    fps = data.number() if version > 0.1 else float(data.numbers("H")[0])
    budget = Budget(len(content))
    if version:
        keypoint, score = _body(data, parts, version, budget)
    else:
        keypoint, score = _frame_by_frame(data, parts, budget)
    keypoint, score = keypoint[:, :, kept, :channels], score[:, :, kept]
    joints, limbs = _joints(chosen)
    return Tracks(
        # A point that was not found is zeros, or NaN, with confidence 0.
        np.where((score > 0)[..., np.newaxis], keypoint, np.nan),
        score,
        joints,
        limbs,
        (int(height), int(width)) if width and height else None,
        fps if 0 < fps < 1e6 else None,
    )


def _body(
    data: _Bytes, parts: Sequence[_Component], version: float, budget: Budget
) -> tuple[Array, Array]:
    """Read coordinates (M, T, V, C) and confidences (M, T, V) of versions 0.1 and 0.2."""
    frames, people = data.numbers("IH" if version > 0.1 else "HH")
    points = sum(len(part.points) for part in parts)
    axes = max(len(part.axes) for part in parts) - 1
    row = people * points * (axes + 1) * 4
    if version < 0.2 and row:
        frames = data.left // row  # two bytes are too few for the number of frames
    if data.left != frames * row:
        raise ClipError(f"it has {data.left:,} bytes for {frames:,} frames of {row:,} bytes")
    if not frames:
        raise ClipError("it has no frames")
    if not budget.take(4 * frames * row):
        raise ClipError(f"{frames:,} frames: {budget.reason}")
    keypoint = data.floats((frames, people, points, axes))
    score = data.floats((frames, people, points))
    return keypoint.transpose(1, 0, 2, 3), score.transpose(1, 0, 2)


def _frame_by_frame(
    data: _Bytes, parts: Sequence[_Component], budget: Budget
) -> tuple[Array, Array]:
    """Read version 0.0, in which each frame has people of its own; as `_body`."""
    (frames,) = data.numbers("H")
    found: list[list[list[Array]]] = []
    for _ in range(frames):
        (people,) = data.numbers("H")
        found.append([])
        for _ in range(people):
            data.take(2)  # a number that OpenPose gave
            found[-1].append([data.floats((len(one.points), len(one.axes))) for one in parts])
    if not frames or data.left:
        raise ClipError(f"it has {frames:,} frames, and {data.left:,} bytes behind them")
    most = max(map(len, found))
    points = sum(len(part.points) for part in parts)
    axes = max(len(part.axes) for part in parts) - 1
    keypoint, score = empty((most, frames, points), axes, budget)
    for frame, bodies in enumerate(found):
        for person, values in enumerate(bodies):
            start = 0
            for one in values:
                at = person, frame, slice(start, start + len(one))
                keypoint[at][:, : one.shape[1] - 1], score[at] = one[:, :-1], one[:, -1]
                start += len(one)
    return keypoint, score


def _component(data: _Bytes) -> _Component:
    name, axes = data.text(), data.text()
    points, limbs, colours = data.numbers("HHH")
    named = [data.text() for _ in range(points)]
    lines = [(one, other) for one, other in (data.numbers("HH") for _ in range(limbs))]
    data.take(6 * colours)
    if axes not in ("XYC", "XYZC"):
        raise ClipError(f"the points of {shown(name):.60} are {shown(axes):.20}, not XYC or XYZC")
    return _Component(name, axes, named, lines)


def _choose(parts: list[_Component], wanted: Sequence[str]) -> tuple[list[_Component], list[int]]:
    """Return the components that are taken, and the places of their points."""
    by_name = {part.name: part for part in parts}
    if len(by_name) < len(parts):
        raise ClipError("it has two components of one name")
    names = [*wanted] or [name for name in by_name if "WORLD" not in name.upper()]
    lacking = [name for name in names if name not in by_name]
    if lacking or not names:
        raise ClipError(
            f"it has no components {listed(lacking)}: it has {listed([*by_name])} "
            "(option components)"
        )
    starts, start = {}, 0
    for part in parts:
        starts[part.name] = start
        start += len(part.points)
    chosen = [by_name[name] for name in names]
    return chosen, [
        at
        for part in chosen
        for at in range(starts[part.name], starts[part.name] + len(part.points))
    ]


def _joints(parts: Sequence[_Component]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return names, with that of the component where two have a point of one name, and lines."""
    names = [point for part in parts for point in part.points]
    if len(set(names)) < len(names):
        names = [f"{part.name}:{point}" for part in parts for point in part.points]
    limbs: list[tuple[int, int]] = []
    start = 0
    for part in parts:
        lines = lines_between((pair for pair in part.limbs if pair[0] != pair[1]), len(part.points))
        limbs += [(start + one, start + other) for one, other in lines]
        start += len(part.points)
    return names, limbs
