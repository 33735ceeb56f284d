"""What an annotation pickle holds, kept in the user's cache: it then opens without being read.

Unpickling tells what is in a pickle only from its first byte to its last; the index has the ids,
labels, sizes and parts, and each annotation with the place of its arrays, to be decoded when the
clip is asked for. It is made when a large pickle is opened for the first time, and is that of a
file at one path, of one size and time of change, with the same first and last bytes. One that is
damaged, or made by another version, is made again.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import Any, Final, overload

import numpy as np

from skelconv.files import remove_old, user_cache
from skelconv_pickle.columns import Column, columns_of, whole_numbers
from skelconv_pickle.contents import Annotation, Contents
from skelconv_pickle.pinned import PinnedFile
from skelconv_pickle.values import decoded, encoded

# Smaller pickles are read as fast as an index is found.
_LEAST_BYTES: Final = 1 << 20
_ENDS: Final = 1 << 16
# The index of 100,000 clips has 12 MB.
_KEPT: Final = 64
_KEPT_BYTES: Final = 1 << 29
# The form of the index: what has another is made again.
_MAGIC: Final = b"skelconv index 3"
# CRC of what follows, number of annotations, bytes of what is in JSON, number of ends.
_HEADER: Final = struct.Struct("<16sIQQQ")
_TEXTS: Final = ("ids", "unknown", "label_names", "passed_over")


class Annotations(Sequence[Annotation]):
    """The annotations of an index, each decoded when it is asked for.

    Parameters
    ----------
    ids : sequence of str
        The id of each.
    keys : sequence of str
        The keys of all, in order; of no use where there are no columns.
    columns : dict of str to (Column, ndarray)
        What all have alike, by key.
    ends : ndarray of shape (N,)
        Where the rest of each ends; empty where nothing is left.
    records : bytes
        All of the rest, encoded.
    """

    def __init__(
        self,
        ids: Sequence[str],
        keys: Sequence[str],
        columns: Mapping[str, tuple[Column, np.ndarray[Any, Any]]],
        ends: np.ndarray[Any, Any],
        records: bytes,
    ) -> None:
        self._ids = ids
        self._keys = keys
        self._columns = columns
        self._ends = ends
        self._records = records

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Annotation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Annotation]: ...
    def __getitem__(self, index: int | slice) -> Annotation | Sequence[Annotation]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        rest: Annotation = {}
        if len(self._ends):
            start = int(self._ends[place - 1]) if place else 0
            rest = decoded(json.loads(self._records[start : int(self._ends[place])]))
        if not self._columns:
            return rest
        return {
            key: self._value(key, place) if key in self._columns else rest[key]
            for key in self._keys
        }

    def _value(self, key: str, place: int) -> Any:
        column, rows = self._columns[key]
        return column.value(rows[place]) if column.width else self._ids[place]


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


def _content(contents: Contents) -> bytes:
    """Encode an index; ValueError or TypeError where an annotation holds what has no code."""
    annotations, most = contents.annotations, contents.file.size
    columns = columns_of(annotations, contents.ids)
    # Annotations may share a large list or array: it would be there as often as it is shared.
    if sum(rows.nbytes for _, rows in columns.values()) > most:
        raise ValueError("the index would be larger than the pickle")
    head = {name: getattr(contents, name) for name in _TEXTS}
    head["splits"] = {name: len(places) for name, places in contents.splits.items()}
    head["has_sizes"] = contents.sizes is not None
    head["keys"] = list(annotations[0]) if columns else []
    head["columns"] = {key: column for key, (column, _) in columns.items()}
    numbers = [rows for _, rows in columns.values()]
    numbers += [np.array(places, "<u4") for places in contents.splits.values()]
    if contents.sizes is not None:
        numbers.append(np.array(contents.sizes, "<u8"))
    # Numbers take JSON long to read.
    labels = whole_numbers(contents.labels)
    head["labels"] = contents.labels if labels is None else None
    if labels is not None:
        numbers.append(labels)
    records, ends = _rest(annotations, columns.keys(), most)
    texts = json.dumps(head).encode()
    body = b"".join((texts, *(column.tobytes() for column in (*numbers, ends)), records))
    sizes = len(annotations), len(texts), len(ends)
    return _HEADER.pack(_MAGIC, zlib.crc32(body), *sizes) + body


def _rest(
    annotations: Sequence[Annotation], without: Collection[str], most: int
) -> tuple[bytearray, np.ndarray[Any, Any]]:
    """Encode what no column has, and return where that of each annotation ends."""
    records = bytearray()
    if annotations and without and len(without) == len(annotations[0]):
        return records, np.empty(0, "<u8")
    ends = np.empty(len(annotations), "<u8")
    for place, annotation in enumerate(annotations):
        left = {key: value for key, value in annotation.items() if key not in without}
        records += encoded(left).encode()
        if len(records) > most:
            raise ValueError("the index would be larger than the pickle")
        ends[place] = len(records)
    return records, ends


def _contents(content: bytes, file: PinnedFile) -> Contents:
    magic, checksum, count, size, count_of_ends = _HEADER.unpack_from(content)
    body = memoryview(content)[_HEADER.size :]
    if magic != _MAGIC or zlib.crc32(body) != checksum:
        raise ValueError("it is damaged")
    head = json.loads(bytes(body[:size]))
    rest = _Numbers(body[size:])
    columns = {}
    for key, fields in head["columns"].items():
        column = Column(*fields)
        columns[key] = column, rest.take("<i8", count * column.width).reshape(count, column.width)
    splits = {name: rest.take("<u4", length).tolist() for name, length in head["splits"].items()}
    sizes = Sizes(rest.take("<u8", 2 * count).reshape(-1, 2)) if head["has_sizes"] else None
    if head["labels"] is None:
        labels = rest.take("<i8", count).tolist()
    else:
        labels = [tuple(label) if type(label) is list else label for label in head["labels"]]
    ends = rest.take("<u8", count_of_ends)
    return Contents(
        file=file,
        annotations=Annotations(head["ids"], head["keys"], columns, ends, bytes(rest.left)),
        ids=head["ids"],
        splits=splits,
        unknown=head["unknown"],
        labels=labels,
        sizes=sizes,
        label_names=tuple(head["label_names"]),
        passed_over=tuple(head["passed_over"]),
    )


class _Numbers:
    """What is left of an index, of which columns of numbers are taken."""

    def __init__(self, left: memoryview) -> None:
        self.left = left

    def take(self, dtype: str, count: int) -> np.ndarray[Any, Any]:
        column = np.frombuffer(self.left, dtype, count)
        self.left = self.left[column.nbytes :]
        return column
