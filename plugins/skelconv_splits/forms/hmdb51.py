"""HMDB51: for each class and division ``CLASS_test_splitN.txt``, with lines ``NAME.avi CODE``.

Code 1 is for training, 2 for testing, 0 for neither. The published archive is read in place.
"""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from skelconv import BuildError
from skelconv.files import read_bytes
from skelconv_splits.rows import Row, id_of
from skelconv_splits.texts import Text, decoded, given, shipped_bytes

SHIPPED = "hmdb51_testTrainMulti_7030_splits.tar.gz"
MAX_MEMBER = 2**20
"""The maximum size of a list in an archive; real ones have about 8 KB."""
MAX_UNPACKED = 64 * 2**20
"""The maximum size of an unpacked archive; the real one has 1.4 MB."""

_MEMBER = re.compile(r"(?:.*/)?(?P<name>[^/]+)_test_split(?P<split>[1-9])\.txt\Z")
_PARTS = {"0": "", "1": "train", "2": "test"}


def hmdb51(root: Path | None = None) -> Iterator[Row]:
    """Read the three divisions: parts ``train1 test1 train2 test2 train3 test3``.

    Labels are the classes in the order of their names.

    Parameters
    ----------
    root : Path, optional
        The folder of the lists, or the archive; by default the one that comes with this package.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When the lists cannot be read or are not in this format.
    """
    if root is None:
        texts = _archived(shipped_bytes(SHIPPED), SHIPPED)
    elif root.expanduser().is_dir():
        texts = {path.name: given(path) for path in sorted(root.expanduser().glob("*.txt"))}
    else:
        texts = _archived(read_bytes(root.expanduser()), str(root))
    lists = sorted(
        (match["split"], match["name"], text)
        for name, text in texts.items()
        if (match := _MEMBER.match(name))
    )
    if not lists:
        raise BuildError("there is no CLASS_test_splitN.txt in it", where=str(root))
    classes = {name: index for index, name in enumerate(sorted({name for _, name, _ in lists}))}
    for split, name, text in lists:
        for where, line in text.lines():
            clip, _, code = line.rpartition(" ")
            if not clip or code not in _PARTS:
                raise BuildError(f"{line[:80]!r} is not NAME CODE with a code of 0, 1 or 2", where)
            part = _PARTS[code] and f"{_PARTS[code]}{split}"
            yield Row(part, id_of(clip.strip()), classes[name], where, name)


def _archived(content: bytes, name: str) -> dict[str, Text]:
    """Read the lists in an archive; nothing is unpacked to disk."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    texts = {}
    try:
        unpacked = inflater.decompress(content, MAX_UNPACKED)
        if inflater.unconsumed_tail:
            raise BuildError(f"unpacks to more than {MAX_UNPACKED >> 20} MB", where=name)
        if not inflater.eof:
            raise BuildError("the archive is truncated", where=name)
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                if not (member.isreg() and _MEMBER.match(member.name)):
                    continue
                where = f"{name}/{member.name}"
                file = archive.extractfile(member)
                if file is None or member.size > MAX_MEMBER:
                    raise BuildError(f"{member.size} bytes: no list is that large", where=where)
                texts[member.name] = decoded(file.read(), where)
    except (zlib.error, tarfile.TarError, ValueError, OverflowError) as error:
        raise BuildError(f"is not a .tar.gz archive: {error}", where=name) from error
    return texts
