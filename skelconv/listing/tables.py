"""Tables of the user: a csv file with a header, an id a row."""

from __future__ import annotations

import csv
import io
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
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells: dict[str, Cell] = {}
    try:
        header = [name.strip() for name in next(reader, [])]
        for name in (ID, column):
            if header.count(name) != 1:
                raise BuildError(
                    f"its header must name the column {name!r} once",
                    where=f"{path}:1",
                    hint=f"it names {', '.join(map(repr, header)) or 'nothing'}",
                )
        id_at, at = header.index(ID), header.index(column)
        for row in reader:
            if not row:
                continue
            where = f"{path}:{reader.line_num}"
            if len(row) != len(header):
                raise BuildError(f"{len(row)} cells, where the header has {len(header)}", where)
            key = row[id_at].strip()
            if key in cells:
                raise BuildError(f"the id {key!r} stands in line {cells[key].line} already", where)
            cells[key] = Cell(row[at].strip(), reader.line_num)
    except csv.Error as error:
        raise BuildError(f"is no csv: {error}", where=f"{path}:{reader.line_num}") from error
    return cells
