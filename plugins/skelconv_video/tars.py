"""Tar archives of videos and images, plain or packed by gzip."""

from __future__ import annotations

import gzip
import os
import tarfile
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import FileIO
from typing import IO, Any, BinaryIO, cast

from skelconv.files import open_regular
from skelconv_video.archives import LINK, TOO_DENSE, Archive, Member, most_unpacked
from skelconv_video.kinds import SNIFFED, is_sniffed, looks_like_video, suffix_of
from skelconv_video.windows import copied, window

# How many bytes of a tar's own records are read at once.
_MOST_AT_ONCE = 2**20


class Tar(Archive):
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
        self._most = most_unpacked(size)
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
                    raise tarfile.ReadError(TOO_DENSE if self._packed else "it ends early")
                if info.isdir():
                    continue
                fault = ""
                if info.issym() or info.islnk():
                    fault = LINK
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
        return window(file, member.offset, member.size)

    @cached_property
    def _unpacked(self) -> IO[bytes]:
        """The archive without its packing, in a temporary file that is made once."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (it is there for as long as this is)
        try:
            with self._open() as file:
                size, _ = copied(file, copy, self._most)
            if size >= self._most:
                raise ValueError(TOO_DENSE)
            copy.flush()
        except BaseException:
            copy.close()
            raise
        weakref.finalize(self, copy.close)
        return copy


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
