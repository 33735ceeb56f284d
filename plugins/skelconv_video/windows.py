"""Parts of files, and what is packed in files, as files of their own."""

from __future__ import annotations

import errno
import os
import zlib
from io import BufferedReader, FileIO, RawIOBase
from typing import IO, Any, BinaryIO

_PIECE = 2**20


def window(file: FileIO, first: int, size: int) -> BufferedReader:
    """Return a part of a file as a file; others may read the same file meanwhile.

    Parameters
    ----------
    file : FileIO
        The file, which is closed with the part.
    first, size : int
        The first byte of the part, and how many there are.

    Returns
    -------
    BufferedReader
        One can seek in it.
    """
    return BufferedReader(_Window(file, first, size))


def inflated(file: BinaryIO) -> BufferedReader:
    """Return what is packed in a file by deflate, to be read from its begin to its end.

    Parameters
    ----------
    file : binary file
        What is packed; it is closed with the other.

    Returns
    -------
    BufferedReader
        One cannot seek in it.
    """
    return BufferedReader(_Inflated(file))


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


def copied(file: BinaryIO, copy: IO[bytes], most: int) -> tuple[int, int]:
    """Copy a file up to a size.

    Parameters
    ----------
    file, copy : binary file
        From the first to the other.
    most : int
        Bytes that are copied at most.

    Returns
    -------
    (int, int)
        How many bytes were copied, and their checksum.
    """
    size = crc = 0
    while size < most and (piece := file.read(min(_PIECE, most - size))):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        copy.write(piece)
    return size, crc
