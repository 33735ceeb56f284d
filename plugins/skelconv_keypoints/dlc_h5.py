"""DeepLabCut's analysis of a video as HDF5: a table that pandas wrote (``format="table"``).

pandas keeps the columns' names as a pickle in the attribute ``values_block_0_kind`` of the array
``table``; it is read without being run.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from skelconv import Array, ClipError, DatasetError
from skelconv.files import Hdf5, as_text, open_hdf5
from skelconv.unpickler import read_pickle
from skelconv_keypoints.deeplabcut import Column, from_columns
from skelconv_keypoints.tracks import Tracks


class _InMemory(io.RawIOBase):
    """Bytes as a file."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._content.seek(offset, whence)


def read_h5(path: str, max_bytes: int) -> Tracks:
    """Read an HDF5 file.

    Parameters
    ----------
    path : str
        The file.
    max_bytes : int
        The largest size that is believed.

    Returns
    -------
    Tracks
        As `skelconv_keypoints.deeplabcut.read_csv`.

    Raises
    ------
    ClipError
        When it is not such a file.
    """
    with open_hdf5(path, max_bytes) as file:
        found = [name for name in file.file if file.find(f"{name}/table") is not None]
        if len(found) != 1:
            there = ", ".join(list(file.file)[:8]) or "nothing"
            raise ClipError(
                f"it holds {there:.100}, not one table that pandas wrote as DeepLabCut does "
                "(format='table')"
            )
        name = f"{found[0]}/table"
        table = file.array(name)
        names = table.dtype.names or ()
        blocks = [one for one in names if one.startswith("values_block_")]
        if not blocks or "index" not in names or table.ndim != 1:
            raise ClipError(f"{name} is not a table that pandas wrote")
        columns: list[Column] = []
        for block in blocks:
            columns += _columns(file, name, block, path)
        values = np.concatenate([table[block].reshape(len(table), -1) for block in blocks], 1)
        if values.shape[1] != len(columns) or values.dtype.kind not in "fiu":
            raise ClipError(f"{len(columns)} names of columns, and {values.shape[1]} columns")
        return from_columns(columns, _frames(table["index"]), values, file.budget)


def _frames(index: Array) -> Array:
    if index.dtype.kind not in "iu" or index.ndim != 1:
        raise ClipError(
            "its rows are not numbered: rows of images are what DeepLabCut was taught, not its "
            "analysis of a video"
        )
    if len(index) and (index.min() < 0 or index.max() >= 10**9):
        raise ClipError("a frame's number is negative, or has more than 9 digits")
    return index.astype(np.int64)


def _columns(file: Hdf5, name: str, block: str, path: str) -> list[Column]:
    """Return the columns of a block, from a list of (scorer, individual, body part, coord)."""
    key = f"{block}_kind"
    attributes = file.find(name).attrs
    content = attributes.get(key, b"")
    if not isinstance(content, bytes) or not content:
        raise ClipError(f"{name} does not name its columns")
    try:
        named = read_pickle(Path(path), _InMemory(content))
    except DatasetError as error:
        raise ClipError(f"the names of its columns: {error.what}") from error
    columns = []
    for one in named if isinstance(named, list) else []:
        if not isinstance(one, tuple) or len(one) not in (3, 4):
            break
        *_, individual, part, coord = ("", *one) if len(one) == 3 else one
        columns.append((individual if len(one) == 4 else "", part, coord))
    else:
        if columns:
            return [tuple(as_text(text, "a column's name") for text in c) for c in columns]  # type: ignore[misc]
    raise ClipError("its columns are not named by scorer, individual, body part and coordinate")
