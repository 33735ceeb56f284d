"""The arrays of an archive that ``numpy.savez`` wrote."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from skelconv import DatasetError
from skelconv.files import Budget, open_regular, zip_content
from skelconv_arrays.stored_array import InFile, InMemory, Rows, read_header


def open_npz(path: str) -> Mapping[str, Rows]:
    """Open the arrays of an archive.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    mapping of str to Rows
        By name, in the order of the archive. What is not compressed, as ``numpy.savez`` writes it,
        stays in the file; what is compressed is read whole.

    Raises
    ------
    DatasetError
        When it cannot be read, is no such archive, or would take more memory than its size allows.
    """
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            size = file.seek(0, 2)
            budget = Budget(size)
            found: dict[str, Rows] = {}
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if name in found:
                    raise DatasetError(f"it holds {name!r} twice", where=path)
                if name != info.filename:
                    found[name] = _member(archive, info, path, size, budget)
            return found
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(f"it is not an archive of arrays: {error}", where=path) from error


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, size: int, budget: Budget
) -> Rows:
    where = f"{path}: {info.filename}"
    if info.compress_type != zipfile.ZIP_STORED:
        if not budget.take(info.file_size):
            raise DatasetError(
                budget.reason,
                where=where,
                hint="Write the archive again with numpy.savez, which does not compress.",
            )
        with archive.open(info) as member:
            shape, dtype = read_header(member, info.file_size, where)
            values = np.frombuffer(member.read(info.file_size), dtype).reshape(shape)
        return InMemory(values.astype(dtype.newbyteorder("="), copy=False))
    file = archive.fp
    assert file is not None  # noqa: S101 - it is open
    try:
        there = zip_content(file, info.header_offset) + info.file_size <= size
    except ValueError:
        there = False
    if info.flag_bits & 1 or not there:
        raise DatasetError("it is damaged or encrypted", where=where)
    shape, dtype = read_header(file, info.file_size, where)
    return InFile(path, file.tell(), shape, dtype)
