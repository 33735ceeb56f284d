"""Arrays in NumPy's format, of which neither header nor content is trusted."""

from __future__ import annotations

import io
import math
from typing import IO, Any, NamedTuple

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.errors import ClipError

_READ = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
# What every NumPy can have.
_MAX_AXES, _MAX_BYTES = 32, 2**62


class NpyHeader(NamedTuple):
    """What an npy file says of its array.

    Attributes
    ----------
    shape : tuple of int
        The lengths of its axes.
    fortran : bool
        Whether it is in Fortran's order.
    dtype : dtype
        Of its values.
    """

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]


def npy_header(file: IO[bytes], size: int, kinds: str) -> NpyHeader:
    """Read and check the header of an array.

    Parameters
    ----------
    file : binary file
        At the beginning of the array; at its first value afterwards.
    size : int
        How many bytes the array has in all, its header too.
    kinds : str
        The letters of the kinds of values that are wanted, as of `numpy.dtype.kind`. Those of
        objects, ``O``, are a pickle, of any length.

    Returns
    -------
    NpyHeader
        Of an array that NumPy can make.

    Raises
    ------
    ClipError
        When it is not such an array, or has not as many bytes as its shape needs.
    """
    start = file.tell()
    try:
        shape, fortran, dtype = _READ[np.lib.format.read_magic(file)](file)
    except Exception as error:  # NumPy parses the header as Python, which can fail in any way.
        raise ClipError("is not an npy file of NumPy's format 1 or 2") from error
    if dtype.kind not in kinds or not dtype.itemsize:
        raise ClipError(f"holds values of type {dtype}, which are not read")
    there = size - (file.tell() - start)
    claimed = math.prod(shape) * dtype.itemsize
    if not all(type(length) is int and length >= 0 for length in shape) or (
        claimed != there and not dtype.hasobject
    ):
        raise ClipError(f"has {there:,} bytes, not those of a shape of {_shown(shape)}")
    if len(shape) > _MAX_AXES or math.prod(n or 1 for n in shape) * dtype.itemsize > _MAX_BYTES:
        raise ClipError(f"has a shape that no array can have: {_shown(shape)}")
    return NpyHeader(shape, fortran, dtype)


def npy_array(content: bytes, kinds: str = "fiu") -> Array:
    """Read an array, with memory by the size of the file, not by what its header says.

    Parameters
    ----------
    content : bytes
        The file's content.
    kinds : str
        See `npy_header`; without objects.

    Returns
    -------
    ndarray
        The array, which is read-only.

    Raises
    ------
    ClipError
        As of `npy_header`.
    """
    file = io.BytesIO(content)
    shape, fortran, dtype = npy_header(file, len(content), kinds.replace("O", ""))
    values = np.frombuffer(content, dtype, math.prod(shape), file.tell())
    return values.reshape(shape, order="F" if fortran else "C")


def _shown(shape: tuple[int, ...]) -> str:
    some = ", ".join(str(length)[:20] for length in shape[:6])
    return f"({some}, ...)" if len(shape) > 6 else f"({some})"
