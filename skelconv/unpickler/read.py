"""Reading a pickle: `read_pickle`."""

from __future__ import annotations

import os
from io import RawIOBase
from pathlib import Path
from typing import Any

from skelconv.data.errors import DatasetError
from skelconv.data.opening import open_regular
from skelconv.text.faults import reason_of
from skelconv.unpickler.arrays import LazyArray
from skelconv.unpickler.instructions import MAX_DEPTH, OPCODES
from skelconv.unpickler.machine import Machine

_CONTAINERS = {dict, list, tuple, set, frozenset, LazyArray}
# How other files begin that are called .pkl.
_OTHERS = {
    b"version https://git-lfs": "a pointer of Git LFS, not the file: run git lfs pull",
    b"<": "a page of the web, not a pickle: the download went wrong",
    b"PK\x03\x04": "a zip archive, as torch.save and numpy.savez write them, not a pickle",
    b"\x1f\x8b": "compressed by gzip: unpack it first",
    b"BZh": "compressed by bzip2: unpack it first",
    b"\xfd7zXZ": "compressed by xz: unpack it first",
    b"\x93NUMPY": "an array as numpy.save writes it, not a pickle",
    b"\x89HDF": "an HDF5 file, not a pickle",
}
# What is in several places is counted each time; some files share what is small.
_MAX_PER_BYTE = 4


def read_pickle(path: Path, file: RawIOBase | None = None) -> Any:
    """Read a pickle of plain data and NumPy arrays.

    Parameters
    ----------
    path : Path
        A pickle of any protocol, written by Python 2 or 3 and any NumPy.
    file : raw binary file, optional
        The file, open; it is closed then. `path` is only its name in messages.

    Returns
    -------
    object
        Made of dict, list, tuple, set, str, int, float, bool and None; for arrays, `LazyArray`;
        and for bytes (and Python 2's longer strings) `Span` or bytes. No container is in itself,
        and all of it, walked through, is no larger than a few times the file.

    Raises
    ------
    DatasetError
        When the file cannot be read, is damaged, or holds anything else. The message names it
        and the byte at which it is.
    """
    try:
        with open_regular(path, buffered=False) if file is None else file as raw:
            size = raw.seek(0, os.SEEK_END)
            if not size:
                raise DatasetError("the file is empty", where=str(path))
            raw.seek(0)
            _check_kind(raw.read(max(map(len, _OTHERS))) or b"", str(path))
            value = Machine(raw, size).run(OPCODES, str(path))
    except FileNotFoundError as error:
        raise DatasetError("there is no such file", where=str(path)) from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"it cannot be read: {reason_of(error)}", where=str(path)) from error
    _check_extent(value, _MAX_PER_BYTE * size, str(path))
    return value


def _check_kind(head: bytes, where: str) -> None:
    for beginning, kind in _OTHERS.items():
        if head.startswith(beginning):
            raise DatasetError(f"it is {kind}", where=where)


def _check_extent(value: Any, limit: int, where: str) -> None:
    """Refuse what is larger, walked through, than a file of its size can say.

    A list can be in many places of another, that in many places of a third, and so on; or in
    itself.
    """
    # One iterator a level: a list of all that waits could take as much memory as the containers.
    levels = [iter([value] if type(value) in _CONTAINERS else [])]
    while levels:
        container = next(levels[-1], None)
        if container is None:
            levels.pop()
            continue
        parts = _parts_of(container)
        limit -= len(parts)
        if limit < 0 or len(levels) > MAX_DEPTH + 1:
            raise DatasetError(
                "its containers are in each other so often, or so deep, that it is not a dataset",
                where=where,
            )
        inner = [part for part in parts if type(part) in _CONTAINERS]
        if inner:
            levels.append(iter(inner))


def _parts_of(container: Any) -> Any:
    if isinstance(container, LazyArray):
        return container.data if isinstance(container.data, list) else ()
    return container.values() if isinstance(container, dict) else container
