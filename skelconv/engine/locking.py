"""The lock of the folder in which a build works: one process at a time builds one output."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from skelconv.data.errors import BuildError


def is_locked(path: Path) -> bool:
    """Return whether a process holds a lock.

    Parameters
    ----------
    path : Path
        The file of the lock.

    Returns
    -------
    bool
        False also where there is no such file.
    """
    try:
        file = os.open(path, os.O_RDONLY)  # it may be another user's
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def lock(folder: Path) -> int:
    """Create a folder and lock it.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    int
        The file that holds the lock while it is open.

    Raises
    ------
    BuildError
        When another process holds it, or the folder cannot be created.
    """
    path = folder / "lock"
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            except FileNotFoundError:
                continue  # the build that held it removed the folder just now
        except OSError as error:
            raise BuildError(
                f"the output cannot be written: {error.strerror}", where=str(folder)
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise BuildError("another build of this output is running", where=str(folder)) from None
        # Between opening and locking, the build that held it may have removed the folder.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        os.close(file)
