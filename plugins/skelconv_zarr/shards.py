"""Reads slices of the arrays that this package writes, about twenty times as fast as zarr-python.

zarr-python reads a shard's index again for each slice and changes threads for each chunk: 2.2 ms a
clip; 0.9 ms with the codec pipeline of `zarrs`. This module keeps the indexes and calls the codec
directly. It knows exactly one form of array, the one that is written here, and leaves every other
to zarr-python.
"""

from __future__ import annotations

import functools
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import google_crc32c
import numcodecs.blosc  # type: ignore[import-untyped]
import numpy as np
from numcodecs.vlen import VLenUTF8  # type: ignore[import-untyped]

from skelconv import Array, DatasetError
from skelconv_zarr.folder import File, open_file

# Blosc's own threads do not survive a fork, as of a DataLoader, and a chunk is too small for
# them. zarr-python sets the same.
numcodecs.blosc.use_threads = False

_FILES_HELD_OPEN = 64
_CRC = struct.Struct("<I")
_NO_CHUNK = 2**64 - 1
_DTYPES = {
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
}
_BLOSC_HEADER = 16


class RowArray(Protocol):
    """An array to take slices of rows from.

    Attributes
    ----------
    shape : tuple of int
        Rows first.
    """

    shape: tuple[int, ...]

    def rows(self, start: int, stop: int) -> Array:
        """Return a copy of some rows.

        Parameters
        ----------
        start, stop : int
            The rows, within the shape.

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


def open_array(location: str, name: str, metadata: Mapping[str, Any]) -> RowArray:
    """Open an array of a dataset.

    Parameters
    ----------
    location : str
        The dataset's folder or URL.
    name : str
        The array's path in it.
    metadata : mapping
        Its ``zarr.json``.

    Returns
    -------
    RowArray
        The array.
    """
    form = _known_form(metadata)
    if form is None:
        return _AnyArray(location, name, tuple(metadata["shape"]))
    return _ShardedArray(location, name, form)


@dataclass(frozen=True)
class _Form:
    """The properties of an array of the known form. Text has the `dtype` object."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    chunk_rows: int
    shard_rows: int
    blosc: bool


def _known_form(metadata: Mapping[str, Any]) -> _Form | None:
    """Return the form of an array, or None when anything in its metadata is of another form."""
    try:
        shape = tuple(metadata["shape"])
        (sharding,) = metadata["codecs"]
        sharded = sharding["configuration"]
        shard_rows, *shard_rest = metadata["chunk_grid"]["configuration"]["chunk_shape"]
        chunk_rows, *chunk_rest = sharded["chunk_shape"]
        serializer, *middle, crc = sharded["codecs"]
        text = metadata["data_type"] == "string"
        dtype = np.dtype(object if text else metadata["data_type"])
    except (KeyError, TypeError, ValueError):
        return None
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    if text:
        serializers = [{"name": "vlen-utf8", "configuration": {}}, {"name": "vlen-utf8"}]
    else:
        serializers = [little, {"name": "bytes"}] if dtype.itemsize == 1 else [little]
    known = (
        metadata.get("zarr_format") == 3
        and metadata.get("node_type") == "array"
        and not metadata.get("storage_transformers")
        and (text or metadata["data_type"] in _DTYPES)
        and metadata["chunk_grid"].get("name") == "regular"
        and metadata.get("chunk_key_encoding")
        == {"name": "default", "configuration": {"separator": "/"}}
        and sharding.get("name") == "sharding_indexed"
        and sharded.get("index_location", "end") == "end"
        and sharded.get("index_codecs") == [little, {"name": "crc32c"}]
        and serializer in serializers
        and [codec.get("name") for codec in middle] in ([], ["blosc"])
        and crc == {"name": "crc32c"}
        and all(type(n) is int and n >= 0 for n in shape)
        and all(type(n) is int and n > 0 for n in (chunk_rows, shard_rows))
        and shard_rows % chunk_rows == 0
        and tuple(chunk_rest) == tuple(shard_rest) == shape[1:]
    )
    return _Form(shape, dtype, chunk_rows, shard_rows, bool(middle)) if known else None


class _ShardedArray:
    """See `RowArray`."""

    def __init__(self, location: str, name: str, form: _Form) -> None:
        self.shape = form.shape
        self._location = location
        self._name = name
        self._form = form
        self._chunks_per_shard = form.shard_rows // form.chunk_rows
        self._chunk_shape = (form.chunk_rows, *form.shape[1:])
        self._chunk_bytes = int(np.prod(self._chunk_shape, dtype=object)) * form.dtype.itemsize
        # A cache of this array alone, so that its open files are closed with the array.
        self._open_shard = functools.lru_cache(_FILES_HELD_OPEN)(_open_shard)
        # Clips that are read in order need the same chunk several times.
        self._latest: tuple[int, Array] = (-1, np.empty(0))

    def rows(self, start: int, stop: int) -> Array:
        """See `RowArray.rows`."""
        size = self._form.chunk_rows
        parts = [
            self._chunk(number)[max(start - number * size, 0) : stop - number * size]
            for number in range(start // size, -(-stop // size))
        ]
        if len(parts) == 1:
            return parts[0].copy()
        return np.concatenate(parts) if parts else np.empty((0, *self.shape[1:]), self._form.dtype)

    def _chunk(self, number: int) -> Array:
        known, chunk = self._latest
        if known != number:
            chunk = self._read_chunk(number)
            self._latest = (number, chunk)
        return chunk

    def _read_chunk(self, number: int) -> Array:
        shard, place = divmod(number, self._chunks_per_shard)
        try:
            file, index = self._open_shard(self._location, self._key(shard), self._chunks_per_shard)
            start, length = int(index[place, 0]), int(index[place, 1])
            if start == _NO_CHUNK:
                raise _DamageError("a chunk is missing")
            if start + length > file.size:
                raise _DamageError("a chunk lies past its end")
            return self._decode(_without_crc(file.read(start, length), length, "a chunk"))
        except FileNotFoundError:
            raise self._error(shard, "this part of the dataset is missing") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise self._error(shard, f"cannot be read: {reason}") from error
        except _DamageError as damage:
            raise self._error(shard, f"damaged: {damage}") from None

    def _decode(self, data: bytes) -> Array:
        if self._form.blosc:
            data = self._decompress(data)
        if self._form.dtype == object:
            return self._decode_text(data)
        if len(data) != self._chunk_bytes:
            raise _DamageError(f"a chunk has {len(data)} bytes instead of {self._chunk_bytes}")
        return np.frombuffer(data, self._form.dtype).reshape(self._chunk_shape)

    def _decompress(self, data: bytes) -> bytes:
        # Blosc's header gives the memory that it needs: it is used only where it is right.
        size = int.from_bytes(data[4:8], "little")
        fits = self._form.dtype == object or size == self._chunk_bytes
        if len(data) < _BLOSC_HEADER or not fits:
            raise _DamageError("a chunk is not what was compressed")
        try:
            decompressed: bytes = numcodecs.blosc.decompress(data)
        except (RuntimeError, ValueError) as error:
            raise _DamageError(f"a chunk cannot be decompressed ({error})") from None
        return decompressed

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

    def _error(self, shard: int, reason: str) -> DatasetError:
        return DatasetError(reason, where=f"{self._location}/{self._key(shard)}")


def _open_shard(location: str, key: str, chunks: int) -> tuple[File, Array]:
    """Open a shard and read its index: where each chunk starts, and its length."""
    file = open_file(location, key)
    length = 16 * chunks + _CRC.size
    if file.size < length:
        raise _DamageError("it is shorter than its index")
    index = _without_crc(file.read(file.size - length, length), length, "the index")
    return file, np.frombuffer(index, "<u8").reshape(-1, 2)


class _AnyArray:
    """See `RowArray`; this one leaves all to zarr-python."""

    def __init__(self, location: str, name: str, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._path = f"{location}/{name}"

    def rows(self, start: int, stop: int) -> Array:
        """See `RowArray.rows`."""
        try:
            return np.asarray(_open_with_zarr(os.getpid(), self._path)[start:stop])
        except Exception as error:  # Zarr's codecs and stores each raise their own.
            reason = " ".join(str(error).split())
            raise DatasetError(f"cannot be read: {reason}", where=self._path) from error


@functools.lru_cache(maxsize=64)
def _open_with_zarr(process: int, path: str) -> Any:
    """Open an array, once in each process, for zarr-python's objects do not survive a fork."""
    import zarr

    return zarr.open_array(path, mode="r")


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
