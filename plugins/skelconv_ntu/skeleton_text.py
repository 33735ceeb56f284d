"""Read ``.skeleton`` text of any number of joints, whatever program wrote it.

The form is that of `skelconv_ntu.skeleton_file`. Of a body's header only its id is read, of a
joint only x, y and z, and lines may have fewer or more fields than NTU's; Kinect's ``-1.#IND`` in
the others does no harm. A file that is valid there gives the same here.
"""

from __future__ import annotations

import re
from array import array
from math import isfinite
from typing import Final

import numpy as np

from skelconv_ntu.skeleton_file import SkeletonFile, SkeletonFileError
from skelconv_ntu.skeleton_native import read_native
from skelconv_ntu.skeleton_plain import JOINTS

_COUNT: Final = re.compile(rb"\d{1,9}")
_ID: Final = re.compile(rb"(-?\d{1,19})(?:\.0*)?")
_NUMBER: Final = re.compile(rb"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_MAX_BODIES: Final = int(np.iinfo(np.int16).max)
_SHOWN: Final = 24


def read_text(data: bytes, joints: int, channels: int) -> SkeletonFile:
    """Read the bytes of a file.

    Parameters
    ----------
    data : bytes
        The whole file, with any line endings.
    joints : int
        V: what each body must have.
    channels : {2, 3}
        C: whether z is read as well.

    Returns
    -------
    SkeletonFile
        With ``xyz`` of shape (N, V, C), and no extras.

    Raises
    ------
    SkeletonFileError
        If the file is not whole, or a number that is used is not one.
    """
    if joints == JOINTS and channels == 3:
        records = read_native(data)
        if records is not None:
            return SkeletonFile(*records)
    lines = _Lines(data)
    total_frames = lines.count("the number of frames")
    if not total_frames:
        raise SkeletonFileError("the file has zero frames", lines.number)
    frame, slot, body_id, xyz = array("i"), array("h"), array("q"), array("d")
    for t in range(total_frames):
        bodies = lines.count(f"the number of bodies of frame {t + 1} of {total_frames}")
        if bodies > _MAX_BODIES:
            raise SkeletonFileError(f"{bodies} bodies in one frame", lines.number)
        for m in range(bodies):
            who = f"body {m + 1} of {bodies} in frame {t + 1}"
            body_id.append(lines.body_id(who))
            found = lines.count(f"the number of joints of {who}")
            if found != joints:
                reason = f"{found} joints, where the layout has {joints}, for {who} (option layout)"
                raise SkeletonFileError(reason, lines.number)
            frame.append(t)
            slot.append(m)
            for v in range(joints):
                lines.joint(xyz, channels, f"joint {v + 1} of {who}")
    lines.expect_end(total_frames)
    return SkeletonFile(
        total_frames,
        np.array(frame, np.int32),
        np.array(slot, np.int16),
        np.array(body_id, np.int64),
        np.array(xyz, np.float64).reshape(-1, joints, channels),
    )


class _Lines:
    """The lines of a file, one by one, with the current line's number."""

    def __init__(self, data: bytes) -> None:
        self.number = 0
        self._lines = iter(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))

    def _next(self, what: str) -> bytes:
        self.number += 1
        line = next(self._lines, b"").strip()
        if not line:
            raise SkeletonFileError(
                f"the file ends, or has no text, where {what} should be", self.number
            )
        return line

    def count(self, what: str) -> int:
        text = self._next(what)
        if not _COUNT.fullmatch(text):
            raise self._error(f"{what} is {_show(text)}, expected up to 9 digits")
        return int(text)

    def body_id(self, who: str) -> int:
        text = self._next(f"the header of {who}").split(None, 1)[0]
        match = _ID.fullmatch(text)
        number = int(match[1]) if match else 1 << 63
        if not -1 << 63 <= number < 1 << 63:
            raise self._error(f"the id of {who} is {_show(text)}, not a whole number of 64 bits")
        return number

    def joint(self, into: array[float], channels: int, what: str) -> None:
        fields = self._next(what).split(None, channels)[:channels]
        if len(fields) < channels:
            raise self._error(f"{len(fields)} numbers where {what} should be")
        for text in fields:
            if not (_NUMBER.fullmatch(text) and isfinite(number := float(text))):
                raise self._error(f"{_show(text)} in {what} is not a finite number")
            into.append(number)

    def expect_end(self, frames: int) -> None:
        for line in self._lines:
            self.number += 1
            if line.strip():
                raise self._error(f"{_show(line.strip())} after frame {frames}, the last")

    def _error(self, reason: str) -> SkeletonFileError:
        return SkeletonFileError(reason, self.number)


def _show(text: bytes) -> str:
    """Return `text` in quotes, safe to print, cut short."""
    return repr(text[:_SHOWN])[1:] + ("..." if len(text) > _SHOWN else "")
