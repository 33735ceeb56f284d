"""Arrays in npy files."""

from __future__ import annotations

from skelconv import Array, ClipError
from skelconv.files import npy_array


def read_array(content: bytes) -> Array:
    """Read an array of numbers that is not empty.

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
    array = npy_array(content)
    if array.itemsize > 8:
        raise ClipError(f"holds values of type {array.dtype}, which are not read")
    if not array.size:
        raise ClipError(f"an empty array, of shape {array.shape}")
    return array
