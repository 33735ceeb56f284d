"""Writes pickles opcode by opcode, so that their parts can be made separately and simply joined.

`pickle.dumps` numbers the objects that it has written and refers back to them, so a pickle of many
annotations can only be made at once and in one process. It also writes the names of the installed
NumPy's internals: a file made under NumPy 2 has ``numpy._core``, which NumPy 1 lacks.

Here a fixed prologue puts what annotations share (NumPy's two constructors, dtypes, keys) at
fixed places in the memo and removes it from the stack again. A *fragment*, the opcodes of one
value, refers only to these places: it depends on the value alone, and fragments made anywhere, in
any order, can be joined to one stream. The names are those that NumPy 1 writes and NumPy 2 still
reads without a warning.

It is plain pickle protocol 4 without framing: with protocol 4's frames, which would be needed
around each array, files with 40 kB per array do not load faster.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from skelconv import Array

Value: TypeAlias = (
    "str | int | float | Array | tuple[Value, ...] | Sequence[Value] | Mapping[Any, Value] | None"
)

_KEYS = (
    "frame_dir",
    "label",
    "total_frames",
    "img_shape",
    "original_shape",
    "keypoint",
    "keypoint_score",
    "frame_inds",
    "box_score",
    "valid",
)
_DTYPES = ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8")

# As many as pickle itself puts on the stack before it appends them to a list.
_BATCH = 1000


def fragment(value: Value) -> bytes:
    """Return the opcodes that leave a value on the stack.

    Parameters
    ----------
    value : str, int, float, None, ndarray, or tuple, list or dict of these
        Arrays of booleans, integers and floats of up to 8 bytes. They are written in C order and
        little-endian, as nearly all are already, and have this form when loaded.

    Returns
    -------
    bytes
        Without a header and an end: it is valid between `prologue` and the end of a pickle.

    Raises
    ------
    TypeError
        For a value of any other type, or an array of any other dtype.
    """
    parts: list[Any] = []  # of bytes and contiguous arrays
    _put(value, parts.append)
    return b"".join(parts)


def prologue() -> bytes:
    """Return the beginning of a pickle: the header, and the memo that fragments refer to."""
    return _PROLOGUE


def write_annotations(
    out: BinaryIO,
    splits: Mapping[str, Iterable[str]],
    annotations: Iterable[bytes],
    label_names: Sequence[str] = (),
) -> None:
    """Write ``{"split": splits, "annotations": [...]}``, with one annotation at a time in memory.

    The names of classes, where there are any, are the list ``label_names`` beside these two, which
    trainers do not look at. Without splits only the list of annotations is written: the trainers
    accept no dict then.

    Parameters
    ----------
    out : binary file
        Where to write.
    splits : mapping of str to iterable of str
        The ids of each part.
    annotations : iterable of bytes
        Fragments, one for each annotation.
    label_names : sequence of str
        The names of the classes, in the order of labels.
    """
    out.write(_PROLOGUE)
    if splits:
        out.write(b"}(" + _text("split") + b"}(")
        for name, ids in splits.items():
            out.write(_text(name) + b"]")
            for batch in _batches(ids):
                out.write(b"(" + b"".join(map(_text, batch)) + b"e")
        out.write(b"u")
        if label_names:
            out.write(_text("label_names") + fragment(list(label_names)))
        out.write(_text("annotations"))
    out.write(b"]")
    for annotation in annotations:
        out.write(annotation)
        out.write(b"a")
    out.write(b"u." if splits else b".")


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _put(value: Value, emit: Callable[[bytes | Array], None]) -> None:
    if isinstance(value, str):
        emit(_SHARED_KEYS.get(value) or _text(value))
    elif isinstance(value, bool):
        emit(b"\x88" if value else b"\x89")
    elif isinstance(value, int | np.integer):
        emit(_integer(int(value)))
    elif isinstance(value, np.ndarray):
        _put_array(value, emit)
    elif isinstance(value, tuple):
        _put_tuple(value, emit)
    elif isinstance(value, float):
        emit(b"G" + struct.pack(">d", value))
    elif isinstance(value, list):
        emit(b"](")
        for item in value:
            _put(item, emit)
        emit(b"e")
    elif value is None:
        emit(b"N")
    elif isinstance(value, dict):
        emit(b"}(")
        for key, item in value.items():
            _put(key, emit)
            _put(item, emit)
        emit(b"u")
    else:
        raise TypeError(f"an annotation cannot hold a {type(value).__name__}")


def _put_array(array: Array, emit: Callable[[bytes | Array], None]) -> None:
    dtype = _SHARED_DTYPES.get(array.dtype)
    if dtype is None:
        little = array.dtype.newbyteorder("<")
        dtype = _SHARED_DTYPES.get(little)
        if dtype is None:
            raise TypeError(f"an annotation cannot hold an array of {array.dtype}")
        array = array.astype(little)
    # BUILD takes (version, shape, dtype, whether it is in Fortran order, the bytes).
    emit(_NEW_ARRAY)
    _put_tuple(array.shape, emit)
    emit(dtype + _bytes_header(array.nbytes))
    emit(np.asarray(array, order="C"))
    emit(b"tb")


def _put_tuple(items: tuple[Value, ...], emit: Callable[[bytes | Array], None]) -> None:
    if len(items) > 3:
        emit(b"(")
    for item in items:
        _put(item, emit)
    emit((b")", b"\x85", b"\x86", b"\x87")[len(items)] if len(items) <= 3 else b"t")


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) < 1 << 8:
        return b"\x8c" + len(encoded).to_bytes(1, "little") + encoded
    return b"X" + len(encoded).to_bytes(4, "little") + encoded


def _integer(number: int) -> bytes:
    if 0 <= number < 1 << 8:
        return b"K" + number.to_bytes(1, "little")
    if 0 <= number < 1 << 16:
        return b"M" + number.to_bytes(2, "little")
    if -1 << 31 <= number < 1 << 31:
        return b"J" + number.to_bytes(4, "little", signed=True)
    size = number.bit_length() // 8 + 1
    return b"\x8a" + size.to_bytes(1, "little") + number.to_bytes(size, "little", signed=True)


def _bytes_header(size: int) -> bytes:
    if size < 1 << 8:
        return b"C" + size.to_bytes(1, "little")
    if size < 1 << 32:
        return b"B" + size.to_bytes(4, "little")
    return b"\x8e" + size.to_bytes(8, "little")


def _global(module: str, name: str) -> bytes:
    return _text(module) + _text(name) + b"\x93"


def _dtype(name: str) -> bytes:
    """Return what ``numpy.dtype.__reduce__`` returns under NumPy 1, as opcodes."""
    made = _global("numpy", "dtype") + _text(name[1:]) + b"\x89\x88\x87R"
    state = _integer(3) + _text(name[0]) + b"NNN" + _integer(-1) + _integer(-1) + _integer(0)
    return made + b"(" + state + b"tb"


def _shared() -> tuple[bytes, list[bytes]]:
    """Return the prologue, and the opcodes that fetch each thing that it shares."""
    things = [
        _global("numpy.core.multiarray", "_reconstruct"),
        # (ndarray, (0,), b"b"): its arguments, the same for every array.
        _global("numpy", "ndarray") + b"K\x00\x85" + b"C\x01b" + b"\x87",
        *map(_dtype, _DTYPES),
        *map(_text, _KEYS),
    ]
    opcodes = b"\x80\x04(" + b"".join(thing + b"\x94" for thing in things) + b"1"
    return opcodes, [b"h" + index.to_bytes(1, "little") for index in range(len(things))]


_PROLOGUE, (_reconstruct, _arguments, *_fetch) = _shared()
SHARED = len(_fetch) + 2
"""How many things the prologue has put into the memo."""
_NEW_ARRAY = _reconstruct + _arguments + b"R(K\x01"
# The dtype is followed by False: not in Fortran order.
_SHARED_DTYPES = {
    np.dtype(name): fetch + b"\x89" for name, fetch in zip(_DTYPES, _fetch, strict=False)
}
_SHARED_KEYS = dict(zip(_KEYS, _fetch[len(_DTYPES) :], strict=True))
