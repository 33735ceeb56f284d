"""What is told of a table: its header, what became of each column, and what was not seen."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from skelconv import ClipError
from skelconv.files import Samples
from skelconv.plugin import Guess
from skelconv.text import counted, listed, shown
from skelconv_posefiles.loose.cells import number
from skelconv_posefiles.loose.rows import Rows

_SHOWN, _LONGEST = 8, 40
# How many columns of numbers a table has at least that may hold poses, and rows looked at.
_LEAST, _ROWS = 6, 20


def header_told(header: Sequence[str]) -> str:
    """Return words on the header of a table.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.

    Returns
    -------
    str
        Its first names, and how many there are.
    """
    return f"its {counted(len(header), 'column')}: {_names(header)}"


def columns_told(
    header: Sequence[str],
    joints: Sequence[str],
    values: Mapping[str, str],
    columns: Mapping[str, str],
    used: Collection[str],
) -> Iterator[str]:
    """Yield words on what became of the columns of a table.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    joints : sequence of str
        The joints that were found.
    values : mapping of str to str
        The columns of x, y, z and score, or their patterns.
    columns : mapping of str to str
        The other columns that are read.
    used : collection of str
        All that are read.

    Yields
    ------
    str
        What is read from which, and what is not read.
    """
    yield f"joints: {_names(joints)}"
    read = {**values, **columns}
    yield "read: " + ", ".join(f"{what} from {name!r}" for what, name in read.items())
    unused = [name for name in header if name not in used]
    if unused:
        yield f"not read: {_names(unused)}"


def unread_table(
    samples: Samples, path: str, rows: Rows, advice: Mapping[str, str]
) -> Guess | None:
    """Return the guess of a table in which no columns of joints were seen.

    Parameters
    ----------
    samples : Samples
        Some files.
    path : str
        The table.
    rows : Rows
        Its rows.
    advice : mapping of str to str
        Of the guess.

    Returns
    -------
    Guess or None
        With the columns to be filled in; None where the table has few numbers.
    """
    try:
        cells = [rows.cells(row, range(len(rows.header))) for row in range(min(len(rows), _ROWS))]
    except ClipError:
        return None
    columns = [*zip(*cells, strict=True)]
    if sum(all(map(_is_number, column)) for column in columns) < _LEAST:
        return None
    unknown = {"layout": "the layout of the joints"}
    told = [header_told(rows.header)]
    if sum(map(_is_number, rows.header)) > len(rows.header) // 2:
        unknown["header"] = (
            "the names of its columns, in brackets: its first line has numbers, such as [label, "
            "x0, y0, x1, y1]"
        )
        told = [f"its first line has no names but values: {_names(rows.header)}"]
    unknown |= {
        "columns.x": "the pattern of the columns of x, such as '{joint}_x' or 'x{n}'",
        "columns.y": "the same of y",
    }
    return Guess(
        options={"root": samples.root},
        reason=f"{os.path.basename(path)}: a table of {counted(len(rows.header), 'column')}, in "
        "whose names no joints and axes were seen",
        confidence=0.05,
        unknown=unknown,
        advice=advice,
        details=tuple(told),
    )


def _is_number(cell: Any) -> bool:
    try:
        number(cell, ())
    except ValueError:
        return False
    return True


def _names(names: Sequence[str]) -> str:
    shortened = [name if len(name) <= _LONGEST else name[:_LONGEST] + "..." for name in names]
    shortened = [name or "(one without a name)" for name in shortened]
    return listed(map(shown, shortened), _SHOWN)
