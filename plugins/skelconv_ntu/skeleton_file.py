"""Read a raw NTU RGB+D ``.skeleton`` file: exact, fast, and strict about what it accepts.

The file is text. Line 1 has the number of frames; each frame has a line with its number of bodies;
each body has a header line of 10 fields, a line ``25``, and 25 joint lines of 12 fields.

The compiled reader (`skelconv_ntu.skeleton_native`) takes every valid file. The plain one
(`skelconv_ntu.skeleton_plain`) says what is wrong with the others, and stands in for the compiled
one where that could not be built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skelconv_ntu.roots import MAX_FILE_BYTES, too_large
from skelconv_ntu.skeleton_native import read_native
from skelconv_ntu.skeleton_plain import (
    HEADER_FIELDS,
    JOINT_FIELDS,
    JOINTS,
    SkeletonFileError,
    number_of,
    read_plain,
)

__all__ = ["SkeletonFile", "SkeletonFileError", "parse_skeleton"]


@dataclass(frozen=True, slots=True, eq=False)
class SkeletonFile:
    """The contents of a ``.skeleton`` file: N body records over `total_frames` frames.

    Attributes
    ----------
    total_frames : int
        Frames in the file, those without a body included.
    frame : (N,) int32
        Frame of each body record, from 0, in file order.
    slot : (N,) int16
        Position of the body within its frame, from 0.
    body_id : (N,) int64
        The sensor's 17-digit tracking id. Above 2**53: it must not pass through float64.
    xyz : (N, 25, 3) float64
        Joint positions in metres, in the sensor's camera space; always finite.
    extras : mapping of str to ndarray
        The other fields, on request; see `parse_skeleton`.
    """

    total_frames: int
    frame: NDArray[np.int32]
    slot: NDArray[np.int16]
    body_id: NDArray[np.int64]
    xyz: NDArray[np.float64]
    extras: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


def parse_skeleton(data: bytes, *, extras: bool = False) -> SkeletonFile:
    """Parse the bytes of a ``.skeleton`` file.

    Parameters
    ----------
    data : bytes
        The whole file.
    extras : bool, default False
        Also return the fields that conversions to 3D joints do not need. Slower (some ms).

        ``clipped_edges``, ``hand_left_confidence``, ``hand_left_state``, ``hand_right_confidence``,
        ``hand_right_state``, ``is_restricted``, ``body_tracking_state`` : (N,) int8
            As the sensor numbers them.
        ``lean`` : (N, 2) float64
            Left-right and forward-back, within -1 and 1.
        ``depth_xy``, ``color_xy`` : (N, 25, 2) float64
            The joint in the depth (512 x 424) and the colour image (1920 x 1080), in pixels. It may
            be NaN.
        ``orientation`` : (N, 25, 4) float64
            Quaternion in the file's order, w x y z; all zero for the joints that have none.
        ``tracking_state`` : (N, 25) int8
            0 not tracked, 1 inferred, 2 tracked.

    Returns
    -------
    SkeletonFile
        Its contents.

    Raises
    ------
    SkeletonFileError
        If the file is not whole and valid. Every field must be there and be a decimal number.
        NaN and infinities are allowed in fields other than the body id and x, y and z.
        With `extras`, the fields listed as int8 must also be whole numbers of that range.

    Notes
    -----
    Frames may be without bodies, all of them too (N = 0). Extra white space within a line, blank
    lines at the end and a missing last newline are fine.
    """
    if len(data) > MAX_FILE_BYTES:
        raise SkeletonFileError(too_large(len(data)))
    file = SkeletonFile(*(read_native(data) or read_plain(data)))
    return replace(file, extras=_read_extras(data, file.frame)) if extras else file


# Whole numbers of a header by their place in it; the rest is the id and the two leans.
_STATES: Final = {
    "clipped_edges": 1,
    "hand_left_confidence": 2,
    "hand_left_state": 3,
    "hand_right_confidence": 4,
    "hand_right_state": 5,
    "is_restricted": 6,
    "body_tracking_state": 9,
}


def _read_extras(data: bytes, frame: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """Read the other fields of a file that is known to be valid."""
    values = np.array([number_of(text) for text in data.split()])
    body = np.arange(len(frame))
    fields_per_body = HEADER_FIELDS + 1 + JOINTS * JOINT_FIELDS
    start = frame + 2 + fields_per_body * body
    line = frame + 3 + (2 + JOINTS) * body
    rows = values[start[:, np.newaxis] + np.arange(fields_per_body)]
    header = rows[:, :HEADER_FIELDS]
    joints = rows[:, HEADER_FIELDS + 1 :].reshape(-1, JOINTS, JOINT_FIELDS)
    joint_lines = line[:, np.newaxis] + 2 + np.arange(JOINTS)
    return {
        **{name: _states(header[:, place], name, line) for name, place in _STATES.items()},
        "lean": header[:, 7:9].copy(),
        "depth_xy": joints[:, :, 3:5].copy(),
        "color_xy": joints[:, :, 5:7].copy(),
        "orientation": joints[:, :, 7:11].copy(),
        "tracking_state": _states(joints[:, :, 11], "tracking_state", joint_lines),
    }


def _states(
    values: NDArray[np.float64], name: str, lines: NDArray[np.integer[Any]]
) -> NDArray[np.int8]:
    limits = np.iinfo(np.int8)
    good = (values >= limits.min) & (values <= limits.max) & (values == np.trunc(values))
    if not good.all():
        value, line = values[~good][0], lines[~good][0]
        raise SkeletonFileError(f"{name} is {value:g}, expected a small whole number", int(line))
    return values.astype(np.int8)
