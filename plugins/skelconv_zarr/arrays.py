"""Writes arrays through zarr-python: in whole shards, with the same bytes for the same data."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec, Crc32cCodec

from skelconv import Array, DatasetError
from skelconv_zarr import schema

# The user's own configuration of Zarr must not change these. Batches of a whole shard halve the
# time to write.
_CONFIG = {
    "codec_pipeline.path": "zarr.core.codec_pipeline.BatchedCodecPipeline",
    "codec_pipeline.batch_size": schema.CHUNKS_PER_SHARD,
    "json_indent": 2,
}


def codecs(name: str, level: int) -> Sequence[Any]:
    """Return the codecs of a chunk's bytes.

    What is not compressed can be read by the row, and is the default. Else, bytes are first
    shuffled by their place in the number: in a float, sign and exponent repeat from joint to joint
    and the rest is noise. Measured on chunks of 512 rows of real Kinect joints (in brackets:
    generated ones): the share of the raw size, and microseconds to decode a chunk.

    ==================  ====================  ====================  ===============
    codec, level        float16               float32               encode, float16
    ==================  ====================  ====================  ===============
    lz4 5, shuffle      0.70 (0.86)    19 us  0.79 (0.81)    28 us  740 MB/s
    zstd 5, shuffle     0.61 (0.79)    54 us  0.79 (0.82)    44 us   72 MB/s
    zstd 7, shuffle     0.59 (0.66)    76 us  0.72 (0.77)   182 us   17 MB/s
    zstd 5, bitshuffle  0.80 (0.86)   129 us  0.83 (0.84)   138 us  128 MB/s
    zstd 5, plain       0.83 (0.90)   163 us  0.92 (0.93)   212 us   52 MB/s
    ==================  ====================  ====================  ===============

    The CRC-32C costs 4 us a chunk.

    Parameters
    ----------
    name : {"lz4", "zstd", "none"}
        The compression.
    level : int
        Its effort, from 1 to 9.

    Returns
    -------
    sequence
        Of zarr-python's codecs.
    """
    if name == "none":
        return [Crc32cCodec()]
    shuffled: Any = {"cname": name, "clevel": level, "shuffle": "shuffle"}
    return [BloscCodec(**shuffled), Crc32cCodec()]


class ArrayFolder:
    """A folder that becomes a Zarr group.

    Parameters
    ----------
    path : Path
        A folder that is not there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._groups = {Path()}

    def put(self, name: str, values: Array) -> None:
        """Write a whole array, compressed: it is one that is read as a whole.

        Parameters
        ----------
        name : str
            Its path in the group.
        values : ndarray
            Its values.
        """
        rows = self.rows(name, values.dtype, values.shape[1:], codecs("lz4", 5))
        rows.append(values)
        rows.close()

    def rows(
        self,
        name: str,
        dtype: np.dtype[Any],
        trailing: tuple[int, ...],
        chunk_codecs: Sequence[Any],
    ) -> Rows:
        """Return a new array that grows along its first axis.

        Parameters
        ----------
        name : str
            Its path in the group.
        dtype : dtype
            Of its values; object for text.
        trailing : tuple of int
            The shape of a row.
        chunk_codecs : sequence
            See `codecs`.

        Returns
        -------
        Rows
            The array, without a row.
        """
        return Rows(self, name, dtype, trailing, chunk_codecs)

    def close(self, attributes: Mapping[str, Any]) -> None:
        """Write the groups, the consolidated metadata, and at the end the root's attributes.

        Parameters
        ----------
        attributes : mapping
            JSON values.

        Raises
        ------
        DatasetError
            When there are so many arrays and names that the metadata would be too large to read.
        """
        with warnings.catch_warnings(), zarr.config.set(_CONFIG):
            for group in sorted(self._groups):
                zarr.create_group(str(self._path / group), zarr_format=3)
            # It is not in the specification yet; readers that do not know it ignore it.
            warnings.filterwarnings("ignore", message="Consolidated metadata")
            root = zarr.consolidate_metadata(str(self._path), zarr_format=3)
            root.attrs.put(dict(attributes))
        if (self._path / "zarr.json").stat().st_size > schema.MAX_METADATA_BYTES:
            raise DatasetError(
                "the metadata is larger than "
                f"{schema.MAX_METADATA_BYTES // 2**20} MB: there are too many splits or names",
                where=str(self._path),
            )

    def create(self, name: str, rows: Array, shard_rows: int, chunk_codecs: Sequence[Any]) -> Any:
        """Make an array without rows.

        Parameters
        ----------
        name : str
            Its path in the group.
        rows : ndarray
            The first rows that will be written.
        shard_rows : int
            Rows in a shard.
        chunk_codecs : sequence
            See `codecs`.

        Returns
        -------
        zarr.Array
            The array.
        """
        self._groups.update(Path(name).parents)
        trailing = rows.shape[1:]
        chunk_rows = schema.chunk_rows(_row_bytes(rows.dtype, trailing))
        if len(rows) < shard_rows:
            # A small array does not need empty chunks to fill a shard.
            shard_rows = chunk_rows * max(1, -(-len(rows) // chunk_rows))
        text = rows.dtype == object
        with zarr.config.set(_CONFIG):
            return zarr.create_array(
                str(self._path / name),
                shape=(0, *trailing),
                dtype=str if text else rows.dtype,
                chunks=(chunk_rows, *trailing),
                shards=(shard_rows, *trailing),
                compressors=chunk_codecs,
                fill_value="" if text else 0,
                zarr_format=3,
                config={"write_empty_chunks": True},
            )


class Rows:
    """An array that grows by rows; one shard of it is in memory.

    Parameters
    ----------
    folder : ArrayFolder
        The group.
    name : str
        The array's path in it.
    dtype : dtype
        Of its values.
    trailing : tuple of int
        The shape of a row.
    chunk_codecs : sequence
        See `codecs`.
    """

    def __init__(
        self,
        folder: ArrayFolder,
        name: str,
        dtype: np.dtype[Any],
        trailing: tuple[int, ...],
        chunk_codecs: Sequence[Any],
    ) -> None:
        self._folder = folder
        self._name = name
        self._codecs = chunk_codecs
        shard_rows = schema.chunk_rows(_row_bytes(dtype, trailing)) * schema.CHUNKS_PER_SHARD
        self._shard: Array = np.empty((shard_rows, *trailing), dtype)
        self._filled = 0
        self._array: Any = None

    def append(self, values: Array) -> None:
        """Add rows.

        Parameters
        ----------
        values : ndarray of shape (rows, ...)
            The rows.
        """
        while len(values):
            free = len(self._shard) - self._filled
            part, values = values[:free], values[free:]
            self._shard[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            if self._filled == len(self._shard):
                self._flush()

    def close(self) -> None:
        """Write the last rows."""
        if self._filled or self._array is None:
            self._flush()

    def _flush(self) -> None:
        rows = self._shard[: self._filled]
        if self._array is None:
            self._array = self._folder.create(self._name, rows, len(self._shard), self._codecs)
        if len(rows):
            with zarr.config.set(_CONFIG):
                self._array.append(rows)
        self._filled = 0


def _row_bytes(dtype: np.dtype[Any], trailing: tuple[int, ...]) -> int:
    return int(dtype.itemsize * np.prod(trailing, dtype=np.int64))
