"""The compiled reader of ``.skeleton`` files, ``skeleton_reader.c``, called through `ctypes`.

A file of 220 kB takes 0.17 ms on one core (AMD EPYC), where reading its bytes takes 0.02 and
`skelconv_ntu.skeleton_plain` 18. Building skelconv compiles it (``hatch_build.py``); where that was
not possible there is no library, and the plain reader gives the same.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from skelconv_ntu.skeleton_plain import JOINTS, NUMBER, Records

SOURCE: Final = Path(__file__).with_name("skeleton_reader.c")
LIBRARY: Final = SOURCE.with_suffix(".dll" if sys.platform == "win32" else ".so")

# What the text of the smallest body takes: every field one character and what ends it.
_LEAST_BYTES_OF_A_BODY: Final = 2 * 10 + 3 + JOINTS * 2 * 12 - 1

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
    capacity = len(data) // _LEAST_BYTES_OF_A_BODY + 1
    frame = np.empty(capacity, np.int32)
    slot = np.empty(capacity, np.int16)
    body_id = np.empty(capacity, np.int64)
    xyz = np.empty((capacity, JOINTS, 3), np.float64)
    hard = np.empty((xyz.size, 2), np.int64)
    counts = np.empty(2, np.int64)
    bodies = frame, slot, body_id, xyz
    out = (array.ctypes.data for array in (*bodies, hard, counts))
    n = read(data, len(data), capacity, *out)
    if n < 0:
        return None
    total_frames, hards = counts.tolist()
    # Copied, since the arrays have room for the most bodies that so many bytes can hold.
    found = Records(
        total_frames, frame[:n].copy(), slot[:n].copy(), body_id[:n].copy(), xyz[:n].copy()
    )
    values = found.xyz.reshape(-1)
    for place, start in hard[:hards].tolist():
        values[place] = _number_at(data, start)
    return found if np.isfinite(values).all() else None


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
