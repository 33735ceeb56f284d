"""One clip as bytes, between the worker that encodes it and the driver that assembles.

Two numbers (the length of the JSON; the checksum of what follows), JSON that describes the clip and
its arrays, and the arrays as they are in memory.
"""

from __future__ import annotations

import functools
import json
import math
import operator
import struct
from collections.abc import Callable
from typing import Any

import google_crc32c
import numpy as np

from skelconv import Array, Clip, ClipError, Field
from skelconv.plugin import layout_of_stored, stored_layout
from skelconv_zarr import schema

_PREFIX = struct.Struct("<II")
_INT64 = np.iinfo(np.int64)
# Its code in C reads the memory of an array as it is; that in Python, where there is no other,
# needs bytes.
_memory: Callable[[Array], Any] = (
    np.ascontiguousarray
    if google_crc32c.implementation == "c"
    else operator.methodcaller("tobytes")
)
_to_json = json.JSONEncoder(separators=(",", ":")).encode


def encode(clip: Clip) -> bytes:
    """Encode a clip; the bytes depend on it alone.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    bytes
        For `decode`.

    Raises
    ------
    ClipError
        When it holds something that a Zarr dataset cannot.
    """
    parts = _parts(_plain(clip))
    return b"".join([_PREFIX.pack(len(parts[0]), _crc(parts)), *parts])


def decode(encoded: bytes) -> tuple[Clip, int]:
    """Decode a clip.

    Parameters
    ----------
    encoded : bytes
        The result of `encode`.

    Returns
    -------
    clip : Clip
        The clip.
    checksum : int
        See `checksum`.
    """
    length, crc = _PREFIX.unpack_from(encoded)
    position = _PREFIX.size + length
    facts, described = json.loads(encoded[_PREFIX.size : position])
    arrays: dict[str, Field] = {}
    for name, axes, dtype, shape in described:
        values = np.frombuffer(encoded, dtype, math.prod(shape), position).reshape(shape)
        arrays[name] = Field(values, axes)
        position += values.nbytes
    clip_id, layout, label, img_shape, original_shape = facts
    score = arrays.pop("keypoint_score", None)
    clip = Clip(
        id=clip_id,
        keypoint=arrays.pop("keypoint").values,
        layout=layout_of_stored(layout),
        label=tuple(label) if isinstance(label, list) else label,
        keypoint_score=None if score is None else score.values,
        img_shape=None if img_shape is None else (img_shape[0], img_shape[1]),
        original_shape=None if original_shape is None else (original_shape[0], original_shape[1]),
        fields={name.removeprefix("field "): extra for name, extra in arrays.items()},
    )
    return clip, crc


def checksum(clip: Clip) -> int:
    """Return the CRC-32C of a clip as a dataset holds it.

    It stays with the clip from the worker that made it to the reader, and so finds what the
    checksums of chunks cannot: shards that are missing, stale or exchanged, and offsets, labels
    or ids that were edited. It is computed from JSON (ASCII, without spaces) of ``[[frame_dir,
    layout, label, img_shape, original_shape], [[name, axes, dtype, shape], ...]]`` and then the
    values in C order of the arrays that are named there: ``keypoint``, ``keypoint_score`` if
    there, and each ``field NAME`` by name.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    int
        32 bits.
    """
    return _crc(_parts(clip))


def _parts(clip: Clip) -> list[Any]:
    """Return the JSON that describes a clip, and its arrays, as what `bytes.join` takes."""
    arrays = [("keypoint", "MTVC", clip.keypoint)]
    if clip.keypoint_score is not None:
        arrays.append(("keypoint_score", "MTV", clip.keypoint_score))
    if clip.fields:
        arrays += [(f"field {name}", f.axes, f.values) for name, f in sorted(clip.fields.items())]
    # JSON's own encoder would take as long for all of it as reading the clip.
    facts = _facts_json(clip.layout, clip.label, clip.img_shape, clip.original_shape)
    described = [_array_json(name, axes, a.dtype, a.shape) for name, axes, a in arrays]
    head = f"[[{_to_json(clip.id)},{facts}],[{','.join(described)}]]".encode()
    return [head, *[_memory(values) for _, _, values in arrays]]


# Most clips share these with others. An own layout is equal to its text, and of another type.
@functools.lru_cache(4096, typed=True)
def _facts_json(
    layout: str,
    label: int | tuple[int, ...] | None,
    img_shape: tuple[int, int] | None,
    original_shape: tuple[int, int] | None,
) -> str:
    numbers = map(_numbers_json, (label, img_shape, original_shape))
    return f"{_to_json(stored_layout(layout))},{','.join(numbers)}"


@functools.lru_cache(4096)
def _array_json(name: str, axes: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> str:
    kind = f"{_to_json(name)},{_to_json(axes)},{_to_json(dtype.str)}"
    return f"[{kind},{_numbers_json(shape)}]"


def _numbers_json(numbers: int | tuple[int, ...] | None) -> str:
    if numbers is None:
        return "null"
    if isinstance(numbers, tuple):
        return f"[{','.join(map(str, numbers))}]"
    return str(numbers)


def _crc(parts: list[Any]) -> int:
    crc: int = functools.reduce(google_crc32c.extend, parts, 0)
    return crc


def _plain(clip: Clip) -> Clip:
    """Return the clip with little-endian arrays, checked for what a dataset can hold."""
    for text in (clip.id, clip.layout, *clip.fields):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ClipError(f"the name {text!r} is not valid Unicode") from None
    if (size := len(clip.id.encode())) > schema.MAX_ID_BYTES:
        raise ClipError(f"the id has {size} bytes, and may have {schema.MAX_ID_BYTES}")
    if 0 in clip.keypoint.shape[2:]:
        raise ClipError(f"keypoint has shape {clip.keypoint.shape}: there is nothing to store")
    if math.prod(clip.keypoint.shape[2:]) * clip.keypoint.itemsize > schema.MAX_ROW_BYTES:
        raise ClipError(
            f"keypoint has shape {clip.keypoint.shape}: a person in a frame takes more than "
            f"{schema.MAX_ROW_BYTES // 2**20} MB"
        )
    if clip.label is not None:
        labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
        if not labels:
            raise ClipError("label is an empty tuple: a clip without a label has None")
        for label in labels:
            _int64("label", label)
    score = clip.keypoint_score
    return clip.replace(
        keypoint=_numbers("keypoint", clip.keypoint, "fiu"),
        keypoint_score=None if score is None else _numbers("keypoint_score", score, "fiu"),
        img_shape=_size("img_shape", clip.img_shape),
        original_shape=_size("original_shape", clip.original_shape),
        fields={
            name: Field(_numbers(f"field {name!r}", extra.values, "fiubU"), extra.axes)
            for name, extra in clip.fields.items()
        },
    )


def _numbers(name: str, values: Array, kinds: str) -> Array:
    dtype = values.dtype
    if dtype.kind not in kinds or (dtype.kind != "U" and dtype.itemsize > 8):
        raise ClipError(f"{name} has dtype {dtype}, which a Zarr dataset cannot hold")
    if dtype == np.dtype("U0"):
        dtype = np.dtype("U1")
    return values.astype(dtype.newbyteorder("<"), copy=False)


def _int64(name: str, number: Any) -> int:
    try:
        value = int(operator.index(number))
    except TypeError:
        raise ClipError(f"{name} is {number!r}, not an integer") from None
    if not _INT64.min <= value <= _INT64.max:
        raise ClipError(f"{name} is {value}, which does not fit 64 bits")
    return value


def _size(name: str, shape: tuple[int, int] | None) -> tuple[int, int] | None:
    if shape is None:
        return None
    numbers = tuple(_int64(name, number) for number in shape)
    if len(numbers) != 2 or min(numbers) < 0:
        raise ClipError(f"{name} is {shape!r}, not a height and a width")
    return numbers[0], numbers[1]
