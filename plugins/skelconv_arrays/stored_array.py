"""One array of NumPy's format within a file, read row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import IO, Any, Protocol

import numpy as np

from skelconv import Array, ClipError, DatasetError
from skelconv.files import npy_header, open_regular


class Rows(Protocol):
    """An array whose first axis is the clips, in a file or in memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        ...

    def read(self, start: int, stop: int) -> Array:
        """Read rows.

        Parameters
        ----------
        start, stop : int
            The first row, and the one behind the last.

        Returns
        -------
        ndarray
            The rows; not more than there are.
        """
        ...


@dataclass(frozen=True, slots=True)
class InFile:
    """An array in a file, of which only the rows that are asked for are read.

    Reading is better than mapping here: where the file is cut off later, a process that reads gets
    an error, and one that has mapped it is killed.

    Attributes
    ----------
    path : str
        The file.
    offset : int
        Where the values begin.
    shape : tuple of int
        The lengths of the axes, in C order.
    dtype : dtype
        Of the values.
    """

    path: str
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, start: int, stop: int) -> Array:
        """Read rows.

        Parameters
        ----------
        start, stop : int
            As of `Rows`.

        Returns
        -------
        ndarray
            The rows.
        """
        stop = max(start, min(stop, self.shape[0]))
        row = math.prod(self.shape[1:]) * self.dtype.itemsize
        with open_regular(self.path, buffered=False) as file:
            file.seek(self.offset + start * row)
            content = _read_all(file, (stop - start) * row)
        values = np.frombuffer(content, self.dtype).reshape(stop - start, *self.shape[1:])
        return values.astype(self.dtype.newbyteorder("="), copy=False)


@dataclass(frozen=True, slots=True)
class InMemory:
    """An array in memory.

    Attributes
    ----------
    values : ndarray
        The array.
    """

    values: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self.values.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        return self.values.dtype

    def read(self, start: int, stop: int) -> Array:
        """Read rows.

        Parameters
        ----------
        start, stop : int
            As of `Rows`.

        Returns
        -------
        ndarray
            The rows.
        """
        return self.values[start:stop]


def read_header(file: IO[bytes], size: int, where: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read the header of an array of numbers or text.

    Parameters
    ----------
    file : binary file
        At the beginning of the array; at its first value afterwards.
    size : int
        How many bytes the array has in all, its header too.
    where : str
        What the array is called in messages.

    Returns
    -------
    (tuple of int, dtype)
        Its shape and type.

    Raises
    ------
    DatasetError
        When it is not an array of numbers or text in C order, or has not as many bytes as its
        shape needs.
    """
    try:
        shape, fortran, dtype = npy_header(file, size, "biufU")
    except ClipError as error:
        raise DatasetError(f"it {error.reason}", where=where) from error
    if fortran and len(shape) > 1:
        raise DatasetError(
            "it is in Fortran's order: a clip is not in one piece",
            where=where,
            hint="Write it again with numpy.save(path, numpy.ascontiguousarray(array)).",
        )
    return shape, dtype


def open_npy(path: str) -> InFile:
    """Open an array that ``numpy.save`` wrote.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    InFile
        The array.

    Raises
    ------
    DatasetError
        When it cannot be read, or as of `read_header`.
    """
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            shape, dtype = read_header(file, size, path)
            return InFile(path, file.tell(), shape, dtype)
    except (OSError, ValueError) as error:
        raise DatasetError(f"it cannot be read: {error}", where=path) from error


def _read_all(file: IO[bytes], size: int) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)
    while view:
        count = file.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise OSError("the file is shorter than it was when it was opened")
        view = view[count:]
    return content
