"""What stays in the file: arrays, and the bytes that they are made of."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skelconv.data.budget import Budget

# What arrays, lists and dicts take beyond their content, and a place in a list or dict, in bytes.
_ARRAY, _CONTAINER, _PLACE = 160, 112, 144


class Span(NamedTuple):
    """Bytes that are still in the file.

    Attributes
    ----------
    offset, length : int
        Where.
    text : bool
        Whether they are there as text: each byte as the character of its number (Latin-1), in
        UTF-8. So Python 3 writes bytes in the protocols of Python 2.
    """

    offset: int
    length: int
    text: bool = False


@dataclass(slots=True)
class LazyArray:
    """An array that is still in the file; until it has its state, one of no elements.

    Attributes
    ----------
    dtype : str
        As NumPy writes it: ``<f4``.
    shape : tuple of int
        Its shape.
    axes : tuple of int
        The place of each of its axes in the data, of which the first axis varies most slowly:
        (0, 1, 2) in C's order, (2, 1, 0) in Fortran's.
    data : bytes or Span or list
        Its data, or where they are. An array of objects, such as text of any length, has a list
        of them instead, in C's order, and no ``axes``.
    """

    dtype: str = "|i1"
    shape: tuple[int, ...] = (0,)
    axes: tuple[int, ...] = (0,)
    data: bytes | Span | list[Any] = b""

    @property
    def size(self) -> int:
        """Its bytes in memory."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    def load(self, file: BufferedReader) -> npt.NDArray[Any]:
        """Load the array from the file that it is in.

        Parameters
        ----------
        file : binary file
            Open for reading.

        Returns
        -------
        ndarray
            In C order and in the machine's byte order, and the caller's own.

        Raises
        ------
        ValueError
            When the file does not hold its data any more, or it is an array of objects.
        """
        if isinstance(self.data, list):
            raise ValueError("an array of objects cannot be loaded as one of numbers or text")
        dtype = np.dtype(self.dtype)
        size = self.size
        flat = np.empty(size, np.uint8)
        if isinstance(self.data, Span) and not self.data.text:
            file.seek(self.data.offset)
            if file.readinto(flat.data) != size:
                raise ValueError("the file ends in the middle of an array")
        else:
            data = _as_bytes(self.data, file)
            if len(data) != size:
                raise ValueError(f"an array of {size} bytes has {len(data)}")
            flat[:] = np.frombuffer(data, np.uint8)
        if not is_text(flat, dtype):
            raise ValueError("an array of text has a character that does not exist")
        lengths = [length for _, length in sorted(zip(self.axes, self.shape, strict=True))]
        array = flat.view(dtype).reshape(lengths).transpose(self.axes)
        return np.asarray(array, dtype.newbyteorder("="), order="C")


def is_text(data: bytes | npt.NDArray[np.uint8], dtype: npt.DTypeLike) -> bool:
    """Return whether data hold no character that does not exist, where they are of a text dtype.

    NumPy makes strings of those that no program can print, compare or write.

    Parameters
    ----------
    data : bytes or ndarray of uint8
        The data of an array.
    dtype : dtype
        Its dtype.

    Returns
    -------
    bool
        True for other dtypes.
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "U":
        return True
    numbers = np.frombuffer(data, np.dtype(np.uint32).newbyteorder(dtype.byteorder))
    return bool(numbers.max(initial=0) <= sys.maxunicode)


def load_all(value: Any, file: BufferedReader) -> Any:
    """Load all arrays in what a pickle holds at once.

    Where they are read one after the other, `LazyArray.load` needs no more memory than the largest.

    Parameters
    ----------
    value : object
        What `read_pickle` returned, or a part of it.
    file : binary file
        The pickle, open for reading.

    Returns
    -------
    object
        The same with arrays in place of each `LazyArray` (lists, for arrays of objects), and lists
        in place of tuples.

    Raises
    ------
    ValueError
        When the file does not hold the data of an array, or refers to arrays so often that they
        take much more memory than itself.
    """
    budget = Budget(os.fstat(file.fileno()).st_size)

    def _load(value: Any) -> Any:
        amount = 0
        if isinstance(value, LazyArray) and isinstance(value.data, list):
            value = value.data
        if isinstance(value, LazyArray):
            amount = _ARRAY + value.size
        elif isinstance(value, dict | list | tuple):
            amount = _CONTAINER + _PLACE * len(value)
        if not budget.take(amount):
            raise ValueError(budget.reason)
        if isinstance(value, LazyArray):
            return value.load(file)
        if isinstance(value, dict):
            return {key: _load(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [_load(part) for part in value]
        return value

    return _load(value)


def _as_bytes(data: bytes | Span, file: BufferedReader) -> bytes:
    if isinstance(data, bytes):
        return data
    file.seek(data.offset)
    return file.read(data.length).decode("utf-8").encode("latin-1")
