"""Raw files in a folder, flat or nested."""

from __future__ import annotations

import os
from collections.abc import Iterator

from skelconv import ClipError
from skelconv.files import Entry, open_regular, stamp, walk
from skelconv.text import reason_of, shown
from skelconv_ntu.roots import MAX_FILE_BYTES, too_large


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
        """See `skelconv_ntu.roots.Root.entries`."""
        for entry in walk(self.path):
            yield entry._replace(ref=entry.path)

    def read(self, ref: str) -> bytes:
        """See `Root.read`.

        Parameters
        ----------
        ref : str
            The file's path within the folder.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, or is too large.
        """
        try:
            with open_regular(os.path.join(self.path, ref), buffered=False) as file:
                status = os.fstat(file.fileno())
                if status.st_size > MAX_FILE_BYTES:
                    raise ClipError(too_large(status.st_size), path=self.locate(ref))
                return file.read()
        except OSError as error:
            raise ClipError(f"cannot be read: {reason_of(error)}", path=self.locate(ref)) from error

    def locate(self, ref: str) -> str:
        """See `Root.locate`.

        Parameters
        ----------
        ref : str
            The file's path within the folder.

        Returns
        -------
        str
            Its whole path, safe to print.
        """
        return shown(os.path.join(self.path, ref))

    def stamp(self, ref: str) -> tuple[int, int] | None:
        """See `Root.stamp`.

        Parameters
        ----------
        ref : str
            The file's path within the folder.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        return stamp([os.path.join(self.path, ref)])
