"""Tables: csv files with a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from skelconv.data.errors import BuildError, ClipError
from skelconv.files.reading import read_text
from skelconv.text.counts import counted

ID = "id"

MAX_ROW = 2**20
"""The longest row of a csv file, in characters."""

# How many of the columns are named in an error.
_SHOWN = 20

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_QUOTED = re.compile(r'"[^"]*"')

SEPARATORS = ",;\t|"
"""What may be between the columns of a table."""


class Cell(NamedTuple):
    """A cell and its line.

    Attributes
    ----------
    text : str
        Its content, without spaces around it.
    line : int
        Of the file, counted from 1.
    """

    text: str
    line: int


def read_table(path: Path, column: str, strip: str = "") -> dict[str, Cell]:
    """Read the column ``id`` and another one of a csv file.

    Parameters
    ----------
    path : Path
        The file.
    column : str
        The other column's name.
    strip : str
        An ending that is left out of ids, such as ``.mp4``.

    Returns
    -------
    dict of str to Cell
        By id, in the order of the file.

    Raises
    ------
    BuildError
        When it cannot be read, lacks a column or a cell, or has an id twice.
    """
    cells: dict[str, Cell] = {}
    for line, (name, text) in read_rows(path, (ID, column)):
        key = name.removesuffix(strip)
        if key in cells:
            what = f"the id {key!r} is in line {cells[key].line} already"
            raise BuildError(what, where=f"{path}:{line}")
        cells[key] = Cell(text, line)
    return cells


def read_rows(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Read some columns of a csv file.

    Parameters
    ----------
    path : Path
        The file.
    columns, optional : sequence of str
        See `rows_in`.

    Yields
    ------
    line : int
        Counted from 1.
    cells : list of str
        See `rows_in`.

    Raises
    ------
    BuildError
        When it cannot be read, or lacks a column or a cell.
    """
    yield from rows_in(read_text(path), str(path), columns, optional)


def rows_in(
    text: str, name: str, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Read some columns of a csv file's text.

    Parameters
    ----------
    text : str
        The text; its first line names the columns, and shows what is between them, see
        `separator_of`. Rows without any text are nothing.
    name : str
        The file's name, for errors.
    columns : sequence of str
        The columns to read, in any case where only one is called so; it may have others.
    optional : sequence of str
        Columns to read where they are there.

    Yields
    ------
    line : int
        Counted from 1.
    cells : list of str
        One for each of `columns`, then of `optional`, without spaces around it; an empty one for
        a column that is not there.

    Raises
    ------
    BuildError
        When it lacks a column or a cell.
    """
    try:
        rows = csv_rows(text, separator_of(text))
        header = _header([column.strip() for column in next(rows, (1, []))[1]], columns, optional)
        for column in (*columns, *(column for column in optional if column in header)):
            if header.count(column) != 1:
                named = ", ".join(repr(each[:40]) for each in header[:_SHOWN])
                named += ", ..." if len(header) > _SHOWN else ""
                raise BuildError(
                    f"its header must name the column {column!r} once",
                    where=f"{name}:1",
                    hint=f"it names {named or 'nothing'}",
                )
        names = (*columns, *optional)
        at = [header.index(column) if column in header else None for column in names]
        for line, row in rows:
            if not any(cell.strip() for cell in row):  # spreadsheets write rows of only commas
                continue
            if len(row) != len(header):
                what = f"{counted(len(row), 'cell')}, where the header has {len(header)}"
                raise BuildError(what, where=f"{name}:{line}")
            yield line, ["" if index is None else row[index].strip() for index in at]
    except ClipError as error:
        raise BuildError(error.reason, where=f"{name}:{error.line}") from error


def _header(found: list[str], columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    """Return the names of the columns, with those in the place that are written as asked for."""
    wanted = {name.casefold(): name for name in (*columns, *optional)}
    header = [wanted.get(name.casefold(), name) for name in found]
    return header if len(set(header)) == len(set(found)) else found


def separator_of(text: str) -> str:
    """Return what is between the columns of a table, by its first line.

    Parameters
    ----------
    text : str
        The text; its first line has no numbers with a decimal comma.

    Returns
    -------
    str
        The one of comma, semicolon, tab and ``|`` that is there most often, outside of quotes; a
        comma where none is.
    """
    match = _LINE.search(text[:MAX_ROW])
    line = _QUOTED.sub("", match[0] if match else "")
    return max(SEPARATORS, key=line.count)


def csv_rows(text: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a csv file's text, each of `MAX_ROW` characters at most.

    Parameters
    ----------
    text : str
        The text.
    separator : str
        What is between the columns.

    Yields
    ------
    line : int
        The last line of the row, counted from 1.
    cells : list of str
        Of the row; none for a blank line.

    Raises
    ------
    ClipError
        With the line, when it is not csv, or a row is longer.
    """
    left = MAX_ROW

    # Not by `io.StringIO`, which holds the text again, in four bytes a character.
    def _lines() -> Iterator[str]:
        nonlocal left
        for match in _LINE.finditer(text):
            left -= match.end() - match.start()
            if left < 0:
                reason = f"is not a csv file: a row has more than {MAX_ROW:,} characters"
                raise ClipError(reason, line=reader.line_num + 1)
            yield match[0]

    reader = csv.reader(_lines(), delimiter=separator, strict=True)
    try:
        for row in reader:
            left = MAX_ROW
            yield reader.line_num, row
    except csv.Error as error:
        raise ClipError(f"is not valid csv: {error}", line=reader.line_num) from error
