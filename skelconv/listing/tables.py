"""Tables: csv files with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from skelconv.errors import BuildError
from skelconv.listing.files import reason_of

ID = "id"


class Cell(NamedTuple):
    """A cell and where it stands.

    Attributes
    ----------
    text : str
        What it says, without spaces around it.
    line : int
        Of the file, counted from 1.
    """

    text: str
    line: int


def read_table(path: Path, column: str) -> dict[str, Cell]:
    """Read the column ``id`` and another one of a csv file.

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
            what = f"the id {key!r} stands in line {cells[key].line} already"
            raise BuildError(what, where=f"{path}:{line}")
        cells[key] = Cell(text, line)
    return cells


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Read some columns of a csv file.

    Parameters
    ----------
    path : Path
        The file; its first line names the columns.
    columns : sequence of str
        Those that are wanted; it may have others.

    Yields
    ------
    line : int
        Counted from 1.
    cells : list of str
        One for each of `columns`, without spaces around it.

    Raises
    ------
    BuildError
        When it cannot be read, or lacks a column or a cell.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        for name in columns:
            if header.count(name) != 1:
                raise BuildError(
                    f"its header must name the column {name!r} once",
                    where=f"{path}:1",
                    hint=f"it names {', '.join(map(repr, header)) or 'nothing'}",
                )
        at = [header.index(name) for name in columns]
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                what = f"{len(row)} cells, where the header has {len(header)}"
                raise BuildError(what, where=f"{path}:{reader.line_num}")
            yield reader.line_num, [row[index].strip() for index in at]
    except csv.Error as error:
        raise BuildError(f"is no csv: {error}", where=f"{path}:{reader.line_num}") from error
