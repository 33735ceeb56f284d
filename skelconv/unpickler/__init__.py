"""Reads pickles without running what is in them.

A pickle is a program, and `pickle.load` runs it: whoever made the file decides what happens. The
interpreter here knows the part of that language that plain data and NumPy arrays need. A pickle
can *name* things, but nothing is looked up by that name: the few names that are known stand for
functions of `names`, and all others are refused.

Python's own unpickler can be given a list of admitted names, but that is not enough for files
from anywhere: it sets memory aside by numbers in the file (a memo index of 2**31 takes 16 GiB),
hands hostile states to NumPy's C code, and cannot say where in the file the fault is. It also
loads all the data, and these files are as large as memory. Here arrays stay in the file: what is
returned says where they are (`StoredArray`). So an annotation pickle opens in the time that its
structure takes, some 35 microseconds an annotation, with a memory that does not hold its data.

The memory in use is bounded by the size of the file: nothing is set aside by a number in it,
arrays cannot be larger than the bytes they have, and each opcode adds one object at most. What
comes back can be walked through safely: see `read_pickle`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from skelconv.errors import DatasetError
from skelconv.unpickler.checks import described
from skelconv.unpickler.instructions import MAX_DEPTH, OPCODES
from skelconv.unpickler.machine import Machine
from skelconv.unpickler.stored import Span, StoredArray

__all__ = ["Span", "StoredArray", "described", "read_pickle"]

_CONTAINERS = {dict, list, tuple, set, frozenset}
# What stands in several places is counted each time; some files share what is small.
_MOST_PER_BYTE = 4


def read_pickle(path: Path) -> Any:
    """Read a pickle of plain data and NumPy arrays.

    Parameters
    ----------
    path : Path
        A pickle of any protocol, written by Python 2 or 3 and any NumPy.

    Returns
    -------
    object
        Made of dict, list, tuple, set, str, int, float, bool and None; for arrays, `StoredArray`,
        and for bytes (and Python 2's longer strings) `Span` or bytes. No container is in itself,
        and all of it, walked through, is no larger than a few times the file.

    Raises
    ------
    DatasetError
        When the file cannot be read, is damaged, or holds anything else. The message names what
        it is and the byte at which it stands.
    """
    try:
        if not path.is_file():
            what = "it is no regular file" if path.exists() else "there is no such file"
            raise DatasetError(what, where=str(path))
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise DatasetError("the file is empty", where=str(path))
            value = Machine(file, size).run(OPCODES, str(path))
    except OSError as error:
        raise DatasetError(error.strerror or str(error), where=str(path)) from error
    _check_extent(value, _MOST_PER_BYTE * size, str(path))
    return value


def _check_extent(value: Any, most: int, where: str) -> None:
    """Refuse what is larger, walked through, than a file of its size can say.

    A list can stand in many places of another, that in many places of a third, and so on; or in
    itself.
    """
    waiting = [(value, 0)] if type(value) in _CONTAINERS else []
    while waiting:
        container, depth = waiting.pop()
        parts = container.values() if isinstance(container, dict) else container
        most -= len(parts)
        if most < 0 or depth > MAX_DEPTH:
            raise DatasetError(
                "its containers stand in each other so often, or so deep, that it is no dataset",
                where=where,
            )
        waiting += [(part, depth + 1) for part in parts if type(part) in _CONTAINERS]
