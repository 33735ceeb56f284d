"""Tables: csv files with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from skelconv.data.errors import BuildError
from skelconv.files.reading import read_text
from skelconv.text.counts import counted

ID = "id"


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


def read_table(path: Path, column: str) -> dict[str, Cell]:
    """Read the column ``id`` and another one of a csv file.

    Parameters
    ----------
    path : Path
        The file.
    column : str
        The other column's name.

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
    for line, (key, text) in read_rows(path, (ID, column)):
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
        The text; its first line names the columns.
    name : str
        The file's name, for errors.
    columns : sequence of str
        The columns to read; it may have others.
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
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        for column in (*columns, *(column for column in optional if column in header)):
            if header.count(column) != 1:
                raise BuildError(
                    f"its header must name the column {column!r} once",
                    where=f"{name}:1",
                    hint=f"it names {', '.join(map(repr, header)) or 'nothing'}",
                )
        names = (*columns, *optional)
        at = [header.index(column) if column in header else None for column in names]
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                what = f"{counted(len(row), 'cell')}, where the header has {len(header)}"
                raise BuildError(what, where=f"{name}:{reader.line_num}")
            yield reader.line_num, ["" if index is None else row[index].strip() for index in at]
    except csv.Error as error:
        raise BuildError(f"is not valid csv: {error}", where=f"{name}:{reader.line_num}") from error
