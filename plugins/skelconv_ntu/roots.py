"""What a place of raw files is, whether a folder or an archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

MAX_FILE_BYTES = 64 * 2**20
"""The largest raw file that is read; real ones have up to about 3 MB."""

ROOT_HINT = "set 'root' to the folder or the .zip archive that holds the .skeleton files"


class Entry(NamedTuple):
    """A file in a root.

    Attributes
    ----------
    path : str
        Its path within the root, with ``/``.
    ref : Any
        What `Root.read` needs to find it again: small plain data.
    size, mtime_ns : int
        Bytes, and time of the last change.
    fault : str
        Why it cannot be read, where that is known already.
    """

    path: str
    ref: Any
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""


class Root(Protocol):
    """A place that holds raw files."""

    path: str

    def entries(self) -> Iterator[Entry]:
        """Yield all files, in an order that is the same in every run.

        Raises
        ------
        BuildError
            When they cannot be listed.
        """
        ...

    def read(self, ref: Any) -> bytes:
        """Read one file.

        Raises
        ------
        ClipError
            When it cannot be read, or holds more than `MAX_FILE_BYTES`.
        """
        ...

    def locate(self, ref: Any) -> str:
        """Return the path of a file, for people."""
        ...


def too_large(size: int) -> str:
    """Say that a file is too large to be a raw file."""
    return f"holds {size} bytes: no raw file is that large (at most {MAX_FILE_BYTES} are read)"


def reason_of(error: Exception) -> str:
    """Return an error's words without its number and path."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or type(error).__name__).lower()


def shown(path: str) -> str:
    """Return a path that can be printed and encoded, whatever bytes its maker chose."""
    if path.isprintable():
        return path
    return path.encode("unicode_escape").decode("ascii")
