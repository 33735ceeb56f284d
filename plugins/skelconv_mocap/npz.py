"""Some arrays of an archive that ``numpy.savez`` wrote."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection

from skelconv import Array, ClipError
from skelconv.files import Budget, npy_array, read


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
                    content = member.read(info.file_size)
                try:
                    arrays[name] = npy_array(content, "biufUS")
                except ClipError as error:
                    raise ClipError(f"{name} {error.reason}") from error
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ClipError(f"is not an archive of arrays (npz): {error}") from error
    return arrays
