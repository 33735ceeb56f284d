"""Raw files in a folder, flat or nested."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from skelconv import BuildError, ClipError
from skelconv_ntu.roots import MAX_FILE_BYTES, Entry, reason_of, shown, too_large


class Folder:
    """A folder of raw files.

    Parameters
    ----------
    path : str
        The folder.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def entries(self) -> Iterator[Entry]:
        """See `Root.entries`. Links are followed, and no folder is entered twice."""
        entered: set[tuple[int, int]] = set()
        pending = [""]
        while pending:
            inside = pending.pop()
            folders = []
            for name in self._list(inside, entered):
                path = inside + name
                try:
                    status = os.stat(os.path.join(self.path, path))
                except OSError as error:
                    yield Entry(path, path, fault=f"cannot be read: {reason_of(error)}")
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield Entry(path, path, status.st_size, status.st_mtime_ns)
                elif stat.S_ISDIR(status.st_mode):
                    folders.append(f"{path}/")
                else:
                    yield Entry(path, path, fault="is not a regular file")
            pending += reversed(folders)

    def _list(self, inside: str, entered: set[tuple[int, int]]) -> list[str]:
        path = os.path.join(self.path, inside)
        try:
            status = os.stat(path)
            identity = (status.st_dev, status.st_ino)
            if identity in entered:
                return []
            entered.add(identity)
            # Names alone: a hundred thousand entries of `os.scandir` would take thrice the memory.
            return sorted(os.listdir(path))
        except OSError as error:
            raise BuildError(
                f"the folder cannot be listed: {reason_of(error)}", where=shown(path)
            ) from error

    def read(self, ref: str) -> bytes:
        """See `Root.read`."""
        try:
            with open(os.path.join(self.path, ref), "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if status.st_size > MAX_FILE_BYTES:
                    raise ClipError(too_large(status.st_size), path=self.locate(ref))
                return file.read()
        except OSError as error:
            raise ClipError(f"cannot be read: {reason_of(error)}", path=self.locate(ref)) from error

    def locate(self, ref: str) -> str:
        """See `Root.locate`."""
        return shown(os.path.join(self.path, ref))
