"""A line of a file as it is shown below a message, with a mark where something is wrong."""

from __future__ import annotations

import unicodedata
from itertools import accumulate

from skelconv.text.escaping import printable

# Cells of a terminal; what is longer would be wrapped, and the mark be below another line.
_WIDTH = 80
_TAB = " " * 4
_CUT = "..."


def excerpt(line: str, number: int, column: int) -> str:
    """Return a line of a file with a caret below one of its characters.

    Parameters
    ----------
    line : str
        The line. Secrets of URLs in it are left out, and control characters escaped.
    number : int
        Its number, which is written before it.
    column : int
        The character to mark, counted from 1; it may be behind the last one.

    Returns
    -------
    str
        Two lines of at most 80 cells. A longer line is cut around the mark.
    """
    shown = _plain(line)
    at = min(len(_plain(line[: column - 1])), len(shown))
    prefix = f"  {number} | "
    shown, at = _cut(shown, at, _WIDTH - len(prefix))
    gap = " " * (len(prefix) - 2) + "| "
    return f"{prefix}{shown}".rstrip() + f"\n{gap}{' ' * _cells(shown[:at])}^"


def _plain(text: str) -> str:
    return printable(text).replace("\t", _TAB)


def _cut(text: str, at: int, room: int) -> tuple[str, int]:
    """Cut a text so that it has a place for one more cell, and the mark stays in it."""
    if len(text) < room and _cells(text) < room:
        return text, at
    room -= 2 * len(_CUT) + 1
    # Two thirds of the room are for what is before the mark. Only this is looked at: a line of a
    # hostile file may be very long.
    begin = max(0, at - room)
    ends = list(accumulate(map(_cell, text[begin : at + room]), initial=0))
    first = next(i for i, end in enumerate(ends) if ends[at - begin] - end <= room * 2 // 3)
    last = begin + max(i for i, end in enumerate(ends) if end - ends[first] <= room)
    first += begin
    before, after = _CUT if first else "", _CUT if last < len(text) else ""
    return f"{before}{text[first:last]}{after}", at - first + len(before)


def _cells(text: str) -> int:
    return sum(map(_cell, text))


def _cell(character: str) -> int:
    """Return how many cells of a terminal a character takes."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
