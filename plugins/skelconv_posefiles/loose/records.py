"""Records of JSON as the rows of a table."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skelconv import ClipError
from skelconv.files import parse_json
from skelconv.text import shown
from skelconv_posefiles.loose.rows import MAX_COLUMNS


class Records:
    """Records of JSON as rows: a value deep in one is in the column ``landmarks.3.x``.

    Records are a list, the members of an object, or a line each; what is beside the list in its
    object, and is no list or object itself, is a column of all of them. The members' names are in
    the column ``key``.

    Parameters
    ----------
    content : bytes
        The file's content.
    at : str, optional
        The member of the document that holds the records; by default the only one that is a list
        or an object.
    may_be_empty : bool
        Whether there may be no record, as where a file is a frame without anybody.
    """

    def __init__(
        self, content: bytes, at: str | None = None, *, may_be_empty: bool = False
    ) -> None:
        self._common: dict[str, Any] = {}
        self._by_line: Sequence[int] | None = None
        self._records = self._in_lines(content) or self._found(parse_json(content, nan=True), at)
        if not self._records and not may_be_empty:
            raise ClipError("it has no records")
        self._numbers: Sequence[int] = range(len(self._records))
        self.header: Sequence[str] = self._names()

    @classmethod
    def of(
        cls,
        records: list[Any],
        common: dict[str, Any],
        numbers: Sequence[int],
        lines: Sequence[int] | None,
    ) -> Records:
        """Return some records of a document as rows.

        Parameters
        ----------
        records : list
            The records.
        common : dict of str to Any
            What is beside them in the document.
        numbers : sequence of int
            The number of each in the document.
        lines : sequence of int, optional
            The line of each, where each has one.

        Returns
        -------
        Records
            The rows.
        """
        rows = cls.__new__(cls)
        rows._records, rows._common, rows._numbers = records, common, numbers
        rows._by_line = lines
        rows.header = rows._names()
        return rows

    def _names(self) -> list[str]:
        names: dict[str, None] = dict.fromkeys(self._common)
        for record in self._records:
            names.update(dict.fromkeys(name for name, _ in flat(record, "")))
            if len(names) > MAX_COLUMNS:
                raise ClipError(f"its records have more than {MAX_COLUMNS:,} different members")
        return [*names]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._records)

    def line(self, row: int) -> int | None:  # numpydoc ignore=PR01
        """Return the line of a record, where each has one."""
        return None if self._by_line is None else self._by_line[row]

    def number(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the number of a record, from 0."""
        return self._numbers[row]

    def cells(self, row: int, columns: Sequence[int]) -> list[Any]:
        """Return some members of a record; see `Rows`.

        Parameters
        ----------
        row : int
            The record, from 0.
        columns : sequence of int
            Positions in the header.

        Returns
        -------
        list
            Text and numbers; None for what is not there.
        """
        found = self._common | dict(flat(self._records[row], ""))
        return [found.get(self.header[column]) for column in columns]

    def check_text(self, cell: str) -> None:  # numpydoc ignore=PR01
        """Do nothing: the letters of JSON are known."""

    def _in_lines(self, content: bytes) -> list[Any]:
        """Return the objects of JSON lines; nothing where it is no such file."""
        first, _, others = content.strip().partition(b"\n")
        if not others.strip() or not first.startswith((b"{", b"[")):
            return []
        try:
            parse_json(first, nan=True)
        except ClipError:
            return []
        records = []
        by_line = array("q")
        self._by_line = by_line
        for line, text in enumerate(content.split(b"\n"), 1):
            if text.strip():
                try:
                    records.append(parse_json(text, nan=True))
                except ClipError as error:
                    raise ClipError(error.reason, line=line) from error
                by_line.append(line)
        return records

    def _found(self, value: Any, at: str | None) -> list[Any]:
        if isinstance(value, dict):
            at = one_of(value, at)
            if at is not None:
                self._common = {
                    name: part for name, part in value.items() if not isinstance(part, list | dict)
                }
                value = value[at]
        if isinstance(value, dict):
            return [with_key(name, part) for name, part in value.items()]
        if not isinstance(value, list):
            raise ClipError("the file is not a list of records")
        return value


def one_of(members: Mapping[str, Any], at: str | None) -> str | None:
    """Return which member of a document holds its records.

    Parameters
    ----------
    members : mapping of str to Any
        The document; the type `list` or `dict` may stand for such a value.
    at : str, optional
        The member that the recipe names.

    Returns
    -------
    str or None
        The member; None where each member is a record.

    Raises
    ------
    ClipError
        When the document lacks it, or several may be meant.
    """
    inner = [n for n, part in members.items() if part in (list, dict) or _holds(part)]
    if at is not None and at not in members:
        raise ClipError(f"the file has no {at!r} (option records)")
    if at is None and len(inner) == 1:
        (at,) = inner
    if at is None and len(inner) < len(members):
        names = ", ".join(shown(repr(name)) for name in inner[:8])
        raise ClipError(f"its records may be in {names or 'nothing that it has'} (option records)")
    return at


def with_key(key: str, value: Any) -> dict[str, Any]:  # numpydoc ignore=PR01
    """Return a member of an object as a record, with its name in the column ``key``."""
    return {"key": key, **value} if isinstance(value, dict) else {"key": key, "value": value}


def _holds(part: Any) -> bool:
    return isinstance(part, list | dict)


def flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the values in a record that are no lists and objects, with the way to each.

    Parameters
    ----------
    value : Any
        The record.
    name : str
        The way to it; empty for a whole one.

    Yields
    ------
    name : str
        Such as ``landmarks.3.x``.
    value : Any
        The value.
    """
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        yield name, value
        return
    for key, part in parts:
        yield from flat(part, f"{name}.{key}" if name else str(key))
