"""What is in the bytes of a file: text in some encoding, and what gzip has packed."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from typing import BinaryIO, Protocol

from skelconv.data.errors import ClipError
from skelconv.text.faults import reason_of

_GZIP = b"\x1f\x8b\x08"


class Readable(Protocol):
    """What is read from begin to end."""

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes.

        Parameters
        ----------
        size : int
            At most so many; by default all.

        Returns
        -------
        bytes
            Nothing at the end.
        """
        ...


def decode(content: bytes) -> str:
    """Return the text of a clip's file, with the line endings that it has.

    Parameters
    ----------
    content : bytes
        The file's content in UTF-8, with a byte order mark or without, or in UTF-16 with one, as
        spreadsheets and PowerShell write it.

    Returns
    -------
    str
        The text, without the mark.

    Raises
    ------
    ClipError
        With the line, when it is in another encoding.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-16" if wide else "utf-8-sig", "ignore")
        reason = f"is not in UTF-{16 if wide else 8} (save it as UTF-8)"
        raise ClipError(reason, line=before.count("\n") + 1) from error


def unpacked(content: bytes, most: int, option: str = "") -> bytes:
    """Return what is in a file that gzip may have packed.

    Parameters
    ----------
    content : bytes
        The file's content.
    most : int
        The maximum size of what is in it, in bytes.
    option : str, optional
        The option that sets the maximum, for the error.

    Returns
    -------
    bytes
        The same, where it does not begin as gzip's files do.

    Raises
    ------
    ClipError
        When it is damaged or cut off, or what is in it is larger.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            inside = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ClipError(f"is not a valid gzip file: {reason_of(error)}") from error
    if len(inside) > most:
        raise ClipError(too_large(most, option))
    return inside


class _Unpacking:
    """What is in a gzip file, read from begin to end, up to a limit."""

    def __init__(self, file: BinaryIO, most: int, option: str) -> None:
        self._file = gzip.GzipFile(fileobj=file)
        self._most, self._left, self._option = most, most, option

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        try:
            content = self._file.read(wanted)
        except (OSError, EOFError, zlib.error) as error:
            raise ClipError(f"is not a valid gzip file: {reason_of(error)}") from error
        self._left -= len(content)
        if self._left < 0:
            raise ClipError(too_large(self._most, self._option))
        return content


def unpacking(file: BinaryIO, most: int, option: str = "") -> Readable:
    """Return what is in an open file that gzip may have packed, without reading all of it.

    Parameters
    ----------
    file : binary file
        At its begin, and able to seek.
    most : int
        The maximum size of what is in it, in bytes.
    option : str, optional
        The option that sets the maximum, for the error.

    Returns
    -------
    Readable
        The file itself, where it does not begin as gzip's files do. Otherwise its ``read`` raises a
        `ClipError` when the file is damaged or cut off, or what is in it is larger.
    """
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return _Unpacking(file, most, option) if packed else file


def too_large(most: int, option: str = "") -> str:
    """Return why a file is not read.

    Parameters
    ----------
    most : int
        The maximum size, in bytes.
    option : str, optional
        The option that sets it.

    Returns
    -------
    str
        The reason.
    """
    reason = f"holds more than {most / 2**20:g} MB, and is not read"
    return reason + (f" (option {option})" if option else "")
