"""What an annotation pickle holds, kept in the user's cache: it then opens without being read.

Unpickling tells what is in a pickle only from its first byte to its last; the index has the ids,
labels, sizes and parts, and each annotation with the place of its arrays, to be decoded when the
clip is asked for. It is made when a large pickle is opened for the first time, and is that of a
file at one path, of one size and time of change, with the same first and last bytes. One that is
damaged, or made by another version, is made again.
"""

from __future__ import annotations

import functools
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import Any, Final, overload

import numpy as np

from skelconv.files import remove_old, user_cache
from skelconv.plugin import OwnLayout, layout_of_stored, stored_layout
from skelconv.unpickler import LazyArray, Span
from skelconv_pickle.contents import Annotation, Contents
from skelconv_pickle.pinned import PinnedFile

# Smaller pickles are read as fast as an index is found.
_LEAST_BYTES: Final = 1 << 20
_ENDS: Final = 1 << 16
# The index of 100,000 clips has 25 MB.
_KEPT: Final = 64
_KEPT_BYTES: Final = 1 << 29
# The form of the index: what has another is made again.
_MAGIC: Final = b"skelconv index 2"
# CRC of what follows, number of annotations, bytes of the columns.
_HEADER: Final = struct.Struct("<16sIQQ")
# What JSON has, too. Most values are of these, so they are looked for first.
_PLAIN: Final = {type(None), bool, int, float, str}
# Made once: `json.dumps` would make an encoder for each record.
_compact: Final = json.JSONEncoder(separators=(",", ":")).encode
_COLUMNS: Final = ("ids", "labels", "unknown", "label_names", "passed_over")


class Annotations(Sequence[Annotation]):
    """The annotations of an index, each decoded when it is asked for.

    Parameters
    ----------
    records : bytes
        All of them, encoded.
    ends : ndarray of shape (N,)
        Where each ends.
    """

    def __init__(self, records: bytes, ends: np.ndarray[Any, Any]) -> None:
        self._records = records
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Annotation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Annotation]: ...
    def __getitem__(self, index: int | slice) -> Annotation | Sequence[Annotation]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        start = int(self._ends[place - 1]) if place else 0
        found: Annotation = _decoded(json.loads(self._records[start : int(self._ends[place])]))
        return found


class Sizes(Sequence[tuple[int, int]]):
    """The persons and frames of each annotation, of which most that open a dataset ask nothing.

    Parameters
    ----------
    sizes : ndarray of int of shape (N, 2)
        As they are.
    """

    def __init__(self, sizes: np.ndarray[Any, Any]) -> None:
        self._sizes = sizes

    def __len__(self) -> int:
        return len(self._sizes)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        persons, frames = self._sizes.T.tolist()
        return zip(persons, frames, strict=True)

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, int]]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, int] | Sequence[tuple[int, int]]:
        if isinstance(index, slice):
            return Sizes(self._sizes[index])
        persons, frames = self._sizes[index].tolist()
        return persons, frames


def stored(path: Path) -> Contents | None:
    """Return what the cache knows of a pickle.

    Parameters
    ----------
    path : Path
        The pickle.

    Returns
    -------
    Contents or None
        None where the cache has nothing, or not of this file as it is.
    """
    try:
        file = PinnedFile(path)
        if file.size < _LEAST_BYTES:
            return None
        entry = _entry(file)
        content = entry.read_bytes()
        os.utime(entry)  # the ones that are used last are kept
        return _contents(content, file)
    except (OSError, ValueError, KeyError, TypeError, LookupError, struct.error):
        return None


def keep(contents: Contents) -> None:
    """Put what a pickle holds into the cache, where it is large and the cache can be written.

    Parameters
    ----------
    contents : Contents
        What was read from it.
    """
    if contents.file.size < _LEAST_BYTES:
        return
    try:
        content = _content(contents)
        entry = _entry(contents.file)
        entry.parent.mkdir(parents=True, exist_ok=True)
        partial = entry.with_name(f"{entry.name}.{os.getpid()}.partial")
        partial.write_bytes(content)
        os.replace(partial, entry)
        remove_old(entry.parent, _KEPT, _KEPT_BYTES)
    except (OSError, ValueError, TypeError, RecursionError):
        return  # it is read as a whole again


def _entry(file: PinnedFile) -> Path:
    """Return where the index of a file would be."""
    stamp = sha256(_MAGIC)
    path = os.path.abspath(file.path).encode(errors="surrogateescape")
    stamp.update(b"%s\0%d\0%d\0" % (path, file.size, file.mtime_ns))
    raw = file.raw()
    stamp.update(_read(raw, _ENDS))
    raw.seek(max(0, file.size - _ENDS))
    stamp.update(_read(raw, _ENDS))
    return user_cache("pickles") / stamp.hexdigest()


def _read(raw: RawIOBase, size: int) -> bytes:
    return raw.read(size) or b""


# ------------------------------------------------------------------------------ the index's bytes


def _content(contents: Contents) -> bytes:
    """Encode an index; ValueError or TypeError where an annotation holds what has no code."""
    columns = {name: getattr(contents, name) for name in _COLUMNS}
    columns["splits"] = {name: len(places) for name, places in contents.splits.items()}
    columns["has_sizes"] = contents.sizes is not None
    head = json.dumps(columns).encode()
    records = bytearray()
    ends = np.empty(len(contents.annotations), "<u8")
    for place, annotation in enumerate(contents.annotations):
        records += _encoded(annotation).encode()
        # Annotations may share a large list: it would be there as often as it is shared.
        if len(records) > contents.file.size:
            raise ValueError("the index would be larger than the pickle")
        ends[place] = len(records)
    # Numbers take JSON long to read.
    numbers = [ends, *(np.array(places, "<u4") for places in contents.splits.values())]
    if contents.sizes is not None:
        numbers.append(np.array(contents.sizes, "<u8"))
    body = b"".join((head, *(column.tobytes() for column in numbers), records))
    return _HEADER.pack(_MAGIC, zlib.crc32(body), len(ends), len(head)) + body


def _contents(content: bytes, file: PinnedFile) -> Contents:
    magic, checksum, count, size = _HEADER.unpack_from(content)
    body = memoryview(content)[_HEADER.size :]
    if magic != _MAGIC or zlib.crc32(body) != checksum:
        raise ValueError("it is damaged")
    columns = json.loads(bytes(body[:size]))
    rest = _Numbers(body[size:])
    ends = rest.take("<u8", count)
    splits = {name: rest.take("<u4", length).tolist() for name, length in columns["splits"].items()}
    sizes = rest.take("<u8", 2 * count).reshape(-1, 2) if columns["has_sizes"] else None
    return Contents(
        file=file,
        annotations=Annotations(bytes(rest.left), ends),
        ids=columns["ids"],
        splits=splits,
        unknown=columns["unknown"],
        labels=[tuple(label) if type(label) is list else label for label in columns["labels"]],
        sizes=None if sizes is None else Sizes(sizes),
        label_names=tuple(columns["label_names"]),
        passed_over=tuple(columns["passed_over"]),
    )


class _Numbers:
    """What is left of an index, of which columns of numbers are taken."""

    def __init__(self, left: memoryview) -> None:
        self.left = left

    def take(self, dtype: str, count: int) -> np.ndarray[Any, Any]:
        column = np.frombuffer(self.left, dtype, count)
        self.left = self.left[column.nbytes :]
        return column


def _encoded(value: Any) -> str:
    """Encode a value as JSON: text, numbers, bool and None as they are, all else as a list."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind in _PLAIN:
        return _compact(value)
    if kind is LazyArray:
        data, axes = _encoded(value.data), list(value.axes)
        return f'["array","{value.dtype}",{list(value.shape)},{axes},{data}]'
    if kind is Span:
        return f'["span",{value.offset},{value.length},{_compact(value.text)}]'
    if isinstance(value, OwnLayout):  # which is text, too
        return _compact(["layout", json.dumps(stored_layout(value))])
    if isinstance(value, bytes):
        return _compact(["bytes", value.decode("latin-1")])
    if isinstance(value, Mapping):
        return _listed("dict", [f"[{_key(key)},{_encoded(part)}]" for key, part in value.items()])
    if isinstance(value, list):
        return _listed("list", map(_encoded, value))
    if isinstance(value, tuple):
        return _listed("tuple", map(_encoded, value))
    raise TypeError(f"an index has no code for {type(value).__name__}")


def _key(key: Any) -> str:
    return _text(key) if type(key) is str else _encoded(key)


# The keys of all annotations are the same few.
_text: Final = functools.lru_cache(1000)(_compact)


def _listed(kind: str, parts: Iterable[str]) -> str:
    return f"[{','.join([_compact(kind), *parts])}]"


def _decoded(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, *parts = value
    match kind:
        case "array":
            dtype, shape, axes, data = parts
            return LazyArray(dtype, tuple(shape), tuple(axes), _decoded(data))
        case "span":
            return Span(*parts)
        case "bytes":
            return parts[0].encode("latin-1")
        case "dict":
            return {_decoded(key): _decoded(part) for key, part in parts}
        case "layout":
            return _layout(parts[0])
        case "tuple":
            return tuple(_all_decoded(parts))
    return list(_all_decoded(parts))


@functools.lru_cache(16)
def _layout(definition: str) -> str:
    return layout_of_stored(json.loads(definition))


def _all_decoded(parts: Sequence[Any]) -> Iterator[Any]:
    return map(_decoded, parts)
