"""Large files that gzip has packed, or that are in UTF-16: their text in a temporary file."""

from __future__ import annotations

import codecs
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, cast

from skelconv import ClipError
from skelconv.files import unpacking
from skelconv.text import reason_of
from skelconv_posefiles.loose.rows import is_wide

Opener = Callable[[], AbstractContextManager[BinaryIO]]
_CHUNK = 2**20


def plain(opened: Opener, most: int, encoding: str | None) -> tuple[Opener, str | None]:
    """Make a file one in which one can seek, and whose lines end with the byte 10.

    Parameters
    ----------
    opened : callable
        Opens the file.
    most : int
        The most bytes that are in a packed one.
    encoding : str, optional
        What the recipe says; None for UTF-8, and UTF-16 with a byte order mark.

    Returns
    -------
    opened : callable
        The same where it is such a file; else one that opens its text in UTF-8, which has no name
        and is gone with the last reference to it.
    encoding : str, optional
        Of that text.

    Raises
    ------
    ClipError
        When it is damaged, holds more than `most`, is in another encoding, or the disk is full.
    """
    with opened() as file:
        packed = unpacking(file, most, "max_file_mb")
        start = packed.read(_CHUNK)
        wide = is_wide(start) if encoding is None else not _has_bytes_for_lines(encoding)
        if packed is file and not wide:
            return opened, encoding
        name = (encoding or "utf-16") if wide else ""
        decoder = codecs.getincrementaldecoder(name)() if wide else None
        try:
            text = _Text()
            content = start
            while True:
                text.file.write(
                    decoder.decode(content, not content).encode() if decoder else content
                )
                if not content:
                    break
                content = packed.read(_CHUNK)
        except UnicodeError as error:
            raise ClipError(f"is not in {name} (option encoding)") from error
        except OSError as error:
            raise ClipError(
                f"cannot be unpacked to {tempfile.gettempdir()}: {reason_of(error)} (TMPDIR names "
                "another place)"
            ) from error

    return text, None if wide else encoding


class _Text:
    """Opens a temporary file, which is closed with the last reference to this."""

    def __init__(self) -> None:
        self.file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 (it stays open)
        weakref.finalize(self, self.file.close)

    @contextmanager
    def __call__(self) -> Iterator[BinaryIO]:
        self.file.seek(0)
        yield self.file


def _has_bytes_for_lines(encoding: str) -> bool:
    """Say whether a line ends with the byte 10, and nothing else has it."""
    try:
        return len("\n".encode(encoding)) == 1
    except (LookupError, UnicodeEncodeError):
        return True  # it is told when the text is decoded
