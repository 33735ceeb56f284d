"""Cells of tables as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

# How programs write that there is no number; the second is Kinect's, and C's on Windows.
_MISSING = frozenset(("", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "-", "?"))
_NOT_A_NUMBER = re.compile(r"[+-]?1\.#(ind|qnan|snan)0*\Z", re.IGNORECASE)
_INFINITE = re.compile(r"([+-]?)1\.#inf0*\Z", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*\Z", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d{1,20})(\.0*)?\Z", re.ASCII)
# The number of an image's file, such as "walk/img_00012.jpg".
_NUMBERED = re.compile(r".*?(\d{1,18})\.[A-Za-z]\w{0,9}\Z", re.ASCII)
# How much of a cell is shown.
_SHOWN = 40


def number(cell: Any, missing: Collection[float | str], *, comma: bool = False) -> float:
    """Return a cell as a number.

    Parameters
    ----------
    cell : Any
        Text of a table, or a value of a JSON document.
    missing : collection of float or str
        What also means that there is none.
    comma : bool
        Whether decimals are behind a comma.

    Returns
    -------
    float
        NaN where there is none.

    Raises
    ------
    ValueError
        When it is anything else.
    """
    if isinstance(cell, str):
        text = cell.strip()
        if text in missing:
            return math.nan
        try:
            value = float(text.replace(",", ".") if comma else text)
            if "_" in text:
                raise ValueError
        except ValueError:
            value = _odd(text)
    elif cell is None:
        return math.nan
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            value = float(cell)
        except OverflowError:
            value = math.inf
    else:
        raise ValueError(f"{str(cell)[:_SHOWN]!r} is not a number")
    return math.nan if value in missing else value


def plain_numbers(cells: list[Any]) -> list[float]:
    """Return cells that are all numbers, in a fraction of the time that `number` takes.

    Parameters
    ----------
    cells : list
        Text of a table, or values of a JSON document.

    Returns
    -------
    list of float
        The numbers.

    Raises
    ------
    ValueError
        When there may be anything else.
    """
    kinds = set(map(type, cells))
    if not (kinds == {str} and "_" not in "".join(cells)) and not kinds <= {float}:
        raise ValueError("not all are plain numbers")
    return [*map(float, cells)]


def _odd(text: str) -> float:
    if text.casefold() in _MISSING or _NOT_A_NUMBER.match(text):
        return math.nan
    infinite = _INFINITE.match(text)
    if infinite:
        return float(f"{infinite[1]}inf")
    hint = " (option decimal: ',')" if _DECIMAL_COMMA.match(text) else ""
    raise ValueError(f"{text[:_SHOWN]!r} is not a number{hint}")


def whole(cell: Any) -> int:
    """Return a cell as a whole number, which may be written as ``12.0``.

    Parameters
    ----------
    cell : Any
        Text of a table, or a value of a JSON document.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        When it is anything else.
    """
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 10**20:
        return cell
    match = _WHOLE.match(str(cell).strip()) if isinstance(cell, str | float) else None
    if not match:
        raise ValueError(f"{str(cell)[:_SHOWN]!r} is not a whole number")
    return int(match[1])


def frame_number(cell: Any, series: list[str]) -> int:
    """Return the number of a frame, which may be that of an image's file: ``img_00012.jpg``.

    Parameters
    ----------
    cell : Any
        Text of a table, or a value of a JSON document.
    series : list of str
        What names of images have before the number; that of the first is put there.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        When it is anything else, or an image of another series.
    """
    match = _NUMBERED.match(cell[-1000:].strip()) if isinstance(cell, str) else None
    if match is None:
        return whole(cell)
    name = match[0][: match.start(1)]
    if name not in series:
        if series:
            raise ValueError(
                f"{match[0][-_SHOWN:]!r} is not an image of {series[0][-_SHOWN:]!r}: a clip is one "
                "video (option columns: id, where a table has several)"
            )
        series.append(name)
    return int(match[1])


def word(cell: Any) -> str:
    """Return a cell as text: an id, a person, a joint or a class.

    Parameters
    ----------
    cell : Any
        Text of a table, or a value of a JSON document.

    Returns
    -------
    str
        Without spaces around it; empty where there is none.
    """
    return "" if cell is None else str(cell).strip()
