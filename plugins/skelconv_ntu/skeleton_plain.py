"""The plain reader of ``.skeleton`` files: the definition of a valid file, and of its errors.

It goes line by line, at a hundredth of the speed of the compiled one (`skelconv_ntu.
skeleton_native`), which accepts the same files and gives the same values, to the bit.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from math import inf, isfinite, nan
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skelconv.text import counted

JOINTS: Final = 25
HEADER_FIELDS: Final = 10
JOINT_FIELDS: Final = 12
_COUNT_DIGITS: Final = 9
_MANY: Final = 50
_SHOWN: Final = 24
_MAX_BODIES: Final = int(np.iinfo(np.int16).max)
_MAX_ID: Final = int(np.iinfo(np.int64).max)

# Narrower than float() and int(), which also take "1_0", "+5" and digits of other scripts.
NUMBER: Final = re.compile(rb"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# Also as Microsoft's C library and .NET write them: -1.#IND, 1.#QNAN0, and the infinity sign.
_NON_FINITE: Final = re.compile(
    rb"-?(?:nan|inf|infinity|0*1\.#(?:ind|inf|qnan|snan)0*|\xe2\x88\x9e)", re.IGNORECASE
)


class Records(NamedTuple):
    """The N bodies of a file; see `skelconv_ntu.skeleton_file.SkeletonFile`."""

    total_frames: int
    frame: NDArray[np.int32]
    slot: NDArray[np.int16]
    body_id: NDArray[np.int64]
    xyz: NDArray[np.float64]


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
        if not (text.isdigit() and len(text) <= _COUNT_DIGITS):
            raise self.error(f"{what} is {_show(text)}, expected up to {_COUNT_DIGITS} digits")
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
    x, y, z = map(number_of, fields[:3])
    if not (isfinite(x) and isfinite(y) and isfinite(z)):
        values = ", ".join(map(_show, fields[:3]))
        raise lines.error(f"x, y, z of {what} are {values}: not finite")
    return x, y, z


def _check_number(lines: _Lines, text: bytes, what: str) -> None:
    if not (NUMBER.fullmatch(text) or _NON_FINITE.fullmatch(text)):
        raise lines.error(f"{_show(text)} in {what} is not a number")


def number_of(text: bytes) -> float:
    """Convert a number of a valid file.

    Parameters
    ----------
    text : bytes
        The number.

    Returns
    -------
    float
        Its value, which may be NaN or infinite.
    """
    if b"#" not in text and b"\xe2" not in text:
        return float(text)
    value = inf if b"inf" in text.lower() or b"\xe2" in text else nan
    return -value if text.startswith(b"-") else value


def _fields(count: int) -> str:
    if count == 0:
        return "an empty line"
    if count > _MANY:
        return f"more than {_MANY} fields"
    return counted(count, "field")


def _show(text: bytes) -> str:
    """Return `text` in quotes, safe to print, cut short."""
    return repr(text[:_SHOWN])[1:] + ("..." if len(text) > _SHOWN else "")
