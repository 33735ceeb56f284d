"""The spool: what a build has done so far, on disk, one record for each item.

Journal and data are one file, so they cannot disagree. Each record has a checksum, and opening the
spool truncates it after the last good record. Records are in the order in which workers finished;
their offsets are kept in memory (17 bytes for each item), and the output is assembled in the order
of the plan.

A record is a header (the item's position in the plan, its outcome, the length of the payload, and
the CRC-32 of the header and the payload) and the payload. The file begins with a magic line and
the digest of what is being built.
"""

from __future__ import annotations

import heapq
import os
import stat
import struct
import time
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from skelconv.data.errors import BuildError
from skelconv.data.opening import open_regular
from skelconv.engine.outcome import LACKS_CLIPS, Outcome

_MAGIC = b"skelconv spool 5\n"
_HEAD = struct.Struct("<IBQ")  # position, outcome, length
_CRC = struct.Struct("<I")
_RECORD_SIZE = _HEAD.size + _CRC.size
# In place of an outcome: the item is not done. A record of it takes back the one before it.
_ABSENT = 255
_MARKS = frozenset({*Outcome, _ABSENT})
# Most first lines are shorter.
_LINE = 128

# If the machine crashes, what was written since the last sync is lost; not if the build crashes.
_SYNC_SECONDS = 2.0


class Spool:
    """The spool of one build, open for appending and reading.

    Parameters
    ----------
    path : Path
        The file; it is created when it does not exist.
    digest : bytes
        What is being built, 32 bytes: records of something else do not hold.
    items : int
        Number of items of the build.

    Raises
    ------
    BuildError
        When the file is the spool of another build, or not a spool.
    """

    def __init__(self, path: Path, digest: bytes, items: int) -> None:
        self.path = path
        self._outcomes = bytearray([_ABSENT]) * items
        self._offsets = array("Q", bytes(8 * items))
        self._lengths = array("Q", bytes(8 * items))
        self._counts = dict.fromkeys(Outcome, 0)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                raise BuildError("this is not a regular file", where=str(path))
            self._end = self._recover(_MAGIC + digest)
        except BaseException:
            os.close(self._file)
            raise
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def __len__(self) -> int:
        """Return the number of items that are done, with any outcome."""
        return sum(self._counts.values())

    def __contains__(self, position: int) -> bool:
        return self._outcomes[position] != _ABSENT

    def count(self, *outcomes: Outcome) -> int:
        """Return the number of items with one of some outcomes.

        Parameters
        ----------
        *outcomes : Outcome
            The outcomes.

        Returns
        -------
        int
            The number.
        """
        return sum(self._counts[outcome] for outcome in outcomes)

    def positions(self, *outcomes: Outcome) -> Iterator[int]:
        """Iterate over the items with one of some outcomes.

        Parameters
        ----------
        *outcomes : Outcome
            The outcomes.

        Yields
        ------
        int
            The position of an item, in the order of the plan.
        """
        yield from heapq.merge(*map(self._found, outcomes))

    def _found(self, mark: int) -> Iterator[int]:
        position = self._outcomes.find(mark)
        while position >= 0:
            yield position
            position = self._outcomes.find(mark, position + 1)

    def missing(self) -> Iterator[int]:
        """Iterate over the items that are not done.

        Yields
        ------
        int
            The position of an item, in the order of the plan. Items that are done while this runs
            may be included.
        """
        yield from self._found(_ABSENT)

    def append(self, records: Iterable[tuple[int, Outcome, bytes]]) -> None:
        """Write records. All are in the file when this returns.

        Parameters
        ----------
        records : iterable of (int, Outcome, bytes)
            The position of an item in the plan, its outcome, and the payload.

        Raises
        ------
        OSError
            When they cannot be written; the spool is then as it was before.
        """
        self._append(records)
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()

    def _append(self, records: Iterable[tuple[int, int, bytes]]) -> None:
        parts: list[bytes] = []
        entries = []
        end = self._end
        for position, outcome, payload in records:
            head = _HEAD.pack(position, outcome, len(payload))
            parts += (head, _CRC.pack(zlib.crc32(payload, zlib.crc32(head))), payload)
            entries.append((position, outcome, end + _RECORD_SIZE, len(payload)))
            end += _RECORD_SIZE + len(payload)
        _write_all(self._file, b"".join(parts), self._end)
        # Only now: if the write fails, the next one overwrites what was half written.
        self._end = end
        for entry in entries:
            self._enter(*entry)

    def sync(self) -> None:
        """Flush what was written to the disk."""
        os.fsync(self._file)
        self._synced = time.monotonic()

    def read(self, position: int) -> bytes:
        """Return the payload of a record.

        Parameters
        ----------
        position : int
            The position of the item in the plan; the item must be done.

        Returns
        -------
        bytes
            The payload.

        Raises
        ------
        BuildError
            When the checksum of the record is wrong.
        """
        start, length = self._offsets[position] - _RECORD_SIZE, self._lengths[position]
        record = os.pread(self._file, _RECORD_SIZE + length, start)
        payload = _payload(record)
        if payload is None or len(payload) != length:
            raise BuildError(
                "the spool was changed while the build ran",
                where=str(self.path),
                hint="run the same command again: what is damaged is built again",
            )
        return payload

    def first_line(self, position: int) -> bytes:
        """Return the first line of a payload, without reading the rest of it.

        It is not compared with the checksum, which it was when the spool was opened.

        Parameters
        ----------
        position : int
            The position of the item in the plan; the item must be done.

        Returns
        -------
        bytes
            The line without its end; the whole payload where it has none.
        """
        start, length = self._offsets[position], self._lengths[position]
        size = _LINE
        while True:
            line, end, _ = os.pread(self._file, min(size, length), start).partition(b"\n")
            if end or size >= length:
                return line
            size *= 16

    def try_failed_again(self) -> None:
        """Count items that lack clips as not done; their records hold until there are new ones."""
        for position in list(self.positions(*LACKS_CLIPS)):
            self._outcomes[position] = _ABSENT
        self._counts.update(dict.fromkeys(LACKS_CLIPS, 0))

    def take_back(self, positions: Iterable[int]) -> None:
        """Write down that items are not done, whose records are of files that were changed since.

        Parameters
        ----------
        positions : iterable of int
            The positions of items that lack clips, or are not done.
        """
        self._append((position, _ABSENT, b"") for position in positions)
        self.sync()

    def _enter(self, position: int, outcome: int, offset: int, length: int) -> None:
        before = self._outcomes[position]
        if before != _ABSENT:
            self._counts[Outcome(before)] -= 1  # it was tried again
        self._outcomes[position] = outcome
        self._offsets[position] = offset
        self._lengths[position] = length
        if outcome != _ABSENT:
            self._counts[Outcome(outcome)] += 1

    def _recover(self, preamble: bytes) -> int:
        """Enter all good records and cut off what follows them; return the end of the file."""
        size = os.fstat(self._file).st_size
        with open(self._file, "rb", closefd=False) as stream:
            found = stream.read(len(preamble))
            if not preamble.startswith(found):
                raise BuildError("this is the spool of another build", where=str(self.path))
            end = len(found)
            if end == len(preamble):
                for entry in _good_records(stream, end, size):
                    position, _, offset, length = entry
                    if position >= len(self._outcomes) or (
                        position in self and self._outcomes[position] not in LACKS_CLIPS
                    ):
                        break
                    self._enter(*entry)
                    end = offset + length
        if end < len(preamble):
            _write_all(self._file, preamble, 0)
            end = len(preamble)
        os.ftruncate(self._file, end)
        return end


def count_outcomes(path: Path) -> dict[Outcome, int]:
    """Count the records of a spool without changing it; a build may be writing it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of Outcome to int
        The number of records with each outcome.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    counts = dict.fromkeys(Outcome, 0)
    lacking: dict[int, Outcome] = {}
    for position, outcome in _marks_in(path):
        if position in lacking:  # it was tried again
            counts[lacking.pop(position)] -= 1
        if outcome in LACKS_CLIPS:
            lacking[position] = Outcome(outcome)
        if outcome != _ABSENT:
            counts[Outcome(outcome)] += 1
    return counts


def complete_among(path: Path, positions: Collection[int]) -> bool:
    """Return whether any of some items is done and lacks nothing, without changing the spool.

    Parameters
    ----------
    path : Path
        The file.
    positions : collection of int
        The positions of the items.

    Returns
    -------
    bool
        Whether one of them gave all its clips, or was dropped.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    wanted = frozenset(positions)
    return any(
        position in wanted and outcome not in (*LACKS_CLIPS, _ABSENT)
        for position, outcome in _marks_in(path)
    )


def _marks_in(path: Path) -> Iterator[tuple[int, int]]:
    """Read the position and the outcome of each good record of a spool."""
    with open_regular(path) as stream:
        end = len(stream.read(len(_MAGIC) + 32))
        size = os.fstat(stream.fileno()).st_size
        for position, outcome, _, _ in _good_records(stream, end, size):
            yield position, outcome


def _good_records(stream: BinaryIO, end: int, size: int) -> Iterator[tuple[int, int, int, int]]:
    """Read records up to the first incomplete one: position, outcome, offset, length."""
    while end + _RECORD_SIZE <= size:
        header = stream.read(_RECORD_SIZE)
        position, outcome, length = _HEAD.unpack_from(header)
        offset = end + _RECORD_SIZE
        # The length is checked against the file before it is used: a wrong one takes no memory.
        if offset + length > size or _payload(header + stream.read(length)) is None:
            return
        yield position, outcome, offset, length
        end = offset + length


def _payload(record: bytes) -> bytes | None:
    """Return the payload of a record, or None when its checksum is wrong."""
    if len(record) < _RECORD_SIZE:
        return None
    (crc,) = _CRC.unpack_from(record, _HEAD.size)
    payload = record[_RECORD_SIZE:]
    good = crc == zlib.crc32(payload, zlib.crc32(record[: _HEAD.size]))
    return payload if good and record[4] in _MARKS else None


def _write_all(file: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
