"""Reading a pickle: `read_pickle`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from skelconv.data.errors import DatasetError
from skelconv.unpickler.instructions import MAX_DEPTH, OPCODES
from skelconv.unpickler.machine import Machine

_CONTAINERS = {dict, list, tuple, set, frozenset}
# What is in several places is counted each time; some files share what is small.
_MAX_PER_BYTE = 4


def read_pickle(path: Path) -> Any:
    """Read a pickle of plain data and NumPy arrays.

    Parameters
    ----------
    path : Path
        A pickle of any protocol, written by Python 2 or 3 and any NumPy.

    Returns
    -------
    object
        Made of dict, list, tuple, set, str, int, float, bool and None; for arrays, `LazyArray`,
        and for bytes (and Python 2's longer strings) `Span` or bytes. No container is in itself,
        and all of it, walked through, is no larger than a few times the file.

    Raises
    ------
    DatasetError
        When the file cannot be read, is damaged, or holds anything else. The message names it
        and the byte at which it is.
    """
    try:
        if not path.is_file():
            what = "it is not a regular file" if path.exists() else "there is no such file"
            raise DatasetError(what, where=str(path))
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise DatasetError("the file is empty", where=str(path))
            value = Machine(file, size).run(OPCODES, str(path))
    except OSError as error:
        raise DatasetError(error.strerror or str(error), where=str(path)) from error
    _check_extent(value, _MAX_PER_BYTE * size, str(path))
    return value


def _check_extent(value: Any, limit: int, where: str) -> None:
    """Refuse what is larger, walked through, than a file of its size can say.

    A list can be in many places of another, that in many places of a third, and so on; or in
    itself.
    """
    waiting = [(value, 0)] if type(value) in _CONTAINERS else []
    while waiting:
        container, depth = waiting.pop()
        parts = container.values() if isinstance(container, dict) else container
        limit -= len(parts)
        if limit < 0 or depth > MAX_DEPTH:
            raise DatasetError(
                "its containers are in each other so often, or so deep, that it is not a dataset",
                where=where,
            )
        waiting += [(part, depth + 1) for part in parts if type(part) in _CONTAINERS]
