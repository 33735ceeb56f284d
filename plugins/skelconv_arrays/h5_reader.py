"""The reader `sgn-h5`: x, y, valid_x, valid_y, test_x and test_y in one HDF5 file.

``data/ntu/seq_transformation.py`` of SGN (microsoft/SGN) writes it: ``x`` is (N, T, M * V * C) in
float32 as CTR-GCN's, ``y`` (N, classes) with a one in the column of the label.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import h5py
import numpy as np

from skelconv import Array, DatasetError
from skelconv.files import Budget
from skelconv_arrays.labels import labels_in
from skelconv_arrays.stacks import Stack, StackReader, named, shape_of

# The names of the parts, and of their arrays.
ARRAYS: Final = {
    "train": ("x", "y"),
    "valid": ("valid_x", "valid_y"),
    "test": ("test_x", "test_y"),
}


@dataclass(frozen=True, slots=True)
class InH5:
    """An array in an HDF5 file, of which only the rows that are asked for are read.

    Attributes
    ----------
    path : str
        The file.
    name : str
        The array's.
    shape : tuple of int
        The lengths of its axes.
    dtype : dtype
        Of the values.
    """

    path: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, start: int, stop: int) -> Array:
        """Read rows.

        Parameters
        ----------
        start, stop : int
            As of `skelconv_arrays.stored_array.Rows`.

        Returns
        -------
        ndarray
            The rows.
        """
        # Opened each time: an open file cannot go to another process.
        with h5py.File(self.path, "r") as file:
            values: Array = file[self.name][start:stop]
        return values


def open_dataset(
    path: str, *, layout: str | None = None, channels: str | None = None, persons: int | None = None
) -> StackReader:
    """Open a file.

    Parameters
    ----------
    path : str
        The file.
    layout, channels, persons : optional
        See `skelconv_arrays.stacks.shape_of`.

    Returns
    -------
    StackReader
        The dataset, with the parts train, valid and test that are there.

    Raises
    ------
    DatasetError
        When it is not a file of this form.
    """
    try:
        with h5py.File(path, "r") as file:
            arrays = {
                name: InH5(path, name, value.shape, value.dtype)
                for name, value in _own(file)
                if value.dtype.kind in "biuf"
            }
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise DatasetError(
            f"it is not an HDF5 file that can be read: {error}", where=path
        ) from error
    _check_sizes(arrays, path)
    for pair in ARRAYS.values():
        halves = [name for name in pair if name in arrays]
        if len(halves) == 1:
            reason = f"it holds {halves[0]}, not {' and '.join(pair)} with numbers of its own"
            raise DatasetError(reason, where=path)
    there = {part: names for part, names in ARRAYS.items() if all(name in arrays for name in names)}
    if not there:
        names = ", ".join(arrays) or "nothing"
        raise DatasetError(f"it holds {names}, not x, y, test_x and test_y", where=path)
    stacks, shapes = [], set()
    for part, (x, y) in there.items():
        rows, where = arrays[x], f"{path}: {x}"
        shapes.add(shape_of(rows, where, layout=layout, channels=channels, persons=persons))
        labels = labels_in(arrays[y], f"{path}: {y}")
        if len(labels) != rows.shape[0]:
            raise DatasetError(f"{x} has {rows.shape[0]} clips, and {y} {len(labels)}", where=path)
        stacks.append(Stack(part, rows, labels, named(part, len(labels))))
    if len(shapes) > 1:
        raise DatasetError("its parts have different joints, persons or channels", where=path)
    return StackReader(stacks, shapes.pop())


def _own(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield the arrays whose values are in the file itself: links may name any other file."""
    for name in file:
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            continue
        value = file[name]
        if isinstance(value, h5py.Dataset) and not (value.external or value.is_virtual):
            yield name, value


def _check_sizes(arrays: Mapping[str, InH5], path: str) -> None:
    """Refuse labels, and clips, that would take much more memory than the file has bytes.

    An array can be of any shape without a byte of it being stored.
    """
    size = os.path.getsize(path)
    for name, array in arrays.items():
        if not array.shape:
            continue
        # Labels are read whole, and of coordinates a clip; ids are made for all.
        lengths = array.shape if name.endswith("y") else array.shape[1:]
        budget = Budget(size)
        if not budget.take(math.prod(lengths) * array.dtype.itemsize + 64 * array.shape[0]):
            raise DatasetError(budget.reason, where=f"{path}: {name}")
