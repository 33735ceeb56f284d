"""Finding files below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from skelconv.data.errors import BuildError
from skelconv.text.escaping import shown
from skelconv.text.faults import reason_of


class Entry(NamedTuple):
    """A file in a folder.

    Attributes
    ----------
    path : str
        Its path within the folder, with ``/``.
    size, mtime_ns : int
        Bytes, and time of the last change.
    fault : str
        Why it cannot be read, where that is known already.
    ref : Any
        What finds it again, where its path does not: small plain data.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""
    ref: Any = None


def stamp(paths: Iterable[str]) -> tuple[int, int]:
    """Return by what it is seen that files have changed.

    Parameters
    ----------
    paths : iterable of str
        The files.

    Returns
    -------
    (int, int)
        Their bytes together, and the time of the last change of any, in nanoseconds.

    Raises
    ------
    OSError
        When one of them cannot be looked at.
    """
    size = mtime_ns = 0
    for path in paths:
        status = os.stat(path)
        size += status.st_size
        mtime_ns = max(mtime_ns, status.st_mtime_ns)
    return size, mtime_ns


def walk(root: str) -> Iterator[Entry]:
    """Find all files below a folder, in an order that is the same in every run.

    Links are followed, and no folder is entered twice.

    Parameters
    ----------
    root : str
        The folder.

    Yields
    ------
    Entry
        A file, or a link that leads nowhere.

    Raises
    ------
    BuildError
        When a folder cannot be listed: its files would be lost without notice.
    """
    entered: set[tuple[int, int]] = set()
    pending = [""]
    while pending:
        inside = pending.pop()
        folders = []
        folder = os.path.join(root, inside)  # it ends with a separator
        for name in _list(folder, entered):
            path = inside + name
            try:
                status = os.stat(folder + name)
            except OSError as error:
                yield Entry(path, fault=f"cannot be read: {reason_of(error)}")
                continue
            if stat.S_ISREG(status.st_mode):
                yield Entry(path, status.st_size, status.st_mtime_ns)
            elif stat.S_ISDIR(status.st_mode):
                folders.append(f"{path}/")
            else:
                yield Entry(path, fault="is not a regular file")
        pending += reversed(folders)


def _list(path: str, entered: set[tuple[int, int]]) -> list[str]:
    try:
        status = os.stat(path)
        identity = (status.st_dev, status.st_ino)
        if identity in entered:
            return []
        entered.add(identity)
        # Only names: a hundred thousand entries of `os.scandir` would take three times the memory.
        return sorted(os.listdir(path))
    except (OSError, ValueError) as error:
        raise BuildError(
            f"the folder cannot be listed: {reason_of(error)}",
            where=shown(path),
            hint="name the folder that holds the files",
        ) from error
