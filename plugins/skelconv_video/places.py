"""Where videos and images lie: in a folder, or in an archive, which is read in place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from typing import BinaryIO, Protocol

from skelconv import BuildError
from skelconv.files import Entry, open_regular, read, stamp, walk
from skelconv.text import reason_of, shown
from skelconv_video.kinds import SNIFFED, kind_by, looks_like_video, suffix_of


class Place(Protocol):
    """A folder or an archive.

    Attributes
    ----------
    path : str
        Where it is.
    is_archive : bool
        Whether it is an archive.
    """

    path: str
    is_archive: bool

    def entries(self) -> Iterator[Entry]:
        """Yield all files in it, those of a folder one after the other.

        Yields
        ------
        Entry
            A file.

        Raises
        ------
        BuildError
            When they cannot be listed.
        """
        ...

    def entry(self, path: str) -> Entry | None:
        """Return one file.

        Parameters
        ----------
        path : str
            Its path in the place.

        Returns
        -------
        Entry or None
            The file; None where there is none.
        """
        ...

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files that are directly in a folder.

        Parameters
        ----------
        folder : str
            Its path in the place; empty for the place itself.

        Returns
        -------
        sequence of str
            The names, in any order; none where there is no such folder.

        Raises
        ------
        BuildError
            When they cannot be listed.
        """
        ...

    def opened(self, path: str) -> AbstractContextManager[str | BinaryIO]:
        """Open a file for FFmpeg.

        Parameters
        ----------
        path : str
            Its path in the place.

        Returns
        -------
        context manager of str or file
            A file on disk, or an open file in which one can seek.

        Raises
        ------
        ClipError
            When it cannot be read.
        """
        ...

    def read(self, path: str, most: int) -> bytes:
        """Read a file as a whole.

        Parameters
        ----------
        path : str
            Its path in the place.
        most : int
            The largest size, in bytes.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, or is larger.
        """
        ...

    def has_video(self, path: str) -> bool:
        """Return whether a file begins as a video.

        Parameters
        ----------
        path : str
            Its path in the place.

        Returns
        -------
        bool
            Whether it does; False where it cannot be read.
        """
        ...

    def stamp(self, paths: Sequence[str]) -> tuple[int, int]:
        """Return by what it is seen that files have changed.

        Parameters
        ----------
        paths : sequence of str
            Their paths in the place.

        Returns
        -------
        (int, int)
            Their bytes together, and the time of the last change in nanoseconds.

        Raises
        ------
        OSError
            When they cannot be looked at.
        """
        ...

    def locate(self, path: str) -> str:
        """Return where a file is, for people.

        Parameters
        ----------
        path : str
            Its path in the place.

        Returns
        -------
        str
            The path, safe to print.
        """
        ...


class _Folder:
    """A folder."""

    is_archive = False

    def __init__(self, path: str) -> None:
        self.path = path

    def entries(self) -> Iterator[Entry]:
        """Yield all files; see `Place`."""
        return walk(self.path)

    def entry(self, path: str) -> Entry | None:
        """Return one file; see `Place`."""
        full = os.path.join(self.path, path)
        try:
            return Entry(path, *stamp([full])) if os.path.isfile(full) else None
        except (OSError, ValueError) as error:
            return Entry(path, fault=f"cannot be read: {reason_of(error)}")

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of files in a folder; see `Place`."""
        try:
            with os.scandir(os.path.join(self.path, folder)) as entries:
                return [entry.name for entry in entries if not entry.is_dir()]
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return []
        except OSError as error:
            what = f"the folder cannot be listed: {reason_of(error)}"
            raise BuildError(what, where=self.locate(folder)) from error

    @contextmanager
    def opened(self, path: str) -> Iterator[str]:
        """Open a file; see `Place`."""
        yield os.path.join(self.path, path)

    def read(self, path: str, most: int) -> bytes:
        """Read a file; see `Place`."""
        return read(os.path.join(self.path, path), most)

    def has_video(self, path: str) -> bool:
        """Return whether a file begins as a video; see `Place`."""
        try:
            with open_regular(os.path.join(self.path, path), buffered=False) as file:
                return looks_like_video(file.read(SNIFFED))
        except (OSError, ValueError):
            return False

    def stamp(self, paths: Sequence[str]) -> tuple[int, int]:
        """Return by what it is seen that files have changed; see `Place`."""
        return stamp(os.path.join(self.path, path) for path in paths)

    def locate(self, path: str) -> str:
        """Return where a file is; see `Place`."""
        return shown(os.path.join(self.path, path) if path else self.path)


def place_at(path: str) -> Place:
    """Return the place that a path names.

    Parameters
    ----------
    path : str
        A folder or an archive.

    Returns
    -------
    Place
        The place. An archive's table of contents is kept for the next clips, for as long as the
        file does not change.
    """
    if kind_by(suffix_of(path)) == "archive":
        with suppress(OSError, ValueError):
            size, mtime_ns = stamp([path])
            if os.path.isfile(path):
                return _archive(path, size, mtime_ns)
    return _Folder(path)


# Clips that are archives come one after the other, and clips of one archive too.
@lru_cache(maxsize=2)
def _archive(path: str, size: int, mtime_ns: int) -> Place:
    from skelconv_video.tars import Tar
    from skelconv_video.zips import Zip

    return Zip(path, mtime_ns) if suffix_of(path) == ".zip" else Tar(path, size, mtime_ns)
