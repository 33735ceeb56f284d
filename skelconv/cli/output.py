"""How commands print: results on stdout, everything else on stderr, as plain text."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from skelconv.text.escaping import json_printable, printable
from skelconv.text.secrets import json_without_secrets

WIDTH = 80
"""The columns of a terminal that nobody has made wider."""


def say(text: str = "") -> None:
    """Print a result on stdout.

    Parameters
    ----------
    text : str
        The text; control characters are escaped, and secrets of URLs left out.
    """
    print(printable(text))


def say_lines(lines: Iterable[str]) -> None:
    """Print lines of a result on stdout.

    Parameters
    ----------
    lines : iterable of str
        A name in one may hold a line feed: it is escaped, so that no name looks like a line.
    """
    for line in lines:
        say(line.replace("\n", "\\n"))


def tell(text: str) -> None:
    """Print something that is not the result on stderr.

    Parameters
    ----------
    text : str
        The text; control characters are escaped, and secrets of URLs left out.
    """
    if sys.stderr is not None:  # when it is closed, `print` would write to stdout
        print(printable(text), file=sys.stderr)


def say_json(value: Any) -> None:
    """Print a result on stdout as JSON.

    Parameters
    ----------
    value : JSON value
        The result; secrets of URLs are left out.
    """
    text = json.dumps(json_without_secrets(value), indent=2, ensure_ascii=False)
    print(json_printable(text))


def wrapped(text: str, begin: str = "", below: str = "", width: int = WIDTH) -> list[str]:
    """Break text into lines that fit.

    Parameters
    ----------
    text : str
        The text; a line feed in it, as in a name, is escaped.
    begin : str
        What the first line begins with.
    below : str
        What the others begin with.
    width : int
        The number of columns.

    Returns
    -------
    list of str
        The lines. Words, such as paths, are not broken.
    """
    return textwrap.wrap(
        text.replace("\n", "\\n"),
        width,
        initial_indent=begin,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Align rows of cells, with two spaces between columns.

    Parameters
    ----------
    rows : iterable of sequence of str
        The cells of each row; all rows have the same number.

    Returns
    -------
    list of str
        A line for each row.
    """
    rows = list(rows)
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
