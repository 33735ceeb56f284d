"""Text with the numbers of a frame on each line."""

from __future__ import annotations

from array import array

import numpy as np

from skelconv import Array, ClipError
from skelconv.text import counted

_SHOWN = 24


def read_rows(content: bytes, width: int) -> Array:
    """Read a file.

    Parameters
    ----------
    content : bytes
        Its content: numbers with blanks or commas between them; blank lines at the end are fine.
    width : int
        Numbers on each line.

    Returns
    -------
    ndarray of float64, shape (T, width)
        The numbers.

    Raises
    ------
    ClipError
        With the line, when it has others, or something else.
    """
    values = array("d")
    blank = 0
    for line, text in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        fields = text.replace(b",", b" ").split()
        if not fields:
            blank = blank or line
            continue
        if blank:
            raise ClipError("an empty line before others: a frame is missing", line=blank)
        if len(fields) != width:
            found = counted(len(fields), "number")
            raise ClipError(f"{found}, where a frame has {width}", line=line)
        try:
            if b"_" in text:  # which Python takes between digits
                raise ValueError
            values.extend(map(float, fields))
        except ValueError:
            odd = next(field for field in fields if not _is_number(field))
            raise ClipError(f"{odd[:_SHOWN]!r} is not a number", line=line) from None
    if not values:
        raise ClipError("the file is empty", line=1)
    return np.array(values).reshape(-1, width)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field
