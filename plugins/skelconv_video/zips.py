"""Zip archives of videos and images.

Beside `skelconv.files.ZipArchive`, which reads whole small files of one ending and refuses an
archive that it cannot read: here a member is a file in which one seeks, however large, one that
cannot be read is the fault of its clip alone, and the table is that of folders and tar archives.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO

from skelconv.files import open_regular, zip_content
from skelconv_video.archives import LINK, Archive, Member
from skelconv_video.windows import inflated, window

_ENCRYPTED = 0x1


class Zip(Archive):
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
                    fault = LINK
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
            first = zip_content(file, member.offset)
            stack.pop_all()
        packed = window(file, first, member.packed)
        return inflated(packed) if member.deflated else packed
