"""Arrays in npy files."""

from __future__ import annotations

import io

import numpy as np

from skelconv import Array, ClipError


def read_array(content: bytes) -> Array:
    """Read an array of numbers, with memory by the size of the file, not by what its header says.

    Parameters
    ----------
    content : bytes
        The file's content.

    Returns
    -------
    ndarray
        The array, of integers or floats of up to 8 bytes.

    Raises
    ------
    ClipError
        When it is not an npy file, is truncated, or holds Python objects.
    """
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read_header(file)
    except Exception as error:  # NumPy parses the header as Python, which can fail in any way.
        raise ClipError("is not an npy file of version 1 or 2") from error
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise ClipError(f"an array of type {dtype}, not of numbers")
    size = dtype.itemsize
    for length in shape:
        size *= length
    if min(shape, default=0) < 0 or size != len(content) - file.tell():
        raise ClipError(f"{len(content) - file.tell()} bytes, not an array of shape {shape}")
    if not size:
        raise ClipError(f"an empty array, of shape {shape}")
    array = np.frombuffer(content, dtype, offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")
