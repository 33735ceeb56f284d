"""Reads ranges of bytes of files in a folder, which may be local or behind a URL."""

from __future__ import annotations

import os
import stat
import weakref
from collections.abc import Callable
from typing import Protocol

from skelconv import Array, DatasetError
from skelconv.text import is_remote
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


class Folder(Protocol):
    """A folder of files, the same one to the end.

    Attributes
    ----------
    location : str
        Its path or URL, for messages.
    by_request : bool
        Whether each read is a request over a network, so that few large ones are better than many.
    """

    location: str
    by_request: bool

    def open(self, key: str) -> File:
        """Open a file.

        Parameters
        ----------
        key : str
            The file's path in the folder, with ``/``.

        Returns
        -------
        File
            The file.

        Raises
        ------
        OSError
            When it cannot be opened; FileNotFoundError when it is not there.
        DatasetError
            When another folder has taken the place of this one.
        """
        ...

    def accept(self, same: Callable[[Folder], bool]) -> None:
        """Say how to recognise a copy of this folder.

        Parameters
        ----------
        same : callable
            Whether what is in another folder is what is in this one.
        """
        ...


class LocalFile:
    """A file on this machine, which stays open: on network file systems, opening is slow.

    Parameters
    ----------
    descriptor : int
        The open file, which is closed with this object.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a file")
        self.size = status.st_size

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

    def read_into(self, start: int, memory: Array) -> int:
        """Read a range of bytes into memory.

        Parameters
        ----------
        start : int
            The first byte.
        memory : ndarray of uint8
            Where they go; its length is that of the range.

        Returns
        -------
        int
            The number of bytes that were read, which is smaller where the file ends.
        """
        return os.preadv(self._descriptor, [memory.data], start)


class LocalFolder:
    """A folder on this machine. It stays open, and so the same when a build replaces it.

    When that build has removed it, its files are taken from the new one, where that is a copy.

    Parameters
    ----------
    path : str
        The folder.

    Raises
    ------
    OSError
        When it cannot be opened.
    """

    by_request = False

    def __init__(self, path: str) -> None:
        self.location = path
        self._opened = _Opened(path)
        self._same: Callable[[Folder], bool] = _never

    def open(self, key: str) -> LocalFile:
        """See `Folder.open`.

        Parameters
        ----------
        key : str
            The file's path in the folder, with ``/``.

        Returns
        -------
        LocalFile
            The file.
        """
        try:
            return LocalFile(self._opened.descriptor_of(key))
        except FileNotFoundError:
            if not self._renew():
                raise
        return LocalFile(self._opened.descriptor_of(key))

    def accept(self, same: Callable[[Folder], bool]) -> None:
        """See `Folder.accept`.

        Parameters
        ----------
        same : callable
            Whether what is in another folder is what is in this one.
        """
        self._same = same

    def _renew(self) -> bool:
        """Take the folder that is now in this one's place; return whether there is another one."""
        try:
            other = LocalFolder(self.location)
        except OSError:
            return False
        if os.path.samestat(other._opened.status, self._opened.status):
            return False
        if not self._same(other):
            raise DatasetError(
                "the dataset was replaced by another one while it was read",
                where=self.location,
                hint="open it again",
            )
        self._opened = other._opened
        return True


class _Opened:
    """An open folder."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        weakref.finalize(self, os.close, self._descriptor)
        self.status = os.fstat(self._descriptor)

    def descriptor_of(self, key: str) -> int:
        # Opening a FIFO would otherwise wait for someone who writes to it.
        return os.open(key, os.O_RDONLY | os.O_NONBLOCK, dir_fd=self._descriptor)


def _never(folder: Folder) -> bool:
    return False


class RemoteFolder:
    """A folder behind a URL. No build replaces one that is complete, unless it is told to.

    Parameters
    ----------
    url : str
        The URL.
    """

    by_request = True

    def __init__(self, url: str) -> None:
        self.location = url

    def open(self, key: str) -> remote.RemoteFile:
        """See `Folder.open`.

        Parameters
        ----------
        key : str
            The file's path in the folder, with ``/``.

        Returns
        -------
        RemoteFile
            The file.
        """
        return remote.RemoteFile(f"{self.location}/{key}")

    def accept(self, same: Callable[[Folder], bool]) -> None:
        """See `Folder.accept`; a folder behind a URL has nothing to be recognised by.

        Parameters
        ----------
        same : callable
            Whether what is in another folder is what is in this one.
        """


def open_folder(location: str) -> Folder:
    """Open a folder.

    Parameters
    ----------
    location : str
        Its path or URL.

    Returns
    -------
    Folder
        The folder; one behind a URL may not be there.

    Raises
    ------
    OSError
        When it cannot be opened; FileNotFoundError or NotADirectoryError when it is not there.
    """
    return RemoteFolder(location) if is_remote(location) else LocalFolder(location)
