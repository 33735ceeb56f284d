"""Finding and reading files below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from skelconv.errors import BuildError, ClipError


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
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""


def walk(root: str) -> Iterator[Entry]:
    """Yield all files below a folder, in an order that is the same in every run.

    Links are followed, and no folder is entered twice.

    Raises
    ------
    BuildError
        When a folder cannot be listed: its files would be lost in silence.
    """
    entered: set[tuple[int, int]] = set()
    pending = [""]
    while pending:
        inside = pending.pop()
        folders = []
        for found in _list(os.path.join(root, inside), entered):
            path = inside + found.name
            try:
                status = found.stat()
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


def _list(path: str, entered: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    try:
        status = os.stat(path)
        identity = (status.st_dev, status.st_ino)
        if identity in entered:
            return []
        entered.add(identity)
        with os.scandir(path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (OSError, ValueError) as error:
        raise BuildError(
            f"the folder cannot be listed: {reason_of(error)}",
            where=shown(path),
            hint="set 'root' to the folder that holds the files",
        ) from error


def read(path: str, most: int) -> bytes:
    """Read a file.

    Raises
    ------
    ClipError
        When it cannot be read, or holds more than `most` bytes.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise ClipError(f"cannot be read: {reason_of(error)}", path=shown(path)) from error
    if len(content) > most:
        reason = f"holds more than {most / 2**20:g} MB, and is not read (option max_file_mb)"
        raise ClipError(reason, path=shown(path))
    return content


def reason_of(error: Exception) -> str:
    """Return an error's words without its number and path."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or type(error).__name__).lower()


def shown(path: str) -> str:
    """Return a path that can be printed and encoded, whatever bytes its maker chose."""
    if path.isprintable():
        return path
    return path.encode("unicode_escape").decode("ascii")
