"""JSON files of any size, an element at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from skelconv.data.budget import Budget
from skelconv.data.errors import ClipError
from skelconv.files.decoding import Readable
from skelconv.files.json_text import LIST, MAPPING, MAX_DEPTH, TOO_DEEP, check_depth, twice, unique

_CHUNK = 2**20
"""What is read at once, in bytes."""

MAX_ELEMENT = 2**26
"""The largest element that is taken as a whole, in characters."""

_BLANKS = re.compile(r"[ \t\n\r]*")
# An error as near to the end as the longest word, -Infinity, may be for want of what follows.
_NEAR = 16


class JsonPart(NamedTuple):
    """A value of a document.

    Attributes
    ----------
    path : tuple of str and int
        Where it is: keys of mappings, and positions in lists.
    value : Any
        The value; the type `list` or `dict` where one begins whose elements follow one by one.
    start, stop : int
        Its place in the file, in bytes.
    """

    path: tuple[str | int, ...]
    value: Any
    start: int
    stop: int


Enter = Callable[[tuple[str | int, ...]], bool]


class JsonFile:
    """A JSON document that is read from begin to end, and is never in memory as a whole.

    It may have NaN and Infinity, which are not in the standard.

    Parameters
    ----------
    file : Readable
        At its begin.
    """

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder(object_pairs_hook=unique).raw_decode
        # Where the text is read, and where the value before that begins.
        self._text, self._at, self._begin, self._ended = "", 0, 0, False
        # The place of the text in the file, the first of its bytes that are counted already.
        self._line, self._offset, self._seen = 1, 0, 0

    @property
    def line(self) -> int | None:
        """The line of the last part, counted from 1; none after the document."""
        if self._ended and self._at == len(self._text):
            return None
        return self._line_at(self._begin)

    def parts(self, enter: Enter) -> Iterator[JsonPart]:
        """Read all of it.

        Parameters
        ----------
        enter : callable
            From the path of a list or a mapping to whether its elements are given one by one;
            others are given as a whole.

        Yields
        ------
        JsonPart
            In the order of the file.

        Raises
        ------
        skelconv.ClipError
            With the line, when it is not valid JSON in UTF-8, has a key twice in the same mapping,
            is nested too deeply, or an element has more than `MAX_ELEMENT` characters or takes
            too much memory for its size.
        """
        start = self._file.read(len(codecs.BOM_UTF8))
        if start == codecs.BOM_UTF8:
            self._offset = len(start)
        else:
            self._text = self._decoded(start)
        yield from self._walk((), enter)
        if self._next():
            raise self._invalid("Extra data")

    def _walk(self, path: tuple[str | int, ...], enter: Enter) -> Iterator[JsonPart]:
        first = self._next()
        start, self._begin = self._place(), self._at
        if first not in ("[", "{") or not enter(path):
            value = self._value()
            yield JsonPart(path, value, start, self._place())
            return
        yield JsonPart(path, list if first == "[" else dict, start, start)
        closing = "]" if first == "[" else "}"
        self._at += 1
        if self._next() == closing:
            self._at += 1
            return
        keys: set[str] = set()
        index = 0
        following = ","
        while following == ",":
            key = self._key(keys) if first == "{" else index
            yield from self._walk((*path, key), enter)
            index += 1
            following = self._next()
            if following not in (",", closing):
                raise self._invalid("Expecting ',' delimiter")
            self._at += 1

    def _key(self, keys: set[str]) -> str:
        if self._next() != '"':
            raise self._invalid("Expecting property name enclosed in double quotes")
        key: str = self._value()
        if key in keys:
            raise twice(key)
        keys.add(key)
        if self._next() != ":":
            raise self._invalid("Expecting ':' delimiter")
        self._at += 1
        return key

    def _value(self) -> Any:
        """Take the value that begins here."""
        while True:
            try:
                value, stop = self._scan(self._text, self._at)
            except json.JSONDecodeError as error:
                near = error.pos >= len(self._text) - _NEAR or error.msg.startswith("Unterminated")
                if self._ended or not near:
                    raise self._invalid(error.msg, error.pos) from error
            except RecursionError as error:
                raise ClipError(TOO_DEEP) from error
            except ClipError:
                raise
            except ValueError as error:  # a number of thousands of digits
                raise ClipError("is not valid JSON: a number is too long") from error
            else:
                whole = isinstance(value, list | dict | str)
                # A number may go on, such as 1 with .5 or e+5.
                if self._ended or whole or stop < len(self._text) - _NEAR:
                    break
            self._read_on()
        count = self._text.count
        if count("[", self._at, stop) + count("{", self._at, stop) > MAX_DEPTH:
            check_depth(value)
        self._at = stop
        return value

    def _next(self) -> str:
        """Pass over blanks, and return the character that follows; nothing at the end."""
        while True:
            match = _BLANKS.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._read_on()

    def _read_on(self) -> None:
        """Read more, at least as much as is waiting already, and forget what is behind."""
        waiting = len(self._text) - self._at
        if waiting > MAX_ELEMENT:
            raise ClipError(f"an element has more than {MAX_ELEMENT / 2**20:g} million characters")
        content = self._file.read(max(_CHUNK, waiting))
        self._ended = not content
        self._line, self._offset = self._line_at(self._at), self._place()
        self._text = self._text[self._at :] + self._decoded(content)
        self._at = self._begin = self._seen = 0
        budget = Budget(len(self._text))
        if not budget.take(LIST * self._text.count("[") + MAPPING * self._text.count("{")):
            raise ClipError(budget.reason)

    def _decoded(self, content: bytes) -> str:
        try:
            return self._decode(content, not content)
        except UnicodeDecodeError as error:
            before = self._text[self._at :].count("\n") + error.object.count(b"\n", 0, error.start)
            line = self._line_at(self._at) + before
            raise ClipError("is not in UTF-8", line=line) from error

    def _place(self) -> int:
        """Return the place in the file, in bytes."""
        if self._text.isascii():
            return self._offset + self._at - self._seen
        self._offset += len(self._text[self._seen : self._at].encode())
        self._seen = self._at
        return self._offset

    def _line_at(self, position: int) -> int:
        return self._line + self._text.count("\n", 0, position)

    def _invalid(self, reason: str, position: int | None = None) -> ClipError:
        line = self._line_at(self._at if position is None else position)
        return ClipError(f"is not valid JSON: {reason}", line=line)
