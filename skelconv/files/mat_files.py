"""MATLAB's files of version 5: the arrays of numbers and the texts in them, and nothing else.

MathWorks, MAT-File Format (R2023b), chapter "Level 5 MAT-file". Written here, and not taken from
SciPy, for what a file may take of memory is bounded by its size, and files of a few kilobytes need
no package of 100 MB.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from skelconv.data.budget import Budget
from skelconv.data.clip import Array
from skelconv.data.errors import ClipError

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_CHAR = 4
# Double, single, and the integers; all others (cells, structures, objects, sparse) are passed over.
_NUMBERS: Final = range(6, 16)
_COMPLEX = 0x08
_TYPES: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
    16: "u1", 17: "u2",
}  # fmt: skip
_MAX_AXES = 8
_STEP = 1 << 20


def read_mat(content: bytes) -> dict[str, Array | str]:
    """Read the variables of a file.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    dict of str to ndarray or str
        By name: real arrays of numbers in the type in which they are stored, and texts of one row.

    Raises
    ------
    ClipError
        When it is no such file, is cut short or damaged, or unpacks to too much.
    """
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if len(content) < _HEADER or order is None:
        raise ClipError("is not a MATLAB file of version 5 (as MATLAB saves it with -v7 or -v6)")
    budget = Budget(len(content))
    variables = {}
    for kind, data in _elements(content[_HEADER:], order):
        if kind == _COMPRESSED:
            inner = next(_elements(_unpacked(data, budget), order), (0, b""))
            kind, data = inner
        if kind == _MATRIX:
            found = _variable(data, order)
            if found:
                variables[found[0]] = found[1]
    return variables


def _unpacked(data: bytes, budget: Budget) -> bytes:
    # Whether the stream has an end does not count: MATLAB writes some without. What is in it says
    # its own size.
    inflater = zlib.decompressobj()
    parts = []
    try:
        while part := inflater.decompress(data, _STEP):
            if not budget.take(2 * len(part)):
                raise ClipError(budget.reason)
            parts.append(part)
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise ClipError(f"a variable is damaged: {error}") from error
    return b"".join(parts)


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield the type and the bytes of each element."""
    at = 0
    while at < len(data):
        if len(data) - at < 8:
            raise ClipError("the file is cut short")
        kind, size = struct.unpack_from(order + "II", data, at)
        if kind >> 16:  # a small one, of up to four bytes, in its own tag
            kind, size = kind & 0xFFFF, kind >> 16
            start, end = at + 4, at + 8
            if size > 4:
                raise ClipError("an element claims more bytes than it has room for")
        else:
            start = at + 8
            # What is packed is not padded.
            end = start + size + (0 if kind == _COMPRESSED else -size % 8)
        if start + size > len(data):
            raise ClipError("the file is cut short")
        yield kind, data[start : start + size]
        at = end


def _variable(data: bytes, order: str) -> tuple[str, Array | str] | None:
    """Read the name and the value of a matrix; None for what is neither numbers nor text."""
    elements = _elements(data, order)
    try:
        (_, flags), (_, axes), (_, name) = (next(elements) for _ in range(3))
        word = struct.unpack_from(order + "I", flags)[0]
        kind = word & 0xFF
        if word >> 8 & _COMPLEX or not (kind == _CHAR or kind in _NUMBERS):
            return None
        shape = np.frombuffer(axes, order + "i4").tolist()
        stored, values = next(elements)
        dtype = np.dtype(order + _TYPES[stored])
        flat = np.frombuffer(values, dtype)
    except (RuntimeError, StopIteration, struct.error, KeyError, ValueError) as error:
        raise ClipError("a variable is damaged") from error
    if len(shape) > _MAX_AXES or min(shape, default=0) < 0 or math.prod(shape) != len(flat):
        raise ClipError(f"a variable has {len(flat)} values, and the shape {shape}")
    array = flat.reshape(shape, order="F").astype(dtype.newbyteorder("="))
    text = name.decode("latin-1")
    if kind != _CHAR:
        return text, array
    return text, "".join(map(chr, array.ravel(order="F").tolist())) if len(shape) == 2 else ""
