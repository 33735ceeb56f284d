"""A root: a place that holds raw files, either a folder or an archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from skelconv.files import Entry

MAX_FILE_BYTES = 64 * 2**20
"""The largest raw file that is read; real ones have up to about 3 MB."""

ROOT_HINT = (
    "set 'root' to the folder or the .zip archive that holds the .skeleton files: "
    "--set source.with.root=PATH"
)


class Root(Protocol):
    """A place that holds raw files."""

    path: str

    def entries(self) -> Iterator[Entry]:
        """Yield all files, in an order that is the same in every run.

        Yields
        ------
        Entry
            A file, with what `read` needs as its ``ref``.

        Raises
        ------
        BuildError
            When they cannot be listed.
        """
        ...

    def read(self, ref: Any) -> bytes:
        """Read one file.

        Parameters
        ----------
        ref : Any
            `Entry.ref` of the file.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, or holds more than `MAX_FILE_BYTES`.
        """
        ...

    def stamp(self, ref: Any) -> tuple[int, int] | None:
        """Return the present size and time of change of a file.

        Parameters
        ----------
        ref : Any
            `Entry.ref` of the file.

        Returns
        -------
        (int, int) or None
            Bytes, and the time of the last change in nanoseconds; None where that is not known.
        """
        ...

    def locate(self, ref: Any) -> str:
        """Return the path of a file, for messages.

        Parameters
        ----------
        ref : Any
            `Entry.ref` of the file.

        Returns
        -------
        str
            The path, safe to print.
        """
        ...


def too_large(size: int) -> str:
    """Return why a file is too large to be a raw file.

    Parameters
    ----------
    size : int
        Its bytes.

    Returns
    -------
    str
        The reason.
    """
    return f"holds {size} bytes: no raw file is that large (at most {MAX_FILE_BYTES} are read)"
