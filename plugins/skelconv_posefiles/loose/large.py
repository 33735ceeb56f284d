"""Tables of many clips that are too large to be in memory: a block at a time, a clip at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import BinaryIO

import numpy as np

from skelconv import ClipError
from skelconv_posefiles.loose.columns import regular
from skelconv_posefiles.loose.plain import Opener
from skelconv_posefiles.loose.rows import MAX_ROW, TextRows
from skelconv_posefiles.loose.table import Table
from skelconv_posefiles.loose.table_form import Listed, TableForm
from skelconv_posefiles.loose.unfolded import unfolded
from skelconv_posefiles.poses import PoseSequence

_BLOCK = 2**23
# The largest clip, in bytes; and in how many places the rows of all clips may be.
MAX_CLIP, MAX_RUNS = 2**26, 2**20

GONE = "the file has changed: the clip is gone"
Run = tuple[int, int, int]
"""Rows of a clip one behind the other: their first byte, the one behind them, the first line."""


class LargeTable:
    """The clips of a table with a column of ids, of which only places are kept.

    Parameters
    ----------
    form : TableForm
        What the recipe says.
    opened : callable
        Opens the file, in which one can seek, and whose lines end with the byte 10.
    """

    def __init__(self, form: TableForm, opened: Opener) -> None:
        self._opened = opened
        if form.slotted:
            raise ClipError(
                "its places name their joints (columns: joint), and it is too large for that: "
                "divide it, a file for each clip"
            )
        with opened() as file:
            content = _block(file, b"", MAX_ROW)
        rows = _rows(content, form)
        lists = unfolded(_rows(_whole(content), form)) if b"\n" in content else rows
        if lists.header[len(rows.header) :]:
            patterns = [regular(column) for column in form.values.values()]
            if not any(one.match(name) for one in patterns for name in rows.header):
                raise ClipError(
                    "its cells are lists, and it is too large for that: divide it, a file for "
                    "each clip"
                )
        start, line = rows.begin
        # Blocks have no header, and nothing before it.
        self._form = replace(form, header=rows.header, separator=rows.separator, skip=0)
        self._begin: tuple[int, int] = start, line

    @cached_property
    def _found(self) -> tuple[Mapping[str, Listed], Mapping[str, Sequence[Run]]]:
        clips: dict[str, Listed] = {}
        runs: dict[str, list[Run]] = {}
        count = 0
        for start, line, content in self._blocks():
            rows = _rows(content, self._form, [(0, line)])
            for name, listed in Table(rows, self._form, len(content)).clips.items():
                known = clips.setdefault(name, replace(listed, rows=()))
                if known.label != listed.label:
                    raise ClipError(
                        f"its rows have two labels, {known.label!r} and {listed.label!r}",
                        line=listed.line,
                    )
                of_clip = runs.setdefault(name, [])
                for first, last in _consecutive(listed.rows):
                    begin, end = (start + place for place in rows.place(first, last))
                    if of_clip and of_clip[-1][1] == begin:
                        of_clip[-1] = of_clip[-1][0], end, of_clip[-1][2]
                        continue
                    of_clip.append((begin, end, rows.line(first)))
                    count += 1
            if count > MAX_RUNS:
                raise ClipError(
                    f"the rows of clips come in turn, in more than {MAX_RUNS:,} places: sort it "
                    f"by {self._form.id!r}, so that each clip's are together"
                )
        return clips, runs

    @property
    def clips(self) -> Mapping[str, Listed]:  # numpydoc ignore=RT01
        """The clips of the table, as of `Table`, without their rows.

        Raises
        ------
        ClipError
            As of `Table`; and when the rows of clips are in too many places.
        """
        return self._found[0]

    persons: Sequence[str] = ()

    def runs(self, key: str) -> Sequence[Run]:
        """Return where the rows of a clip are.

        Parameters
        ----------
        key : str
            One of `clips`.

        Returns
        -------
        sequence of Run
            In the order of the file.
        """
        return self._found[1][key]

    @cached_property
    def layout(self) -> str:  # numpydoc ignore=RT01
        """The layout of the keypoints: the recipe's, or that of the first clip."""
        if self._form.layout is not None:
            return self._form.layout
        key = next(iter(self.clips))
        return self._table(self.runs(key)).layout

    def poses_at(self, key: str, runs: Sequence[Run]) -> PoseSequence:
        """Return the skeletons of a clip.

        Parameters
        ----------
        key : str
            Its id.
        runs : sequence of Run
            Where its rows are.

        Returns
        -------
        PoseSequence
            Its skeletons.

        Raises
        ------
        ClipError
            With the line, when a row is wrong.
        """
        table = self._table(runs)
        if [*table.clips] != [key]:
            raise ClipError(GONE)
        return table.poses(key)

    def poses(self, key: str) -> PoseSequence:
        """Return the skeletons of a clip; see `poses_at`.

        Parameters
        ----------
        key : str
            One of `clips`.

        Returns
        -------
        PoseSequence
            Its skeletons.
        """
        return self.poses_at(key, self.runs(key))

    def _table(self, runs: Sequence[Run]) -> Table:
        size = sum(stop - start for start, stop, _ in runs)
        if size > MAX_CLIP:
            raise ClipError(f"its rows are {size / 2**20:.0f} MB: too much for one clip")
        parts = []
        lines = []
        passed = 0
        with self._opened() as file:
            for start, stop, line in runs:
                file.seek(start)
                part = file.read(stop - start)
                part += b"" if part.endswith(b"\n") else b"\n"
                lines.append((passed, line - 1 - passed))
                passed += part.count(b"\n")
                parts.append(part)
        content = b"".join(parts)
        return Table(_rows(content, self._form, lines), self._form, len(content))

    def _blocks(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield the place, the number of lines before it and the content of each block of rows."""
        start, line = self._begin
        with self._opened() as file:
            file.seek(start)
            rest = b""
            while content := _block(file, rest, _BLOCK):
                whole = content if len(content) < _BLOCK else _whole(content)
                rest = content[len(whole) :]
                yield start, line, whole
                start += len(whole)
                line += whole.count(b"\n")


def _rows(
    content: bytes, form: TableForm, lines: Sequence[tuple[int, int]] = ((0, 0),)
) -> TextRows:
    return TextRows(
        content,
        separator=form.separator,
        header=form.header,
        skip=form.skip,
        encoding=form.encoding,
        lines=lines,
    )


def _block(file: BinaryIO, rest: bytes, size: int) -> bytes:
    return rest + file.read(size - len(rest))


def _whole(content: bytes) -> bytes:
    """Return the rows that end in a block: a line that ends within quotation marks goes on."""
    end = content.rfind(b"\n") + 1
    quotes = content.count(b'"', 0, end)
    while end and quotes % 2:
        before = content.rfind(b"\n", 0, end - 1) + 1
        quotes -= content.count(b'"', before, end)
        end = before
    if not end:
        raise ClipError(f"is not a table: a row has more than {MAX_ROW:,} characters")
    return content[:end]


def _consecutive(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of numbers one behind the other."""
    numbers = np.asarray(rows)
    ends = np.flatnonzero(np.diff(numbers) != 1)
    first = 0
    for end in [*ends.tolist(), len(numbers) - 1]:
        yield int(numbers[first]), int(numbers[end])
        first = end + 1
