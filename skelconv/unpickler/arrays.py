"""What stays in the file: arrays, and the bytes that they are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


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
    fortran : bool
        Whether it is in Fortran's order.
    data : bytes or Span
        Its data, or where they are.
    """

    dtype: str = "|i1"
    shape: tuple[int, ...] = (0,)
    fortran: bool = False
    data: bytes | Span = b""

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
            When the file does not hold its data any more, or never did.
        """
        dtype = np.dtype(self.dtype)
        size = math.prod(self.shape) * dtype.itemsize
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
        array = flat.view(dtype).reshape(self.shape, order="F" if self.fortran else "C")
        return np.asarray(array, dtype.newbyteorder("="), order="C")


def _as_bytes(data: bytes | Span, file: BufferedReader) -> bytes:
    if isinstance(data, bytes):
        return data
    file.seek(data.offset)
    return file.read(data.length).decode("utf-8").encode("latin-1")
