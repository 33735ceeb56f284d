"""What is wrong with a text that is no YAML, in plain words and where it was done.

A parser notices most mistakes late: a colon that is missing in one line at the colon of the next
line, a quote that is not closed at the end of the file. It is looked for from there backwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

_INDENTATION = re.compile(r"[ \t]*")
_ITEM = re.compile(r"(?:- +)+")
_NO_SPACE = re.compile(r"(?P<key>[^\s:'\"{}\[\],#]+):(?=[^\s/\\])")
_COLON = re.compile(r":(?:\s|\Z)")
_VALUE = re.compile(r":\s+\S")
_COMMENT = re.compile(r"(?:\A|\s)#.*", re.DOTALL)


class Mistake(NamedTuple):
    """A place, with lines and columns counted from 0, and what is wrong there."""

    line: int
    column: int
    what: str


def explain(error: yaml.MarkedYAMLError, text: str, lines: Sequence[str]) -> Mistake | None:
    """Explain why a text is no YAML.

    Parameters
    ----------
    error : yaml.MarkedYAMLError
        The error of the parser.
    text : str
        The text.
    lines : sequence of str
        Its lines.

    Returns
    -------
    Mistake or None
        The mistake; None where the parser's own words must do.
    """
    if error.problem_mark is None:
        return None
    fault = _Fault(text, lines, error)
    for words, explanation in _EXPLANATIONS:
        if re.search(words, fault.said) and (found := explanation(fault)):
            return found
    return None


@dataclass(slots=True)
class _Fault:
    """What the parser says, the place where it stopped, and where what it was reading began."""

    text: str
    lines: Sequence[str]
    error: Any

    @property
    def said(self) -> str:
        return f"{self.error.context or ''}: {self.error.problem or ''}"

    @property
    def line(self) -> int:
        return int(self.error.problem_mark.line)

    @property
    def column(self) -> int:
        return int(self.error.problem_mark.column)

    @property
    def began(self) -> tuple[int, int]:
        mark = self.error.context_mark or self.error.problem_mark
        return mark.line, mark.column

    def at(self, line: int, column: int) -> str:
        """Return the character at a place; nothing at the end of a line."""
        return self.lines[line][column : column + 1] if 0 <= line < len(self.lines) else ""

    @property
    def here(self) -> str:
        return self.at(self.line, self.column)

    @property
    def before(self) -> str:
        """What is before the place in its line."""
        return self.lines[self.line][: self.column] if self.line < len(self.lines) else ""

    @property
    def line_above(self) -> int | None:
        """The line above, without those that are empty or a comment."""
        for line in range(min(self.line, len(self.lines)) - 1, -1, -1):
            if self.lines[line].strip() and not self.lines[line].lstrip().startswith("#"):
                return line
        return None

    def token_before(self) -> Any:
        """Return the token before the place, if it ends in the same line with nothing between."""
        last = None
        try:
            for token in yaml.scan(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                end = token.end_mark
                if (end.line, end.column) > (self.line, self.column):
                    break
                last = token if token.end_mark.index > token.start_mark.index else last
        except yaml.YAMLError:
            pass
        if last is None or last.end_mark.line != self.line:
            return None
        return last if not self.before[last.end_mark.column :].strip() else None


def _tab(fault: _Fault) -> Mistake | None:
    if fault.here != "\t":
        return None
    place = "between the dash and its value" if fault.before.strip() else "in the indentation"
    return Mistake(fault.line, fault.column, f"a tab {place}: YAML takes only spaces there")


def _first_character(fault: _Fault) -> Mistake | None:
    if not fault.here:
        return None
    what = f"a value cannot begin with {fault.here} unless it is in quotes"
    return Mistake(fault.line, fault.column, what)


def _reference(fault: _Fault) -> Mistake:
    line, column = fault.began
    sign = fault.at(line, column)
    return Mistake(line, column, f"a value that begins with {sign} must be in quotes")


def _open_quote(fault: _Fault) -> Mistake:
    line, column = fault.began
    return Mistake(line, column, f"the quote {fault.at(line, column)} opened here is not closed")


def _escape(fault: _Fault) -> Mistake | None:
    column = fault.lines[fault.line].rfind("\\", 0, fault.column + 1)
    if column < 0:
        return None
    shown = fault.lines[fault.line][column : column + 2]
    what = f"{shown} means nothing between double quotes: use single quotes, or write \\\\"
    return Mistake(fault.line, column, what)


def _no_value(fault: _Fault) -> Mistake:
    return Mistake(fault.line, fault.column, "a value is missing between the brackets")


def _colon_in_brackets(fault: _Fault) -> Mistake:
    what = "inside [] and {}, a value with a colon in it must be in quotes"
    return Mistake(fault.line, fault.column, what)


def _after_the_end(fault: _Fault) -> Mistake:
    return Mistake(fault.line, fault.column, "nothing may follow the end of the document")


def _list_in_line(fault: _Fault) -> Mistake:
    return Mistake(fault.line, fault.column, "a list item begins in a line of its own")


def _no_colon(fault: _Fault) -> Mistake:
    return _colon_missing(fault, fault.began[0])


def _colon_missing(fault: _Fault, line: int) -> Mistake:
    """Say that a line has a key without a colon, or without a blank after it."""
    text = fault.lines[line]
    start = len(_INDENTATION.match(text)[0])  # type: ignore[index]  # it matches nothing, too
    item = _ITEM.match(text, start)
    start = item.end() if item else start
    joined = _NO_SPACE.match(text, start)
    if joined:
        return Mistake(line, joined.end(), "a space is missing after the colon")
    word = text[start:].split(maxsplit=1)[0] if text[start:].strip() else ""
    return Mistake(line, start + len(word), f"a colon is missing after {word[:40]!r}")


def _colon_too_many(fault: _Fault) -> Mistake | None:
    """Explain a colon where there can be none."""
    if _COLON.search(fault.before):
        what = "a second colon in the line: a value with a colon in it must be in quotes"
        return Mistake(fault.line, fault.column, what)
    above = fault.line_above
    if above is None:
        return None
    written = _COMMENT.sub("", fault.lines[above], count=1)
    if not _COLON.search(written):
        return _colon_missing(fault, above)
    return _deeper(fault) if _VALUE.search(written) else None


def _deeper(fault: _Fault) -> Mistake:
    start = len(fault.lines[fault.line]) - len(fault.lines[fault.line].lstrip())
    what = "indented deeper than the line above, which has its value already"
    return Mistake(fault.line, start, what)


def _out_of_place(fault: _Fault) -> Mistake | None:
    """Explain what follows a value, or begins a line, and does not belong there."""
    if fault.before.strip(" -"):
        return _after_a_value(fault)
    of_mapping = "mapping" in fault.said.partition(":")[0]
    if fault.column == fault.began[1]:
        if of_mapping:
            what = "an item of a list (-) among the keys of a mapping"
        else:
            what = "a key among the items of a list, which begin with -"
        return Mistake(fault.line, fault.column, what)
    column = len(fault.before) - len(fault.before.lstrip())
    spaces = "1 space" if column == 1 else f"{column} spaces"
    what = f"indented by {spaces}: what belongs together begins in the same column"
    return Mistake(fault.line, column, what)


def _after_a_value(fault: _Fault) -> Mistake | None:
    token = fault.token_before()
    if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
        start = token.start_mark
        if start.line < fault.line:
            what = f"the quote {token.style} opened here is closed only in line {fault.line + 1}"
            return Mistake(start.line, start.column, what)
        what = "text after the quote that closes the value"
        if token.style == "'":
            what += " (a ' within '...' is written '')"
        return Mistake(fault.line, fault.column, what)
    if isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
        return Mistake(fault.line, fault.column, "text after the bracket that closes the value")
    return None


def _bracket(fault: _Fault) -> Mistake:
    """Explain what stands in brackets and should not."""
    line, column = fault.began
    bracket = fault.at(line, column)
    if fault.before.endswith("$") and fault.here == "{":
        return Mistake(fault.line, fault.column - 1, "inside [] and {}, ${...} must be in quotes")
    if fault.line > line:
        what = f"the bracket {bracket} opened here is not closed"
        if fault.line < len(fault.lines) and fault.lines[fault.line].strip():
            what += f", or a comma is missing before line {fault.line + 1}"
        return Mistake(line, column, what)
    if fault.here and fault.here in "]}":
        what = f"the bracket {bracket} is closed by {fault.here}"
    elif not fault.here:
        return Mistake(line, column, f"the bracket {bracket} opened here is not closed")
    else:
        what = f"a comma is missing between the brackets opened in column {column + 1}"
    return Mistake(fault.line, fault.column, what)


# What the parsers of PyYAML, in C and in Python, say; the first explanation is taken.
_EXPLANATIONS: tuple[tuple[str, Callable[[_Fault], Mistake | None]], ...] = (
    ("tab|cannot start any token", _tab),
    ("cannot start any token|node content", _first_character),
    ("scanning (an alias|an anchor|a block scalar|a directive)|a tag:", _reference),
    ("flow node", _no_value),
    ("scanning a plain scalar", _colon_in_brackets),
    ("expected '?<document start>", _after_the_end),
    ("scanning a quoted scalar.*end of stream", _open_quote),
    ("escape|hexa?decimal", _escape),
    ("sequence entries are not allowed", _list_in_line),
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _colon_too_many),
    (r"expected ',' or '[}\]]'", _bracket),
    ("expected key|expected '-'|expected <block end>", _out_of_place),
)
