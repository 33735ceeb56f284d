"""Videos and images in zip and tar archives, which are read in place.

No file is ever made by the name that it has in an archive. What is packed in a way in which one
cannot seek is unpacked to a temporary file without a name, up to a limit.
"""

from __future__ import annotations

import errno
import gzip
import os
import struct
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from io import BufferedReader, FileIO, RawIOBase
from typing import IO, Any, BinaryIO, NamedTuple, cast

from skelconv import BuildError, ClipError
from skelconv.files import Entry, open_regular
from skelconv.text import reason_of, shown
from skelconv_video.kinds import SNIFFED, is_sniffed, looks_like_video, suffix_of

MOST_MEMBERS = 2_000_000
"""How many files an archive may have; a table of as many takes half a gigabyte."""

# How many bytes of a tar's own records are read at once.
_MOST_AT_ONCE = 2**20
_PIECE = 2**20
# What may be unpacked: so much, and so many times what is packed.
_FREE = 2**30
_RATIO = 100

_ENCRYPTED = 0x1
_TOO_DENSE = "it is packed far more densely than pictures can be"
_LINK = "it is a link, and links in archives are not followed"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
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


class _Archive:
    """What all archives have in common: a table of files by name."""

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

    def entry(self, path: str) -> Entry | None:
        """Return one file; see `skelconv_video.places.Place`."""
        member = self._members.get(path)
        return member and Entry(path, member.size, self._mtime_ns, member.fault)

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of files in a folder; see `skelconv_video.places.Place`."""
        return self._folders.get(folder, [])

    def stamp(self, paths: Sequence[str]) -> tuple[int, int]:
        """Return by what it is seen that files have changed: when the archive did."""
        return sum(self._members[path].size for path in paths), os.stat(self.path).st_mtime_ns

    def locate(self, path: str) -> str:
        """Return where a file is; see `skelconv_video.places.Place`."""
        return shown(f"{self.path}/{path}" if path else self.path)

    def read(self, path: str, most: int) -> bytes:
        """Read a file; see `skelconv_video.places.Place`."""
        member = self._member(path)
        if member.size > most:
            reason = f"holds more than {most / 2**20:g} MB, and is not read"
            raise ClipError(reason, path=self.locate(path))
        with self._errors(path), self._content(member) as file:
            content = file.read(member.size + 1)
            self._check(member, len(content), zlib.crc32(content))
        return content

    def has_video(self, path: str) -> bool:
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
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """Open a file; see `skelconv_video.places.Place`."""
        # What is wrong while it is used is not for `_errors`.
        with ExitStack() as stack:
            with self._errors(path):
                file = stack.enter_context(self._seekable(self._member(path)))
            yield file

    def _seekable(self, member: Member) -> BinaryIO:
        if not member.deflated:
            return self._content(member)
        if member.size > _FREE + _RATIO * member.packed:
            raise ValueError(_TOO_DENSE)
        with ExitStack() as stack:
            copy = stack.enter_context(tempfile.TemporaryFile())
            with self._content(member) as file:
                size, crc = _copied(file, copy, member.size + 1)
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


class Zip(_Archive):
    """A zip archive: a path, and the time of its last change."""

    def _listed(self) -> Iterator[tuple[str, Member]]:
        with open_regular(self.path) as file, zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if info.filename.endswith("/"):  # `is_dir` fails for an empty name
                    continue
                fault = ""
                if info.flag_bits & _ENCRYPTED:
                    fault = "it is encrypted: unpack the archive with its password"
                elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    fault = f"it is packed by a method that is not read here ({info.compress_type})"
                elif info.compress_type == zipfile.ZIP_STORED and (
                    info.compress_size != info.file_size
                ):
                    fault = "is damaged in the archive: it has two sizes"
                elif info.external_attr >> 28 == 0xA:
                    fault = _LINK
                yield (
                    info.filename,
                    Member(
                        info.header_offset,
                        info.compress_size,
                        info.file_size,
                        info.compress_type == zipfile.ZIP_DEFLATED,
                        info.CRC,
                        fault,
                    ),
                )

    def _content(self, member: Member) -> BinaryIO:
        with ExitStack() as stack:
            file = stack.enter_context(open_regular(self.path, buffered=False))
            file.seek(member.offset)
            header = file.read(_LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
                raise ValueError("there is no file where the archive says")
            stack.pop_all()
        _, name, extra = _LOCAL_HEADER.unpack(header)
        first = member.offset + len(header) + name + extra
        window = BufferedReader(_Window(file, first, member.packed))
        return BufferedReader(_Inflated(window)) if member.deflated else window


class Tar(_Archive):
    """A tar archive, plain or packed by gzip.

    Parameters
    ----------
    path : str
        Where it is.
    size : int
        Its bytes.
    mtime_ns : int
        Time of its last change.
    """

    def __init__(self, path: str, size: int, mtime_ns: int) -> None:
        super().__init__(path, mtime_ns)
        self._most = _FREE + _RATIO * size

        self._packed = not path.lower().endswith(".tar")

    def _listed(self) -> Iterator[tuple[str, Member]]:
        with self._open() as file:
            spared = _Sparing(file)
            # It only reads, seeks and tells.
            archive: Any = tarfile.TarFile(fileobj=cast(BinaryIO, spared))
            reached = -1
            # Not by iterating: the archive would keep each, and go round in one with wrong sizes.
            while (info := archive.next()) is not None:
                archive.members = []
                if info.offset <= reached:
                    raise tarfile.ReadError("its files overlap")
                reached = info.offset
                if info.offset_data + info.size > self._most:
                    raise tarfile.ReadError(_TOO_DENSE if self._packed else "it ends early")
                if info.isdir():
                    continue
                fault = ""
                if info.issym() or info.islnk():
                    fault = _LINK
                elif not info.isreg() or info.issparse():
                    fault = "it is not a regular file"
                video = None
                if self._packed and is_sniffed(suffix_of(info.name)):
                    # Now, for to find it again, all before it would have to be unpacked.
                    video = looks_like_video(file.read(min(SNIFFED, info.size)))
                member = Member(info.offset_data, info.size, info.size, fault=fault, video=video)
                yield info.name, member
            # It must end with zeros; a damaged header would end it as well.
            if not spared.last or spared.last.strip(b"\0"):
                raise tarfile.ReadError("it is damaged, or has no end")

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        with open_regular(self.path) as file:
            if self._packed:
                with gzip.open(file) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield file

    def _content(self, member: Member) -> BinaryIO:
        if self._packed:
            file = FileIO(os.dup(self._unpacked.fileno()), "rb")
        else:
            file = open_regular(self.path, buffered=False)
        return BufferedReader(_Window(file, member.offset, member.size))

    @cached_property
    def _unpacked(self) -> IO[bytes]:
        """The archive without its packing, in a temporary file that is made once."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (it is there for as long as this is)
        try:
            with self._open() as file:
                size, _ = _copied(file, copy, self._most)
            if size >= self._most:
                raise ValueError(_TOO_DENSE)
            copy.flush()
        except BaseException:
            copy.close()
            raise
        weakref.finalize(self, copy.close)
        return copy


class _Window(RawIOBase):
    """A part of a file, as a file; others may read the same file meanwhile."""

    def __init__(self, file: FileIO, first: int, size: int) -> None:
        self._file = file
        self._first = first
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = max(0, min(len(buffer), self._size - self._at))
        content = os.pread(self._file.fileno(), count, self._first + self._at)
        if count and not content:
            raise OSError(errno.EIO, "the archive ends within it")
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Inflated(RawIOBase):
    """What is packed in a file, read from its begin to its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = b""
        while not content and not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._file.read(_PIECE)
            if not packed:
                raise ValueError("it ends early")
            content = self._inflater.decompress(packed, len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Sparing:
    """A file of which little is read at once: a tar may claim to have long records."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_AT_ONCE:
            raise tarfile.ReadError(f"it has a record of {size:,} bytes")
        self.last = self._file.read(size)
        return self.last


def _copied(file: BinaryIO, copy: IO[bytes], most: int) -> tuple[int, int]:
    """Copy a file up to a size, and return its size and its checksum."""
    size = crc = 0
    while size < most and (piece := file.read(min(_PIECE, most - size))):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        copy.write(piece)
    return size, crc


def _leads_out(name: str) -> bool:
    """Return whether a name would lead out of the folder into which an archive is unpacked."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or parts[0].endswith(":")
