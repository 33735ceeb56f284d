"""Reads slices of the arrays that this package writes, some fifty times as fast as zarr-python.

zarr-python reads a shard's index again for each slice and changes threads for each chunk: 2.2 ms a
clip; 0.9 ms with the codec pipeline of `zarrs`. This module keeps the indexes, reads nothing but
the rows where chunks are not compressed, and calls the codec directly where they are. It knows
exactly one form of array, the one that is written here, and refuses every other: among the codecs
and dtypes that Zarr has are some that run code from the file, or take any memory. What is read
takes memory in proportion to the bytes that were read for it.
"""

from __future__ import annotations

import functools
import math
import struct
from dataclasses import dataclass
from typing import Any, Protocol

import google_crc32c
import numcodecs.blosc  # type: ignore[import-untyped]
import numpy as np
from numcodecs.vlen import VLenUTF8  # type: ignore[import-untyped]

from skelconv import Array, DatasetError
from skelconv_zarr import schema
from skelconv_zarr.folder import File, Folder, LocalFile

# Blosc's own threads do not survive a fork, as of a DataLoader, and a chunk is too small for
# them. zarr-python sets the same.
numcodecs.blosc.use_threads = False

# Of an array, each of some 20 MB: opening one takes longer than reading a clip.
_FILES_HELD_OPEN = 128
_CRC = struct.Struct("<I")
_NO_CHUNK = 2**64 - 1
_DTYPES = {
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
}
_BLOSC_HEADER = 16
_BLOSC_FORMATS = (1, 4)  # LZ4 and Zstandard
_MAX_ROWS = 2**48
_MAX_AXES = 8
_MAX_CHUNKS_PER_SHARD = 2**16

# An array may take this much memory, and this many times the bytes that were read for it: 255 is
# what LZ4 can reach. Zstandard goes further, with columns of one number in a million clips.
_FREE_BYTES = 2**25
_MAX_RATIO = 256


class RowArray(Protocol):
    """An array to take slices of rows from.

    Attributes
    ----------
    shape : tuple of int
        Rows first.
    """

    shape: tuple[int, ...]

    def rows(self, start: int, stop: int, *, checked: bool = True) -> Array:
        """Return a copy of some rows.

        Parameters
        ----------
        start, stop : int
            The rows, within the shape.
        checked : bool
            Whether to compare the checksums of chunks. Without, where chunks are not compressed
            and the file is on this machine, nothing but the rows is read: for rows that have a
            checksum of their own.

        Returns
        -------
        ndarray of shape (stop - start, ...)
            The rows.

        Raises
        ------
        DatasetError
            When they are damaged or cannot be read.
        """
        ...


def open_array(folder: Folder, name: str, metadata: Any) -> RowArray:
    """Open an array of a dataset.

    Parameters
    ----------
    folder : Folder
        The dataset's folder.
    name : str
        The array's path in it.
    metadata : JSON value
        Its ``zarr.json``.

    Returns
    -------
    RowArray
        The array.

    Raises
    ------
    DatasetError
        When it is not stored as this package stores arrays.
    """
    try:
        form = _form(metadata)
    except _FormError as error:
        raise DatasetError(
            f"the array {name!r} is not stored as skelconv stores it: {error}",
            where=folder.location,
            hint="what other programs have written again is not read",
        ) from None
    return _ShardedArray(folder, name, form)


@dataclass(frozen=True)
class _Form:
    """The properties of an array of the known form. Text has the `dtype` object."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    chunk_rows: int
    shard_rows: int
    blosc: bool

    @property
    def row_bytes(self) -> int:
        return math.prod(self.shape[1:]) * self.dtype.itemsize

    @property
    def chunk_bytes(self) -> int:
        return self.chunk_rows * self.row_bytes


class _FormError(Exception):
    """What is not as it should be in the metadata of an array."""


_BYTES = {"name": "bytes"}
_LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
_TEXT = {"name": "vlen-utf8"}
_CRC32C = {"name": "crc32c"}
_KEYS = {"name": "default", "configuration": {"separator": "/"}}


def _form(metadata: Any) -> _Form:
    """Return the form of an array. Nothing is accepted that is not known."""
    if _get(metadata, "zarr_format") != 3 or _get(metadata, "node_type") != "array":
        raise _FormError("it is not an array of Zarr 3")
    if _get(metadata, "storage_transformers"):
        raise _FormError("it has storage transformers")
    data_type = _get(metadata, "data_type")
    text = data_type == "string"
    if not text and not (isinstance(data_type, str) and data_type in _DTYPES):
        raise _FormError(f"its data type is {data_type!r:.60}")
    dtype = np.dtype(object if text else data_type)
    grid, sharding = _get(metadata, "chunk_grid"), _only(_get(metadata, "codecs"))
    if (
        _get(grid, "name") != "regular"
        or _get(sharding, "name") != "sharding_indexed"
        or _get(metadata, "chunk_key_encoding") != _KEYS
    ):
        raise _FormError("it is not in shards")
    sharded = _get(sharding, "configuration")
    shape = _sizes(_get(metadata, "shape"), least=0)
    shard_shape = _sizes(_get(_get(grid, "configuration"), "chunk_shape"))
    chunk_shape = _sizes(_get(sharded, "chunk_shape"))
    if (
        not chunk_shape[1:] == shard_shape[1:] == shape[1:]
        or shard_shape[0] % chunk_shape[0]
        or (text and len(shape) > 1)
        or 0 in shape[1:]
    ):
        raise _FormError("its shards are not along its rows")
    if _get(sharded, "index_location") not in (None, "end") or _codecs(
        _get(sharded, "index_codecs")
    ) != [_LITTLE, _CRC32C]:
        raise _FormError("the index of its shards is another")
    serializers = [_TEXT] if text else [_LITTLE, _BYTES] if dtype.itemsize == 1 else [_LITTLE]
    codecs = _codecs(_get(sharded, "codecs"))
    middle = [_get(codec, "name") for codec in codecs[1:-1]]
    if (
        len(codecs) < 2
        or codecs[0] not in serializers
        or middle not in ([], ["blosc"])
        or codecs[-1] != _CRC32C
    ):
        raise _FormError("its codecs are others")
    form = _Form(shape, dtype, chunk_shape[0], shard_shape[0], bool(middle))
    if (
        shape[0] > _MAX_ROWS
        or form.chunk_bytes > schema.MAX_ROW_BYTES
        or form.shard_rows > form.chunk_rows * _MAX_CHUNKS_PER_SHARD
    ):
        raise _FormError("its shape, chunks or shards are too large")
    return form


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else []


def _only(values: Any) -> Any:
    return values[0] if len(_list(values)) == 1 else None


def _sizes(values: Any, least: int = 1) -> tuple[int, ...]:
    """Return a shape, of one axis at least."""
    if not isinstance(values, list) or not 0 < len(values) <= _MAX_AXES:
        raise _FormError("it has no shape")
    if not all(type(n) is int and n >= least for n in values):
        raise _FormError("its shape is not valid")
    return tuple(values)


def _codecs(values: Any) -> list[Any]:
    """Return codecs in the one form of several that the specification has for each."""
    named = [{"name": v} if isinstance(v, str) else v for v in _list(values)]
    return [
        {"name": codec.get("name")}
        if isinstance(codec, dict) and not codec.get("configuration")
        else codec
        for codec in named
    ]


class _ShardedArray:
    """See `RowArray`."""

    def __init__(self, folder: Folder, name: str, form: _Form) -> None:
        self.shape = form.shape
        self._location = folder.location
        self._name = name
        self._form = form
        self._chunks_per_shard = form.shard_rows // form.chunk_rows
        self._chunk_shape = (form.chunk_rows, *form.shape[1:])
        self._row_bytes = form.row_bytes
        self._stored_bytes = form.chunk_bytes + _CRC.size
        # Whether the bytes of some rows are in the file as they are, and may be read alone.
        self._by_row = not form.blosc and form.dtype != object and not folder.by_request
        # A cache of this array alone, so that its open files are closed with the array.
        self._open_shard = functools.lru_cache(_FILES_HELD_OPEN)(
            lambda shard: _open_shard(folder, self._key(shard), self._chunks_per_shard)
        )
        # Clips that are read in order need the same chunk several times.
        self._latest: tuple[int, Array] = (-1, np.empty(0))

    def rows(self, start: int, stop: int, *, checked: bool = True) -> Array:
        """See `RowArray.rows`."""
        if self._by_row and not checked:
            return self._rows_alone(start, stop)
        size = self._form.chunk_rows
        number = start // size
        memory = _Memory()
        parts = []
        while start < stop:
            first = number * size
            upto = min(stop, first + size)
            try:
                parts.append(self._chunk(number, memory)[start - first : upto - first])
            except (OSError, _DamageError) as error:
                raise self._error(number, error) from _cause(error)
            start = upto
            number += 1
        if len(parts) == 1:
            return parts[0].copy()
        return np.concatenate(parts) if parts else np.empty((0, *self.shape[1:]), self._form.dtype)

    def _rows_alone(self, start: int, stop: int) -> Array:
        """Read rows of chunks that are not compressed, and nothing else."""
        form, size = self._form, self._form.chunk_rows
        pieces = []
        # All chunks are found before memory is taken: it is no more than the files have bytes.
        while start < stop:
            number, first = divmod(start, size)
            upto = min(stop, start - first + size)
            try:
                file, begin = self._plain_chunk(number)
            except (OSError, _DamageError) as error:
                raise self._error(number, error) from _cause(error)
            length = (upto - start) * self._row_bytes
            pieces.append((number, file, begin + first * self._row_bytes, length))
            start = upto
        content = np.empty(sum(piece[3] for piece in pieces), np.uint8)
        filled = 0
        for number, file, begin, length in pieces:
            part = content[filled : filled + length] if len(pieces) > 1 else content
            try:
                if file.read_into(begin, part) != length:
                    raise _DamageError("a chunk is cut off")
            except (OSError, _DamageError) as error:
                raise self._error(number, error) from _cause(error)
            filled += length
        return content.view(form.dtype).reshape(-1, *form.shape[1:])

    def _chunk(self, number: int, memory: _Memory) -> Array:
        known, chunk = self._latest
        if known != number:
            file, start, length = self._place(number)
            data = _without_crc(file.read(start, length), length, "a chunk")
            chunk = self._decode(data, memory)
            self._latest = (number, chunk)
        return chunk

    def _plain_chunk(self, number: int) -> tuple[LocalFile, int]:
        """Return the file of a chunk that is not compressed, and where it begins there."""
        file, start, length = self._place(number)
        if length != self._stored_bytes:
            raise _DamageError(f"a chunk has {length} bytes instead of {self._stored_bytes}")
        assert isinstance(file, LocalFile)  # noqa: S101 (others are read by chunk)
        return file, start

    def _place(self, number: int) -> tuple[File, int, int]:
        """Return where a chunk is: its file, the first byte and the number of bytes."""
        shard, place = divmod(number, self._chunks_per_shard)
        file, index = self._open_shard(shard)
        start, length = index.item(place, 0), index.item(place, 1)
        if start == _NO_CHUNK:
            raise _DamageError("a chunk is missing")
        if start + length > file.size:
            raise _DamageError("a chunk lies past its end")
        return file, start, length

    def _decode(self, data: bytes, memory: _Memory) -> Array:
        text = self._form.dtype == object
        size, expected = len(data), self._form.chunk_bytes
        if self._form.blosc:
            size = _blosc_size(data)
        if not text and size != expected:
            raise _DamageError(f"a chunk has {size} bytes instead of {expected}")
        memory.take(max(size, expected), len(data))
        if self._form.blosc:
            data = _decompress(data)
        if text:
            return self._decode_text(data)
        return np.frombuffer(data, self._form.dtype).reshape(self._chunk_shape)

    def _decode_text(self, data: bytes) -> Array:
        if int.from_bytes(data[:4], "little") != self._form.chunk_rows:
            raise _DamageError("a chunk has another number of texts")
        try:
            texts: Array = VLenUTF8().decode(data)
        except (RuntimeError, ValueError) as error:
            raise _DamageError(f"a chunk holds no text ({error})") from None
        return texts

    def _key(self, shard: int) -> str:
        return "/".join([self._name, "c", str(shard), *("0" for _ in self.shape[1:])])

    def _error(self, number: int, error: OSError | _DamageError) -> DatasetError:
        key = self._key(number // self._chunks_per_shard)
        if isinstance(error, FileNotFoundError):
            reason = "this part of the dataset is missing"
        elif isinstance(error, OSError):
            reason = f"cannot be read: {error.strerror or error}"
        else:
            reason = f"damaged: {error}"
        return DatasetError(reason, where=f"{self._location}/{key}")


def _cause(error: OSError | _DamageError) -> OSError | None:
    """Return what shows that a part cannot be read now; what is missing or damaged stays so."""
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return error
    return None


class _Memory:
    """What the rows that are read may take."""

    def __init__(self) -> None:
        self._free = _FREE_BYTES

    def take(self, size: int, read: int) -> None:
        """Count what a chunk takes, and the bytes that it was read from."""
        self._free += _MAX_RATIO * read - size
        if self._free < 0:
            raise _DamageError(
                f"a chunk of {read} bytes claims to hold {size}, and so did those before it"
            )


def _blosc_size(data: bytes) -> int:
    """Return the size of compressed data, as their header gives it."""
    if (
        len(data) < _BLOSC_HEADER
        or int.from_bytes(data[12:16], "little") != len(data)
        or data[2] >> 5 not in _BLOSC_FORMATS
    ):
        raise _DamageError("a chunk is not what was compressed")
    return int.from_bytes(data[4:8], "little")


def _decompress(data: bytes) -> bytes:
    try:
        decompressed: bytes = numcodecs.blosc.decompress(data)
    except (RuntimeError, ValueError) as error:
        raise _DamageError(f"a chunk cannot be decompressed ({error})") from None
    return decompressed


def _open_shard(folder: Folder, key: str, chunks: int) -> tuple[File, Array]:
    """Open a shard and read its index: where each chunk starts, and its length."""
    file = folder.open(key)
    length = 16 * chunks + _CRC.size
    if file.size < length:
        raise _DamageError("it is shorter than its index")
    data = _without_crc(file.read(file.size - length, length), length, "the index")
    index = np.frombuffer(data, "<u8").reshape(-1, 2)
    if sum(index[index[:, 0] != _NO_CHUNK, 1].tolist()) > file.size:
        raise _DamageError("its chunks lie over one another")
    return file, index


class _DamageError(Exception):
    """What is wrong with a shard."""


def _without_crc(data: bytes, length: int, what: str) -> bytes:
    """Check and cut off the CRC-32C at the end."""
    body = data[: -_CRC.size]
    if len(data) != length or length < _CRC.size:
        raise _DamageError(f"{what} is cut off")
    if _CRC.unpack(data[-_CRC.size :])[0] != google_crc32c.value(body):
        raise _DamageError(f"{what} does not fit its checksum")
    return body
