"""The compiled reader of ``.skeleton`` files, ``skeleton_reader.c``, called through `ctypes`.

It takes about a hundredth of the time of `skelconv_ntu.skeleton_plain`. Building skelconv compiles
it (``hatch_build.py``); where that was not possible there is no library, and the plain reader gives
the same.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from skelconv_ntu.skeleton_plain import JOINTS, NUMBER, Records

SOURCE: Final = Path(__file__).with_name("skeleton_reader.c")
LIBRARY: Final = SOURCE.with_suffix(".dll" if sys.platform == "win32" else ".so")

# What the text of the smallest body takes: every field one character and what ends it.
_LEAST_BYTES_OF_A_BODY: Final = 2 * 10 + 3 + JOINTS * 2 * 12 - 1
# So many can be in 1.2 MB. Room for them takes 3.6 MB, of which what is not used takes no memory.
_USUAL_BODIES: Final = 2000

# Without this, glibc would return some memory to the system with each file and take it again, page
# by page, with the next: a third of the time. It keeps up to twice the largest block ever freed.
np.empty(16 * 2**20, np.uint8)


def read_native(data: bytes) -> Records | None:
    """Read a file with the compiled reader.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    Records or None
        None for a file that is not valid, and for all where there is no compiled reader.
    """
    read = library()
    if isinstance(read, str):
        return None
    room = _room(len(data) // _LEAST_BYTES_OF_A_BODY + 1)
    n = read(data, len(data), room.capacity, *room.addresses)
    if n < 0:
        return None
    total_frames, hards = room.counts.tolist()
    xyz = room.xyz[:n].copy()
    if hards:
        values = xyz.reshape(-1)
        for place, start in room.hard[:hards].tolist():
            values[place] = _number_at(data, start)
        if not np.isfinite(values).all():
            return None  # a number was too large; others always fit
    of_bodies = room.frame[:n].copy(), room.slot[:n].copy(), room.body_id[:n].copy()
    return Records(total_frames, *of_bodies, xyz)


class _Room:
    """Arrays for what is found in a file with so many bodies at most."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.frame = np.empty(capacity, np.int32)
        self.slot = np.empty(capacity, np.int16)
        self.body_id = np.empty(capacity, np.int64)
        self.xyz = np.empty((capacity, JOINTS, 3), np.float64)
        self.hard = np.empty((self.xyz.size, 2), np.int64)
        self.counts = np.empty(2, np.int64)
        arrays = self.frame, self.slot, self.body_id, self.xyz, self.hard, self.counts
        self.addresses = tuple(array.ctypes.data for array in arrays)


_kept = threading.local()


def _room(capacity: int) -> _Room:
    """Return room for so many bodies; that for files of usual size is used again in its thread."""
    if capacity > _USUAL_BODIES:
        return _Room(capacity)
    if not hasattr(_kept, "room"):
        _kept.room = _Room(_USUAL_BODIES)
    room: _Room = _kept.room
    return room


def _number_at(data: bytes, start: int) -> float:
    number = NUMBER.match(data, start)
    if number is None:
        raise AssertionError(f"the compiled reader took what is no number, at byte {start}")
    return float(number[0])


@functools.cache
def library() -> Callable[..., int] | str:
    """Return the compiled reader, or why there is none.

    Returns
    -------
    callable or str
        The function ``read_skeleton``; text where the library was not built, is that of another
        source, or cannot be loaded.
    """
    if not LIBRARY.exists():
        return f"{LIBRARY.name} was not built"
    try:
        loaded = ctypes.CDLL(str(LIBRARY))
        digest = ctypes.c_char_p.in_dll(loaded, "source_digest").value
        read = loaded.read_skeleton
    except (OSError, ValueError, AttributeError) as error:
        return f"{LIBRARY.name} cannot be loaded: {error}"
    # In a clone, the source may have changed since it was installed.
    if digest != hashlib.sha256(SOURCE.read_bytes()).hexdigest().encode():
        return f"{LIBRARY.name} was built from another version of {SOURCE.name}"
    array = ctypes.c_void_p
    read.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64, *[array] * 6]
    read.restype = ctypes.c_int64
    found: Callable[..., int] = read
    return found
