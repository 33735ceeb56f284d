"""Reads ranges of bytes of files in a folder, which may be local or behind a URL."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

from skelconv_zarr import remote


class File(Protocol):
    """A file to read ranges of, from any thread and after a fork.

    Attributes
    ----------
    size : int
        Bytes.
    """

    size: int

    def read(self, start: int, length: int) -> bytes:
        """Read a range of bytes.

        Parameters
        ----------
        start, length : int
            The range, in bytes.

        Returns
        -------
        bytes
            Fewer where the file ends.

        Raises
        ------
        OSError
            When it cannot be read.
        """
        ...


class LocalFile:
    """A file on this machine, which stays open: on network file systems, opening is slow.

    Parameters
    ----------
    path : str
        The file.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size

    def read(self, start: int, length: int) -> bytes:
        """See `File.read`.

        Parameters
        ----------
        start, length : int
            The range, in bytes.

        Returns
        -------
        bytes
            Fewer where the file ends.
        """
        return os.pread(self._descriptor, length, start)


def open_file(location: str, key: str) -> File:
    """Open a file below a folder or URL.

    Parameters
    ----------
    location : str
        The folder or URL.
    key : str
        The file's path in it, with ``/``.

    Returns
    -------
    File
        The file.

    Raises
    ------
    OSError
        When it cannot be opened; FileNotFoundError when it is not there.
    """
    if remote.is_url(location):
        return remote.RemoteFile(f"{location}/{key}")
    return LocalFile(os.path.join(location, key))
