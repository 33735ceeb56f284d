"""Read a raw NTU RGB+D ``.skeleton`` file: exact, fast, and strict about what it accepts.

The file is text. Line 1 has the number of frames; each frame has a line with its number of bodies;
each body has a header line of 10 fields, a line ``25``, and 25 joint lines of 12 fields.

There are two readers. `read_plain` goes line by line: it is the definition of a valid file, and
makes every error message. `skelconv_ntu.skeleton_fast` knows only the form that the recorder writes
and returns None for anything else: it accepts nothing that the plain reader refuses, and the values
are the same, to the bit.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skelconv.text import counted
from skelconv_ntu.roots import MAX_FILE_BYTES, too_large
from skelconv_ntu.skeleton_fast import (
    COUNT_DIGITS,
    HEADER_FIELDS,
    JOINT_FIELDS,
    JOINTS,
    Records,
    read_fast,
)

__all__ = ["SkeletonFile", "SkeletonFileError", "parse_skeleton"]

_MANY: Final = 50
_SHOWN: Final = 24
_MAX_BODIES: Final = int(np.iinfo(np.int16).max)
_MAX_ID: Final = int(np.iinfo(np.int64).max)


class SkeletonFileError(ValueError):
    """The bytes are not a valid ``.skeleton`` file.

    Parameters
    ----------
    reason : str
        What is wrong.
    line : int, optional
        The line, counted from 1, where it is found. For a file that ends too early it is the
        first line that is missing. None when the file was not read at all.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return self.reason if self.line is None else f"line {self.line}: {self.reason}"


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
    file = SkeletonFile(*(read_fast(data) or read_plain(data)))
    return replace(file, extras=_read_extras(data, file.frame)) if extras else file


# ------------------------------------------------------------------------------ the plain reader

# Narrower than float() and int(), which also take "1_0", "+5" and digits of other scripts.
_NUMBER: Final = re.compile(rb"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NON_FINITE: Final = re.compile(rb"-?(?:nan|inf|infinity)", re.IGNORECASE)


def read_plain(data: bytes) -> Records:
    """Read line by line. This is the definition of a valid file, and the source of every error.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    Records
        What `SkeletonFile` has, without the extras.

    Raises
    ------
    SkeletonFileError
        If the file is not whole and valid.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        raise SkeletonFileError("it begins with a byte order mark", 1)
    if not data:
        raise SkeletonFileError("the file is empty", 1)
    lines = _Lines(data)
    total_frames = lines.count("the number of frames")
    if total_frames == 0:
        raise lines.error("the file has zero frames")
    frame, slot, body_id = array("i"), array("h"), array("q")
    xyz = array("d")
    # A claimed count takes no memory: it only bounds a loop that ends with the file.
    for t in range(total_frames):
        bodies = lines.count(f"the number of bodies of frame {t + 1} of {total_frames}")
        if bodies > _MAX_BODIES:
            raise lines.error(f"{bodies} bodies in one frame")
        for m in range(bodies):
            who = f"body {m + 1} of {bodies} in frame {t + 1}"
            frame.append(t)
            slot.append(m)
            body_id.append(_header(lines, who))
            joints = lines.count(f"the number of joints of {who}")
            if joints != JOINTS:
                raise lines.error(f"{joints} joints, expected {JOINTS}, for {who}")
            for v in range(JOINTS):
                xyz.extend(_joint(lines, f"joint {v + 1} of {who}"))
    lines.expect_end(f"frame {total_frames}, the last")
    return Records(
        total_frames,
        np.array(frame, np.int32),
        np.array(slot, np.int16),
        np.array(body_id, np.int64),
        np.array(xyz, np.float64).reshape(-1, JOINTS, 3),
    )


class _Lines:
    """The lines of a file, one by one, each split into fields, with the current line's number."""

    def __init__(self, data: bytes) -> None:
        self.number = 0
        self._lines = self._split(data)

    @staticmethod
    def _split(data: bytes) -> Iterator[bytes]:
        # Lazy: the list of all lines of a large file takes many times the file's memory.
        start = 0
        while start < len(data):
            stop = data.find(b"\n", start)
            stop = len(data) if stop < 0 else stop
            yield data[start:stop]
            start = stop + 1

    def error(self, reason: str) -> SkeletonFileError:
        return SkeletonFileError(reason, self.number)

    def fields(self, what: str, count: int) -> list[bytes]:
        """The fields of the next line, which holds `what`."""
        self.number += 1
        line = next(self._lines, None)
        if line is None:
            raise self.error(f"the file ends where {what} should be")
        fields = line.split(None, _MANY)
        if len(fields) != count:
            raise self.error(f"{_fields(len(fields))} where {what} should be ({_fields(count)})")
        return fields

    def count(self, what: str) -> int:
        (text,) = self.fields(what, 1)
        if not (text.isdigit() and len(text) <= COUNT_DIGITS):
            raise self.error(f"{what} is {_show(text)}, expected up to {COUNT_DIGITS} digits")
        return int(text)

    def expect_end(self, after: str) -> None:
        for line in self._lines:
            self.number += 1
            if line.strip():
                raise self.error(f"{_show(line.strip())} after {after}, where the file should end")


def _header(lines: _Lines, who: str) -> int:
    """Check the header of a body and return the body's id."""
    first, *others = lines.fields(f"the header of {who}", HEADER_FIELDS)
    if not first.isdigit():
        raise lines.error(f"the id of {who} is {_show(first)}, expected a whole number")
    if len(first) > len(str(_MAX_ID)) or int(first) > _MAX_ID:
        raise lines.error(f"the id of {who} is {_show(first)}, more than 63 bits hold")
    for text in others:
        _check_number(lines, text, f"the header of {who}")
    return int(first)


def _joint(lines: _Lines, what: str) -> tuple[float, float, float]:
    """Check the line of a joint and return x, y and z."""
    fields = lines.fields(what, JOINT_FIELDS)
    for text in fields:
        _check_number(lines, text, what)
    x, y, z = map(float, fields[:3])
    if not (isfinite(x) and isfinite(y) and isfinite(z)):
        values = ", ".join(map(_show, fields[:3]))
        raise lines.error(f"x, y, z of {what} are {values}: not finite")
    return x, y, z


def _check_number(lines: _Lines, text: bytes, what: str) -> None:
    if not (_NUMBER.fullmatch(text) or _NON_FINITE.fullmatch(text)):
        raise lines.error(f"{_show(text)} in {what} is not a number")


def _fields(count: int) -> str:
    if count == 0:
        return "an empty line"
    if count > _MANY:
        return f"more than {_MANY} fields"
    return counted(count, "field")


def _show(text: bytes) -> str:
    """Return `text` in quotes, safe to print, cut short."""
    return repr(text[:_SHOWN])[1:] + ("..." if len(text) > _SHOWN else "")


# ------------------------------------------------------------------------------------- the extras

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
    values = np.array([float(text) for text in data.split()])
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
