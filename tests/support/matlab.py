"""MATLAB files of version 5, written by the description of the format."""

import struct
import zlib
from collections.abc import Mapping

import numpy as np

_TYPES = {
    "i1": 1,
    "u1": 2,
    "i2": 3,
    "u2": 4,
    "i4": 5,
    "u4": 6,
    "f4": 7,
    "f8": 9,
    "i8": 12,
    "u8": 13,
}
_CLASSES = {"f8": 6, "f4": 7, "i1": 8, "u1": 9, "i2": 10, "u2": 11, "i4": 12, "u4": 13}
HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"


def element(kind: int, data: bytes) -> bytes:
    """Return an element, in its tag where it is small."""
    if 0 < len(data) <= 4:
        return struct.pack("<HH", kind, len(data)) + data.ljust(4, b"\0")
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def variable(name: str, value: np.ndarray | str, stored: str | None = None) -> bytes:
    """Return a variable; `stored` is the type that MATLAB packs it into, by default its own."""
    if isinstance(value, str):
        shape, kind, own = (1, len(value)), 4, element(16, value.encode())
    else:
        shape, kind = value.shape, _CLASSES[value.dtype.str[1:]]
        packed = value.astype(stored or value.dtype)
        own = element(_TYPES[packed.dtype.str[1:]], packed.tobytes(order="F"))
    parts = [
        element(6, struct.pack("<II", kind, 0)),
        element(5, struct.pack(f"<{len(shape)}i", *shape)),
        element(1, name.encode()),
        own,
    ]
    return element(14, b"".join(parts))


def packed(data: bytes, *, ended: bool = True) -> bytes:
    """Return a compressed element; without its end, as MATLAB writes some."""
    deflate = zlib.compressobj()
    content = deflate.compress(data)
    content += deflate.flush(zlib.Z_FINISH if ended else zlib.Z_SYNC_FLUSH)
    return struct.pack("<II", 15, len(content)) + content


def mat(variables: Mapping[str, np.ndarray | str], *, compress: bool = True) -> bytes:
    """Return a file."""
    parts = [variable(name, value) for name, value in variables.items()]
    return HEADER + b"".join(packed(part) if compress else part for part in parts)
