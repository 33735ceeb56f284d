"""Opening a file that someone else has put there: `open_regular`."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader, FileIO
from typing import Literal, overload

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


@overload
def open_regular(
    path: str | os.PathLike[str], *, buffered: Literal[True] = True
) -> BufferedReader: ...


@overload
def open_regular(path: str | os.PathLike[str], *, buffered: Literal[False]) -> FileIO: ...


def open_regular(path: str | os.PathLike[str], *, buffered: bool = True) -> BufferedReader | FileIO:
    """Open a regular file for reading; anything else is an error, and never waited for.

    `open` waits at a named pipe until somebody writes to it, and reads of a device may never end.

    Parameters
    ----------
    path : path
        The file, or a link to it.
    buffered : bool
        Whether to read ahead.

    Returns
    -------
    binary file
        Open for reading.

    Raises
    ------
    OSError
        When it cannot be opened, or is a folder, a pipe, a socket or a device.
    ValueError
        When no file can have this path.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", os.fspath(path))
        file = FileIO(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
    return BufferedReader(file) if buffered else file
