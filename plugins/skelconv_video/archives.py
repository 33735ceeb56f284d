"""What zip and tar archives of videos and images have in common: they are read in place.

No file is ever made by the name that it has in an archive. What is packed in a way in which one
cannot seek is unpacked to a temporary file without a name, up to a limit.
"""

from __future__ import annotations

import os
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import BinaryIO, NamedTuple, cast

from skelconv import BuildError, ClipError
from skelconv.files import Entry
from skelconv.text import reason_of, shown
from skelconv_video.kinds import SNIFFED, looks_like_video
from skelconv_video.windows import copied

MOST_MEMBERS = 2_000_000
"""How many files an archive may have; a table of as many takes half a gigabyte."""

TOO_DENSE = "it is packed far more densely than pictures can be"
LINK = "it is a link, and links in archives are not followed"

# What may be unpacked: so much, and so many times what is packed.
_FREE = 2**30
_RATIO = 100

_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    ValueError,
    OverflowError,
    EOFError,
    struct.error,
    zlib.error,
)


class Member(NamedTuple):
    """A file in an archive.

    Attributes
    ----------
    offset : int
        Where it begins: in a zip its header, in a tar its content.
    packed, size : int
        Bytes in the archive, and unpacked.
    deflated : bool
        Whether it is packed.
    crc : int, optional
        The checksum of its content.
    fault : str
        Why it cannot be read.
    video : bool, optional
        Whether it begins as a video, where that was looked at while the archive was listed.
    """

    offset: int
    packed: int
    size: int
    deflated: bool = False
    crc: int | None = None
    fault: str = ""
    video: bool | None = None


class Archive:
    """What all archives have in common: a table of files by name.

    Parameters
    ----------
    path : str
        Where it is.
    mtime_ns : int
        Time of its last change.
    """

    is_archive = True

    def __init__(self, path: str, mtime_ns: int) -> None:
        self.path = path
        self._mtime_ns = mtime_ns

    @cached_property
    def _members(self) -> dict[str, Member]:
        try:
            table: dict[str, Member] = {}
            for name, member in self._listed():
                if _leads_out(name):
                    member = member._replace(fault="its name leads out of the archive")
                name = "/".join(part for part in name.split("/") if part not in ("", "."))
                if name in table:
                    member = table[name]._replace(fault="is in the archive twice")
                table[name] = member
                if len(table) > MOST_MEMBERS:
                    raise BuildError(
                        f"the archive has more than {MOST_MEMBERS:,} files",
                        where=shown(self.path),
                        hint="unpack it, and set 'root' to the folder",
                    )
        except OSError as error:
            what = f"the archive cannot be read: {reason_of(error)}"
            raise BuildError(what, where=shown(self.path)) from error
        except _DAMAGED as error:
            raise BuildError(
                f"the archive is cut short or damaged, or not what its ending says: {error}",
                where=shown(self.path),
                hint="fetch it again, or move it out of the folder of the data",
            ) from error
        return table

    def _listed(self) -> Iterator[tuple[str, Member]]:
        raise NotImplementedError

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for path in self._members:
            folder, _, name = path.rpartition("/")
            folders.setdefault(folder, []).append(name)
        return folders

    def entries(self) -> Iterator[Entry]:
        """Yield all files; see `skelconv_video.places.Place`."""
        for folder in sorted(self._folders):
            for name in sorted(self._folders[folder]):
                path = f"{folder}/{name}" if folder else name
                member = self._members[path]
                yield Entry(path, member.size, self._mtime_ns, member.fault)

    def entry(self, path: str) -> Entry | None:  # numpydoc ignore=PR01
        """Return one file; see `skelconv_video.places.Place`."""
        member = self._members.get(path)
        return member and Entry(path, member.size, self._mtime_ns, member.fault)

    def names(self, folder: str) -> Sequence[str]:  # numpydoc ignore=PR01
        """Return the names of files in a folder; see `skelconv_video.places.Place`."""
        return self._folders.get(folder, [])

    def stamp(self, paths: Sequence[str]) -> tuple[int, int]:  # numpydoc ignore=PR01
        """Return by what it is seen that files have changed: when the archive did."""
        return sum(self._members[path].size for path in paths), os.stat(self.path).st_mtime_ns

    def locate(self, path: str) -> str:  # numpydoc ignore=PR01
        """Return where a file is; see `skelconv_video.places.Place`."""
        return shown(f"{self.path}/{path}" if path else self.path)

    def read(self, path: str, most: int) -> bytes:  # numpydoc ignore=PR01
        """Read a file; see `skelconv_video.places.Place`."""
        member = self._member(path)
        if member.size > most:
            reason = f"holds more than {most / 2**20:g} MB, and is not read"
            raise ClipError(reason, path=self.locate(path))
        with self._errors(path), self._content(member) as file:
            content = file.read(member.size + 1)
            self._check(member, len(content), zlib.crc32(content))
        return content

    def has_video(self, path: str) -> bool:  # numpydoc ignore=PR01
        """Return whether a file begins as a video; see `skelconv_video.places.Place`."""
        try:
            member = self._member(path)
            if member.video is not None:
                return member.video
            with self._errors(path), self._content(member) as file:
                return looks_like_video(file.read(min(SNIFFED, member.size)))
        except ClipError:
            return False

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:  # numpydoc ignore=PR01
        """Open a file; see `skelconv_video.places.Place`."""
        # What is wrong while it is used is not for `_errors`.
        with ExitStack() as stack:
            with self._errors(path):
                file = stack.enter_context(self._seekable(self._member(path)))
            yield file

    def _seekable(self, member: Member) -> BinaryIO:
        if not member.deflated:
            return self._content(member)
        if member.size > most_unpacked(member.packed):
            raise ValueError(TOO_DENSE)
        with ExitStack() as stack:
            copy = stack.enter_context(tempfile.TemporaryFile())
            with self._content(member) as file:
                size, crc = copied(file, copy, member.size + 1)
            self._check(member, size, crc)
            copy.seek(0)
            stack.pop_all()
        return cast(BinaryIO, copy)

    def _member(self, path: str) -> Member:
        member = self._members.get(path)
        if member is None:
            raise ClipError("it is not in the archive any more", path=self.locate(path))
        if member.fault:
            raise ClipError(member.fault, path=self.locate(path))
        return member

    def _content(self, member: Member) -> BinaryIO:
        raise NotImplementedError

    @staticmethod
    def _check(member: Member, size: int, crc: int) -> None:
        if size != member.size:
            raise ValueError(f"it does not hold the {member.size} bytes that it claims")
        if member.crc is not None and crc != member.crc:
            raise ValueError("wrong checksum")

    @contextmanager
    def _errors(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"cannot be read: {reason_of(error)}"
            raise ClipError(reason, path=self.locate(path)) from error
        except _DAMAGED as error:
            reason = f"is damaged in the archive: {error}"
            raise ClipError(reason, path=self.locate(path)) from error


def most_unpacked(packed: int) -> int:
    """Return how many bytes may be unpacked.

    Parameters
    ----------
    packed : int
        Of so many.

    Returns
    -------
    int
        The number of bytes.
    """
    return _FREE + _RATIO * packed


def _leads_out(name: str) -> bool:
    """Return whether a name would lead out of the folder into which an archive is unpacked."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or parts[0].endswith(":")
