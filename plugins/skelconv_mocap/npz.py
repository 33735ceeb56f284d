"""Some arrays of an archive that ``numpy.savez`` wrote."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Collection

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget, read

_READ = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_arrays(path: str, names: Collection[str], max_bytes: int) -> dict[str, Array]:
    """Read arrays of numbers or text.

    Parameters
    ----------
    path : str
        The archive.
    names : collection of str
        The arrays.
    max_bytes : int
        The largest archive that is read.

    Returns
    -------
    dict of str to ndarray
        Those of them that are there. Arrays of Python objects are an error: they are pickles.

    Raises
    ------
    ClipError
        When it is no such archive, or would take more memory than its size allows.
    """
    content = read(path, max_bytes, "max_file_mb")
    budget = Budget(len(content))
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if name == info.filename or name not in names:
                    continue
                if not budget.take(info.file_size):
                    raise ClipError(f"{name}: {budget.reason}")
                with archive.open(info) as member:
                    arrays[name] = _array(member.read(info.file_size), name)
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ClipError(f"is not an archive of arrays (npz): {error}") from error
    return arrays


def _array(content: bytes, name: str) -> Array:
    file = io.BytesIO(content)
    try:
        shape, fortran, dtype = _READ[np.lib.format.read_magic(file)](file)
    except Exception as error:  # NumPy parses the header as Python, which can fail in any way.
        raise ClipError(f"{name} is not an array of NumPy's format 1 or 2") from error
    if dtype.kind not in "biufUS" or dtype.itemsize < 1:
        raise ClipError(f"{name} holds values of type {dtype}, not numbers")
    there = len(content) - file.tell()
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != there:
        raise ClipError(f"{name} has {there:,} bytes, not those of a shape of {shape}")
    values = np.frombuffer(content, dtype, offset=file.tell())
    return values.reshape(shape, order="F" if fortran else "C")
