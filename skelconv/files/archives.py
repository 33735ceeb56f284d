"""Files in a zip archive, read in place.

Nothing is ever unpacked to disk, so the names of members can do no harm. Each reference has the
position of its member: a worker reads that member and no table of contents, which for the published
archives would take half a second and tens of megabytes in every process.
"""

from __future__ import annotations

import calendar
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from skelconv.data.errors import BuildError, ClipError
from skelconv.data.opening import open_regular
from skelconv.files.decoding import too_large
from skelconv.files.folders import Entry
from skelconv.text.escaping import shown
from skelconv.text.faults import reason_of

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
# What zipfile raises for a table of contents that makes no sense.
_NOT_A_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error)


class MemberRef(NamedTuple):
    """Where a member is in its archive.

    Attributes
    ----------
    name : str
        Its name, for messages.
    offset : int
        Where its header begins, in bytes.
    packed, size : int
        Bytes in the archive, and unpacked.
    method : int
        How it is packed, as `zipfile` numbers it.
    crc : int
        The checksum of its content.
    """

    name: str
    offset: int
    packed: int
    size: int
    method: int
    crc: int


class ZipArchive:
    """A zip archive of a source's files.

    Parameters
    ----------
    path : str
        The archive.
    ending : str
        That of the source's files.
    most : int
        The largest file that is read, in bytes.
    hint : str
        What to set where this is no archive.
    option : str, optional
        The option that sets the maximum.

    Attributes
    ----------
    path : str
        The archive.
    """

    def __init__(self, path: str, ending: str, most: int, hint: str, option: str = "") -> None:
        self.path = path
        self._ending, self._most, self._hint, self._option = ending, most, hint, option

    def entries(self) -> Iterator[Entry]:
        """Find all files, in the order of the archive's table of contents.

        Yields
        ------
        Entry
            A file, with a `MemberRef`.

        Raises
        ------
        BuildError
            When the archive cannot be read, is damaged, or packs or encrypts files with the
            ending in a way that is not read.
        """
        for member in self._members():
            if member.filename.endswith("/"):  # `is_dir` fails for an empty name
                continue
            if member.filename.endswith(self._ending):
                self._check(member)
            ref = MemberRef(
                member.filename,
                member.header_offset,
                member.compress_size,
                member.file_size,
                member.compress_type,
                member.CRC,
            )
            yield Entry(member.filename, member.file_size, _mtime_ns(member), ref=ref)

    def _members(self) -> list[zipfile.ZipInfo]:
        try:
            with open_regular(self.path) as file, zipfile.ZipFile(file) as archive:
                return archive.infolist()
        except OSError as error:
            raise BuildError(
                f"the archive cannot be read: {reason_of(error)}", where=shown(self.path)
            ) from error
        except _NOT_A_ZIP as error:
            with open_regular(self.path) as file:
                begins_as_zip = file.read(4) == _LOCAL_SIGNATURE
            if begins_as_zip:
                what = f"the zip archive is cut short or damaged: {error}"
                hint = "download the archive again"
            else:
                what = "this is neither a folder nor a .zip archive"
                hint = self._hint
            raise BuildError(what, where=shown(self.path), hint=hint) from error

    def _check(self, member: zipfile.ZipInfo) -> None:
        """Refuse an archive of which no member could be read."""
        if member.flag_bits & _ENCRYPTED:
            what = "the archive is encrypted"
            hint = "unpack it with its password, and set 'root' to the folder"
        elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            what = (
                f"the archive is packed by a method that is not read here ({member.compress_type})"
            )
            hint = "unpack it, and set 'root' to the folder"
        else:
            return
        raise BuildError(what, where=self._locate(member.filename), hint=hint)

    def read(self, ref: MemberRef) -> bytes:
        """Read a file.

        Parameters
        ----------
        ref : MemberRef
            The member.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, is damaged or too large.
        """
        name, offset, packed, size, method, crc = ref
        if max(packed, size) > self._most:
            raise ClipError(too_large(self._most, self._option), path=self._locate(name))
        try:
            content = _unpack(_read_packed(self.path, offset, packed), method, size)
        except OSError as error:
            reason = f"cannot be read: {reason_of(error)}"
            raise ClipError(reason, path=self._locate(name)) from error
        except (ValueError, OverflowError, zlib.error) as error:
            reason = f"damaged in the archive: {error}"
            raise ClipError(reason, path=self._locate(name)) from error
        if zlib.crc32(content) != crc:
            raise ClipError("damaged in the archive: wrong checksum", path=self._locate(name))
        return content

    def stamp(self, ref: MemberRef) -> None:
        """Say that nothing is known of a change: a file has a checksum, compared when it is read.

        Parameters
        ----------
        ref : MemberRef
            The member.
        """

    def locate(self, ref: MemberRef) -> str:
        """Return the place of a file, for people.

        Parameters
        ----------
        ref : MemberRef
            The member.

        Returns
        -------
        str
            The archive's path and the member's name.
        """
        return self._locate(ref[0])

    def _locate(self, name: str) -> str:
        return shown(f"{self.path}/{name}")


def zip_content(file: IO[bytes], offset: int) -> int:
    """Go to the content of a member of a zip archive, of which only its own header says the place.

    Parameters
    ----------
    file : binary file
        The archive.
    offset : int
        Where the header begins, as the table of contents says.

    Returns
    -------
    int
        Where the content begins; the file is there now.

    Raises
    ------
    ValueError
        When there is no such header.
    """
    file.seek(offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise ValueError("the archive ends before it")
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if signature != _LOCAL_SIGNATURE:
        raise ValueError("there is no member where the archive says")
    return file.seek(name_length + extra_length, os.SEEK_CUR)


def _read_packed(path: str, offset: int, packed: int) -> bytes:
    # Opened for each member: that costs little, and threads can share the object.
    with open_regular(path, buffered=False) as file:
        zip_content(file, offset)
        content = file.read(packed)
    if len(content) < packed:
        raise ValueError("the archive ends within it")
    return content


def _unpack(packed: bytes, method: int, size: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        content, whole = packed, True
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        # One byte more than it claims to hold, to see whether it holds more.
        content = inflater.decompress(packed, size + 1)
        whole = inflater.eof
    if len(content) != size or not whole:
        raise ValueError(f"it does not hold the {size} bytes that it claims")
    return content


def _mtime_ns(member: zipfile.ZipInfo) -> int:
    try:
        return calendar.timegm((*member.date_time, 0, 0, 0)) * 10**9
    except ValueError:  # a month 0 or 13
        return 0
