"""How an image is to be turned: the orientation that cameras write into it (Exif)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_ORIENTATION = 0x112
_SHORT = 3
_BEGIN = b"Exif\0\0"
_PNG = b"\x89PNG\r\n\x1a\n"
# Markers of a JPEG that have no content.
_BARE = {0x01, *range(0xD0, 0xD9)}
_SCAN = 0xDA
_APP1 = 0xE1


def orientation(image: bytes) -> int:
    """Return the orientation of an image.

    Parameters
    ----------
    image : bytes
        A JPEG, PNG or WebP file.

    Returns
    -------
    int
        As Exif numbers it: 1 is upright, 6 is to be turned clockwise by a quarter; 1 where the
        image has none.
    """
    try:
        for block in _blocks(image):
            found = _in_exif(block.removeprefix(_BEGIN))
            if found:
                return found
    except (struct.error, IndexError):  # what is cut short has no more to say
        pass
    return 1


def _blocks(image: bytes) -> Iterator[bytes]:
    if image.startswith(b"\xff\xd8"):
        yield from _of_jpeg(image)
    elif image.startswith(_PNG):
        yield from _of_chunks(image, len(_PNG), ">I4s", b"eXIf", after=4)
    elif image[:4] == b"RIFF" and image[8:12] == b"WEBP":
        yield from _of_chunks(image, 12, "<4sI", b"EXIF", after=0)


def _of_jpeg(image: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(image):
        if image[at] != 0xFF:
            return
        marker = image[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker == _SCAN:
            return
        else:
            (size,) = struct.unpack_from(">H", image, at + 2)
            content = image[at + 4 : at + 2 + size]
            if marker == _APP1 and content.startswith(_BEGIN):
                yield content
            at += 2 + max(size, 2)


def _of_chunks(image: bytes, at: int, head: str, wanted: bytes, *, after: int) -> Iterator[bytes]:
    while at + 8 <= len(image):
        first, second = struct.unpack_from(head, image, at)
        size, name = (first, second) if isinstance(first, int) else (second, first)
        if name == wanted:
            yield image[at + 8 : at + 8 + size]
        # RIFF fills up to even sizes; a PNG's chunk ends with a checksum.
        at += 8 + size + (after or size % 2)


def _in_exif(block: bytes) -> int:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 0
    (at,) = struct.unpack_from(f"{order}I", block, 4)
    (count,) = struct.unpack_from(f"{order}H", block, at)
    for entry in range(count):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, at + 2 + 12 * entry)
        if tag == _ORIENTATION:
            return value if kind == _SHORT and 1 <= value <= 8 else 0
    return 0
