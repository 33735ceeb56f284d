"""JSON of many clips that is too large to be in memory: a record and a clip at a time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from skelconv import ClipError
from skelconv.files import JsonFile, parse_json
from skelconv_posefiles.loose.cells import word
from skelconv_posefiles.loose.large import GONE, MAX_CLIP, MAX_RUNS
from skelconv_posefiles.loose.plain import Opener
from skelconv_posefiles.loose.records import Records, flat, one_of, with_key
from skelconv_posefiles.loose.rows import MAX_COLUMNS
from skelconv_posefiles.loose.table import table_of
from skelconv_posefiles.loose.table_form import Listed, TableForm
from skelconv_posefiles.poses import PoseSequence

_HEAD = 2**20

Run = tuple[int, int, int, int, str | None]
"""Records of a clip one behind the other: the first byte, the one behind them, the number of the
first and its line, where each has one, and its key, where they are an object's members."""


class _Record(NamedTuple):
    start: int
    stop: int
    value: Any
    line: int
    key: str | None


class LargeRecords:
    """The clips of a JSON document with a column of ids, of which only places are kept.

    Parameters
    ----------
    form : TableForm
        What the recipe says.
    opened : callable
        Opens the file, in which one can seek, and whose text is UTF-8.
    """

    persons: Sequence[str] = ()

    def __init__(self, form: TableForm, opened: Opener) -> None:
        self._form, self._opened = form, opened
        self._at, self._common = self._place()

    def _place(self) -> tuple[tuple[str, ...] | None, dict[str, Any]]:
        """Return where the records are, None for lines, and what is beside them."""
        with self._opened() as file:
            head = file.read(_HEAD)
        first, _, others = head.strip().partition(b"\n")
        if others.strip() and first.startswith((b"{", b"[")):
            try:
                parse_json(first, nan=True)
            except ClipError:
                pass
            else:
                return None, {}
        if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return (), {}
        members: dict[str, Any] = {}
        with self._opened() as file:
            for path, value, *_ in JsonFile(file).parts(lambda path: len(path) < 2):
                if len(path) == 1:
                    members[str(path[0])] = value
        at = one_of(members, self._form.records)
        common = {} if at is None else {n: v for n, v in members.items() if _is_single(v)}
        return (() if at is None else (at,)), common

    def _records(self) -> Iterator[_Record]:
        with self._opened() as file:
            if self._at is None:
                start = 0
                for line, text in enumerate(iter(file.readline, b""), 1):
                    if text.strip():
                        try:
                            value = parse_json(text, nan=True)
                        except ClipError as error:
                            raise ClipError(error.reason, line=line) from error
                        yield _Record(start, start + len(text), value, line, None)
                    start += len(text)
                return
            at = self._at
            document = JsonFile(file)
            try:
                for path, value, start, stop in document.parts(lambda p: p == at[: len(p)]):
                    if path == at and value not in (list, dict):
                        raise ClipError("the file is not a list of records")
                    if len(path) == len(at) + 1 and path[: len(at)] == at:
                        key = path[-1] if isinstance(path[-1], str) else None
                        yield _Record(start, stop, value, 0, key)
            except ClipError as error:
                raise ClipError(error.reason, line=error.line or document.line) from error

    @cached_property
    def _found(self) -> tuple[Mapping[str, Listed], Mapping[str, Sequence[Run]], Sequence[str]]:
        clips: dict[str, Listed] = {}
        runs: dict[str, list[Run]] = {}
        header: dict[str, None] = dict.fromkeys(self._common)
        count, number, last = 0, -1, ""
        fault: ClipError | None = None
        for number, record in enumerate(self._records()):
            row = self._common | dict(flat(_named(record.key, record.value), ""))
            header.update(dict.fromkeys(row))
            if len(header) > MAX_COLUMNS:
                raise ClipError(f"its records have more than {MAX_COLUMNS:,} different members")
            try:
                name, label = self._said(row)
                if not name and not label and not any(map(word, row.values())):
                    continue
                if not name:
                    raise ValueError("the row has no id")
                listed = clips.setdefault(name, Listed(label, record.line or None, (), named=True))
                if listed.label != label:
                    raise ValueError(f"its rows have two labels, {listed.label!r} and {label!r}")
            except ValueError as error:
                # What is wrong with the document, or its header, goes first.
                where = "" if record.line else f"record {number}: "
                fault = fault or ClipError(f"{where}{error}", line=record.line or None)
                continue
            of_clip = runs.setdefault(name, [])
            if of_clip and last == name:
                start, _, first, line, key = of_clip[-1]
                of_clip[-1] = (start, record.stop, first, line, key)
            else:
                of_clip.append((record.start, record.stop, number, record.line, record.key))
                count += 1
            last = name
            if count > MAX_RUNS:
                raise ClipError(
                    f"the records of clips come in turn, in more than {MAX_RUNS:,} places: sort "
                    f"them by {self._form.id!r}, so that each clip's are together"
                )
        if number < 0:
            raise ClipError("it has no records")
        nothing = self._rows([], [], [], [])
        nothing.header = [*header]
        table_of(nothing, self._form, 0)  # raises where a column is lacking
        if fault:
            raise fault
        return clips, runs, nothing.header

    def _said(self, row: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the id and the label of a record."""
        found = []
        for column in (self._form.id, self._form.label):
            if column is not None and column not in row:
                lower = column.casefold()
                column = next((name for name in row if name.casefold() == lower), column)
            found.append(None if column is None else word(row.get(column)))
        return found[0] or "", found[1]

    def _rows(
        self,
        records: Sequence[Any],
        keys: Sequence[str | None],
        numbers: Sequence[int],
        lines: Sequence[int],
    ) -> Records:
        named = [_named(key, value) for key, value in zip(keys, records, strict=True)]
        return Records.of(named, self._common, numbers, lines if self._at is None else None)

    @property
    def clips(self) -> Mapping[str, Listed]:  # numpydoc ignore=RT01
        """The clips of the document, as of `Table`, without their rows.

        Raises
        ------
        ClipError
            As of `Table`; and when the records of clips are in too many places.
        """
        return self._found[0]

    def runs(self, key: str) -> Sequence[Run]:  # numpydoc ignore=PR01,RT01
        """Return where the records of a clip are, in the order of the file."""
        return self._found[1][key]

    @cached_property
    def layout(self) -> str:  # numpydoc ignore=RT01
        """The layout of the keypoints: the recipe's, or that of the first clip."""
        if self._form.layout is not None:
            return self._form.layout
        rows, size = self._rows_at(self.runs(next(iter(self.clips))))
        rows.header = self._found[2]
        return table_of(rows, self._form, size).layout

    def poses_at(self, key: str, runs: Sequence[Run]) -> PoseSequence:
        """Return the skeletons of a clip.

        Parameters
        ----------
        key : str
            Its id.
        runs : sequence of Run
            Where its records are.

        Returns
        -------
        PoseSequence
            Its skeletons.

        Raises
        ------
        ClipError
            With the line or the record, when one is wrong.
        """
        rows, size = self._rows_at(runs)
        own = [*rows.header]
        try:
            if self._form.layout is None:  # its joints are those of all clips
                rows.header = self._found[2]
            return self._poses(key, rows, size)
        except ClipError:
            if len(self._found[2]) == len(own):
                raise
        rows.header = self._found[2]  # its records may lack what others have
        return self._poses(key, rows, size)

    def _poses(self, key: str, rows: Records, size: int) -> PoseSequence:
        table = table_of(rows, self._form, size)
        if [*table.clips] != [key]:
            raise ClipError(GONE)
        return table.poses(key)

    def poses(self, key: str) -> PoseSequence:  # numpydoc ignore=PR01,RT01
        """Return the skeletons of a clip; see `poses_at`."""
        return self.poses_at(key, self.runs(key))

    def _rows_at(self, runs: Sequence[Run]) -> tuple[Records, int]:
        size = sum(stop - start for start, stop, *_ in runs)
        if size > MAX_CLIP:
            raise ClipError(f"its records are {size / 2**20:.0f} MB: too much for one clip")
        records: list[Any] = []
        keys: list[str | None] = []
        numbers, lines = array("q"), array("q")
        with self._opened() as file:
            for start, stop, number, line, key in runs:
                file.seek(start)
                part = file.read(stop - start)
                try:
                    found = _parsed(part, key, lines=self._at is None)
                except ClipError as error:
                    raise ClipError(GONE) from error
                for place, (name, value, further) in enumerate(found):
                    records.append(value)
                    keys.append(name)
                    numbers.append(number + place)
                    lines.append(line + further)
        return self._rows(records, keys, numbers, lines), size


def _parsed(part: bytes, key: str | None, *, lines: bool) -> Iterator[tuple[str | None, Any, int]]:
    """Yield key, value and how many lines are before it, of records one behind the other."""
    if lines:
        for further, text in enumerate(part.split(b"\n")):
            if text.strip():
                yield None, parse_json(text, nan=True), further
    elif key is None:
        for value in parse_json(b"[" + part + b"]", nan=True):
            yield None, value, 0
    else:
        text = b"{" + json.dumps(key).encode() + b":" + part + b"}"
        for name, value in parse_json(text, nan=True).items():
            yield name, value, 0


def _named(key: str | None, value: Any) -> Any:
    return value if key is None else with_key(key, value)


def _is_single(value: Any) -> bool:
    return value not in (list, dict) and not isinstance(value, list | dict)
