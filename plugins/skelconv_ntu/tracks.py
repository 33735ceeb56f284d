"""From the rows of a raw file to a clip of body tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError, Field

if TYPE_CHECKING:
    from skelconv_ntu.skeleton_file import SkeletonFile

NUM_JOINT = 25
MAX_PERSON_FRAMES = 2**18
"""The maximum of M times T. A file with a new body in every frame would otherwise take memory that
grows with the square of its length."""


def to_clip(clip_id: str, label: int | None, file: SkeletonFile, layout: str = "ntu25") -> Clip:
    """Make a clip with every body of a raw file.

    A body is followed by its ID, in 64-bit integers: as float64 some IDs coincide. An ID that is
    more than once in a frame gets a track for each. Tracks are in the order in which they first
    appear.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    label : int, optional
        The class, from 0.
    file : SkeletonFile
        The parsed file.
    layout : str
        The layout of its joints.

    Returns
    -------
    Clip
        With the keypoints as they are, float64, and zeros where a body is not in
        the frame. The field ``body_id`` (axes ``M``, int64) holds the IDs, the field ``slot``
        (axes ``MT``, int16) each body's position among the bodies of the frame, from 0, and -1
        where it is not in the frame, which distinguishes absence from joints at zero. The file's
        other values, if they were parsed, are in fields of their own names, with zeros where a
        body is absent.

    Raises
    ------
    ClipError
        When there are more bodies over more frames than any recording has.
    """
    always = _always_there(file)
    track, first_rows = _follow(file) if not always else (None, np.arange(always))
    shape = len(first_rows), file.total_frames
    if shape[0] * shape[1] > MAX_PERSON_FRAMES:
        raise ClipError(f"{shape[0]} bodies come and go in {shape[1]} frames: not a recording")

    def _spread(rows: Array, fill: int = 0) -> Array:
        if track is None:
            return np.ascontiguousarray(rows.reshape(*shape[::-1], *rows.shape[1:]).swapaxes(0, 1))
        values = np.full((*shape, *rows.shape[1:]), fill, dtype=rows.dtype)
        values[track, file.frame] = rows
        return values

    fields = {
        "body_id": Field(file.body_id[first_rows], "M"),
        "slot": Field(_spread(file.slot, fill=-1), "MT"),
    }
    for name, rows in file.extras.items():
        fields[name] = Field(_spread(rows), _axes(rows.shape[1:]))
    return Clip(clip_id, _spread(file.xyz), layout, label, fields=fields)


def _always_there(file: SkeletonFile) -> int:
    """Return the number of bodies where all are in every frame in the same order, or 0."""
    bodies, left = divmod(len(file.slot), file.total_frames)
    # A frame counts its bodies from 0: so many rows in this order are those of all frames.
    same = bodies and not left and (file.slot.reshape(-1, bodies) == np.arange(bodies)).all()
    if not same or (file.body_id.reshape(-1, bodies) != file.body_id[:bodies]).any():
        return 0
    return bodies if len(set(file.body_id[:bodies].tolist())) == bodies else 0


def _follow(file: SkeletonFile) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give each row, in the order of the file, its track, and each track its first row."""
    ids = file.body_id.tolist()
    cells = list(zip(file.frame.tolist(), ids, strict=True))
    if len(set(cells)) == len(cells):
        return _numbered(ids)
    seen: Counter[tuple[int, int]] = Counter()
    keys = []
    for cell in cells:
        keys.append((cell[1], seen[cell]))
        seen[cell] += 1
    return _numbered(keys)


def _numbered(
    keys: Sequence[Hashable],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Number keys in the order in which they first appear, and return where each of them does."""
    first: dict[Hashable, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    number = {key: place for place, key in enumerate(first)}
    return np.array([number[key] for key in keys], np.intp), np.array(list(first.values()), np.intp)


def _axes(shape: tuple[int, ...]) -> str:
    """Name the axes of another array: persons, frames, joints where it has them, its own."""
    joints = shape[:1] == (NUM_JOINT,)
    return "MT" + "V" * joints + "CDEF"[: len(shape) - joints]
