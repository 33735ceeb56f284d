"""The rows of a table as text: found once, taken apart when they are needed."""

from __future__ import annotations

import codecs
import csv
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from skelconv import ClipError
from skelconv.files import decode, separator_of
from skelconv.text import counted

MAX_ROW = 2**20
"""The longest row of a table, in characters."""

MAX_COLUMNS = 2**16
"""The most columns of a table."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Rows(Protocol):
    """The rows of a table."""

    @property
    def header(self) -> Sequence[str]:
        """The names of the columns."""
        ...

    def __len__(self) -> int:
        """Return the number of rows."""
        ...

    def line(self, row: int) -> int | None:  # numpydoc ignore=PR01
        """Return the line of a row in the file, from 1, where rows are lines."""
        ...

    def number(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the number of the record of a row, from 0, where rows are no lines."""
        ...

    def cells(self, row: int, columns: Sequence[int]) -> list[Any]:
        """Return the cells of a row in some columns.

        Parameters
        ----------
        row : int
            The row, from 0.
        columns : sequence of int
            Positions in the header.

        Returns
        -------
        list
            Text, numbers, or None.

        Raises
        ------
        ClipError
            With the line, when the row cannot be taken apart.
        """
        ...

    def check_text(self, cell: str) -> None:  # numpydoc ignore=PR01
        """Raise ValueError where a cell is used as text and its letters are not known."""
        ...


class TextRows:
    """Rows of text.

    Parameters
    ----------
    content : bytes
        The file's content.
    separator : str, optional
        What is between the columns; a space is any number of blanks and tabs. By default it is
        seen from the header.
    header : sequence of str, optional
        The names of the columns, where no row has them.
    skip : int
        How many lines are before all of this.
    encoding : str, optional
        By default UTF-8 or UTF-16. In other files whatever is not ASCII is unknown, and refused
        where it is used.
    lines : sequence of (int, int)
        Of parts of a file: how many lines of the content are before each, and by how much the
        numbers of its lines are higher in the file.

    Attributes
    ----------
    header : sequence of str
        The names of the columns.
    separator : str
        What is between the columns.
    begin : (int, int)
        How many bytes and lines are before the first row.
    """

    def __init__(
        self,
        content: bytes,
        *,
        separator: str | None = None,
        header: Sequence[str] | None = None,
        skip: int = 0,
        encoding: str | None = None,
        lines: Sequence[tuple[int, int]] = ((0, 0),),
    ) -> None:
        self._text, self._unsure = _decoded(content, encoding)
        self._encoding = "latin-1" if self._unsure else encoding or "utf-8"
        self._ascii = self._text.isascii() or self._unsure
        self._mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
        self._before = [before for before, _ in lines]
        self._higher = [higher for _, higher in lines]
        self._lines = array("q")
        self._starts = array("q")
        spans = _spans(self._text, skip)
        if header is None:
            line, start, end = next(spans, (0, 0, 0))
            if not line:
                raise ClipError("it is empty")
            first = self._text[start:end]
            self.separator = separator or _sniffed(first)
            self.begin = self._bytes(end), line + first.rstrip("\r\n").count("\n")
            self.header: Sequence[str] = [name.strip() for name in self._split(first, line)]
        else:
            self.separator = separator or _sniffed(self._text[:MAX_ROW].partition("\n")[0])
            self.begin = 0, 0
            self.header = [*header]
        if len(self.header) > MAX_COLUMNS:
            raise ClipError(f"it has {len(self.header):,} columns", line=skip + 1)
        behind = 0
        for line, start, end in spans:
            self._lines.append(line)
            self._starts.append(start)
            behind = end
        self._starts.append(behind)
        # Spreadsheets write rows of only commas behind the last one.
        while self._lines and not self._text[slice(*self._starts[-2:])].strip(
            f" \t\r\n{self.separator}"
        ):
            self._lines.pop()
            self._starts.pop()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._lines)

    def line(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the line of a row in the file, from 1."""
        line = self._lines[row]
        return line + self._higher[bisect_right(self._before, line - 1) - 1]

    def number(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the number of a row, from 0."""
        return row

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where rows are.

        Parameters
        ----------
        first, last : int
            Rows.

        Returns
        -------
        (int, int)
            The first byte in the content, and the one behind them.
        """
        return self._bytes(self._starts[first]), self._bytes(self._starts[last + 1])

    def _bytes(self, place: int) -> int:
        if self._ascii:
            return self._mark + place
        return self._mark + len(self._text[:place].encode(self._encoding))

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
        list of str
            The cells.

        Raises
        ------
        ClipError
            With the line, when the row is not as long as the header.
        """
        line = self.line(row)
        found = self._split(self._text[self._starts[row] : self._starts[row + 1]], line)
        width = len(self.header)
        if len(found) == width + 1 and not found[-1].strip():  # a separator ends each row
            found.pop()
        if len(found) != width:
            what = f"{counted(len(found), 'cell')}, where the header has {width}"
            raise ClipError(what, line=line)
        return [found[column] for column in columns]

    def check_text(self, cell: str) -> None:
        """Refuse text whose letters are unknown.

        Parameters
        ----------
        cell : str
            A cell that is used as text.

        Raises
        ------
        ValueError
            When the file's encoding is not known, and the cell is not ASCII.
        """
        if self._unsure and not cell.isascii():
            raise ValueError(
                f"{cell[:40]!r} is not in UTF-8 (option encoding: such as latin-1 or gbk)"
            )

    def _split(self, text: str, line: int) -> list[str]:
        if self.separator == " ":
            return text.split()
        if '"' not in text:
            return text.rstrip("\r\n").split(self.separator)
        try:
            lines = text.splitlines(keepends=True)
            return next(csv.reader(lines, delimiter=self.separator, strict=True), [])
        except csv.Error as error:
            raise ClipError(f"is not a valid table: {error}", line=line) from error


def _sniffed(line: str) -> str:
    separator = separator_of(line)
    return separator if separator in line or not line.strip().count(" ") else " "


def is_wide(content: bytes) -> bool:
    """Say whether a file begins as those in UTF-16 do.

    Parameters
    ----------
    content : bytes
        How it begins.

    Returns
    -------
    bool
        Whether it does.
    """
    return content.startswith(_UTF16)


def _decoded(content: bytes, encoding: str | None) -> tuple[str, bool]:
    if encoding:
        try:
            return content.decode(encoding), False
        except (UnicodeDecodeError, LookupError) as error:
            raise ClipError(f"is not in {encoding} (option encoding)") from error
    try:
        return decode(content), False
    except ClipError:
        if is_wide(content):
            raise
        return content.decode("latin-1"), True


def _spans(text: str, skip: int) -> Iterator[tuple[int, int, int]]:
    """Yield line, start and end of each row that is not blank; in quotes a row has many lines."""
    begin, first, quotes = -1, 0, 0
    for line, match in enumerate(_LINE.finditer(text), 1):
        if line <= skip:
            continue
        if begin < 0:
            if match[0].isspace():
                continue
            begin, first, quotes = match.start(), line, 0
        quotes += match[0].count('"')
        if match.end() - begin > MAX_ROW:
            raise ClipError(
                f"is not a table: a row has more than {MAX_ROW:,} characters", line=first
            )
        if quotes % 2 == 0:
            yield first, begin, match.end()
            begin = -1
    if begin >= 0:
        raise ClipError("is not a valid table: a quotation mark is not closed", line=first)
