"""Cells of a table that hold lists, as programs write them: ``"[0.38, 0.45]"``, ``(313, 140)``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from skelconv import ClipError
from skelconv_posefiles.loose.rows import MAX_COLUMNS, TextRows

_TOKEN = re.compile(r"[\[\](),]|[^\s\[\](),]+")
_LIST = re.compile(r"\s*[\[(].*[\])]\s*\Z", re.DOTALL)
_MAX_DEPTH = 8


def unfolded(rows: TextRows) -> TextRows | Unfolded:
    """Give the numbers in lists columns of their own, where cells of a table hold lists.

    Parameters
    ----------
    rows : TextRows
        A table.

    Returns
    -------
    TextRows or Unfolded
        The table itself, where no cell of its first row is a list.

    Raises
    ------
    ClipError
        With the line, when a list cannot be taken apart.
    """
    try:
        first = rows.cells(0, range(len(rows.header))) if len(rows) else []
    except ClipError:  # told when the row is read
        return rows
    columns = [at for at, cell in enumerate(first) if _LIST.match(cell)]
    return Unfolded(rows, columns) if columns else rows


class Unfolded:
    """A table with a column for each place in the lists that its cells hold.

    Beside the column ``keypoints`` there are ``keypoints.0.0``, ``keypoints.0.1``, ..., as in JSON.

    Parameters
    ----------
    rows : TextRows
        The table.
    columns : sequence of int
        The columns that hold lists.
    """

    def __init__(self, rows: TextRows, columns: Sequence[int]) -> None:
        self._rows, self._columns = rows, columns
        names: dict[str, None] = {}
        for row in range(len(rows)):
            names.update(dict.fromkeys(self._lists(row)))
            if len(rows.header) + len(names) > MAX_COLUMNS:
                raise ClipError(
                    f"its lists have more than {MAX_COLUMNS:,} places", line=rows.line(row)
                )
        self._own = len(rows.header)
        self._names = [*names]
        self.header: Sequence[str] = [*rows.header, *names]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def line(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the line of a row."""
        return self._rows.line(row)

    def cells(self, row: int, columns: Sequence[int]) -> list[Any]:
        """Return the cells of a row in some columns; see `Rows`.

        Parameters
        ----------
        row : int
            The row, from 0.
        columns : sequence of int
            Positions in the header.

        Returns
        -------
        list of str or None
            The cells; None for a place that a shorter list does not have.

        Raises
        ------
        ClipError
            With the line, when the row cannot be taken apart.
        """
        own = [column for column in columns if column < self._own]
        cells = iter(self._rows.cells(row, own))
        lists = self._lists(row) if len(own) < len(columns) else {}
        return [
            next(cells) if column < self._own else lists.get(self._names[column - self._own])
            for column in columns
        ]

    def number(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the number of a row."""
        return row

    def check_text(self, cell: str) -> None:  # numpydoc ignore=PR01
        """Refuse text whose letters are unknown; see `TextRows`."""
        self._rows.check_text(cell)

    def _lists(self, row: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for column, cell in zip(self._columns, self._rows.cells(row, self._columns), strict=True):
            if _LIST.match(cell):
                name = self._rows.header[column]
                try:
                    found.update(_places(cell, name))
                except ValueError as error:
                    reason = f"column {name[:40]!r}: {error}"
                    raise ClipError(reason, line=self._rows.line(row)) from None
        return found


def _places(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the values in lists, with the way to each; commas between them may be blanks."""
    at: list[int] = []
    after_value = ended = False
    for sign in _TOKEN.findall(text):
        if ended:
            raise ValueError("there is something behind its list")
        if sign in "[(":
            at.append(0)
            after_value = False
        elif sign in "])":
            at.pop()
            after_value, ended = True, not at
        elif sign == ",":
            if not after_value:
                raise ValueError("a list has nothing before a comma")
            after_value = False
        else:
            yield ".".join([name, *map(str, at)]), sign
            after_value = True
        if after_value and at:
            at[-1] += 1
        if len(at) > _MAX_DEPTH:
            raise ValueError(f"its lists are more than {_MAX_DEPTH} deep")
    if at:
        raise ValueError("a list is not closed")
