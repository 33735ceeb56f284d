"""Reads a YAML file into nodes with marks, with a limit on everything.

The tree is made from PyYAML's events, so no constructor of PyYAML runs and no tag makes an
object. A recipe may come from an untrusted person: size, depth and the number of values are
limited before they take time or memory.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml

from skelconv.data.opening import open_regular
from skelconv.recipe.mistakes import explain
from skelconv.recipe.nodes import LINE_BREAK, Mark, Node, Path, Problems, show
from skelconv.recipe.scalars import Scalar, resolve
from skelconv.text.faults import reason_of

MAX_BYTES = 128 * 1024
MAX_DEPTH = 64
MAX_NODES = 20_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS: dict[str, type] = {
    "!": str,
    f"{_TAG}str": str,
    f"{_TAG}int": int,
    f"{_TAG}float": float,
    f"{_TAG}bool": bool,
    f"{_TAG}null": type(None),
}
_NOT_TEXT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NOT_VALUE = re.compile("[\0\ud800-\udfff]")


class UnreadableError(Exception):
    """A file that cannot be read; the message says why."""


class NoFileError(UnreadableError):
    """A file that does not exist."""


def read_text(path: str) -> str:
    """Read a regular file of at most `MAX_BYTES` bytes in UTF-8.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    UnreadableError
        When it is anything else, or cannot be read.
    """
    try:
        with open_regular(path) as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise NoFileError("there is no such file") from None
    except IsADirectoryError:
        raise UnreadableError("this is a folder, not a recipe") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be read: {reason_of(error)}") from None
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES // 1024} KiB: this is not a recipe")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not text in UTF-8 (byte {error.start})") from None


def parse_document(text: str, file: str, problems: Problems, *, depth: int = 0) -> Node:
    """Parse a YAML document.

    Parameters
    ----------
    text : str
        The document.
    file : str
        The name of the document in marks.
    problems : Problems
        Collects what is wrong.
    depth : int
        The depth at which the document is put into another one; limits count from there.

    Returns
    -------
    Node
        The tree.

    Raises
    ------
    StopError
        When the document cannot be parsed to its end.
    """
    problems.read(file, text)
    unfit = _NOT_TEXT.search(text)
    if unfit:
        before = LINE_BREAK.split(text[: unfit.start()])
        mark = Mark(file, len(before), len(before[-1]) + 1)
        problems.stop(mark, f"the character U+{ord(unfit[0]):04X} does not belong in YAML")
    try:
        return _Builder(text, file, problems).build(depth)
    except yaml.MarkedYAMLError as error:
        mistake = explain(error, text, LINE_BREAK.split(text))
        if mistake is not None:
            mark = _mark_within(text, file, mistake)
            problems.stop(mark, f"not valid YAML: {mistake.what}")
        what = ", ".join(part for part in (error.context, error.problem) if part)
        mark = _mark_within(text, file, error.problem_mark or error.context_mark)
        problems.stop(mark, f"not valid YAML: {what}")
    except yaml.YAMLError as error:
        problems.stop(Mark(file), f"not valid YAML: {show(str(error))}")


def _mark_within(text: str, file: str, at: Any) -> Mark:
    """Return a place, counted from 0, as a mark; PyYAML's may be behind the last line."""
    if at is None:
        return Mark(file)
    lines = LINE_BREAK.split(text)
    if at.line >= len(lines):
        return Mark(file, len(lines), len(lines[-1]) + 1)
    return Mark(file, at.line + 1, min(at.column, len(lines[at.line])) + 1)


class _Builder:
    """Makes the tree of one document."""

    def __init__(self, text: str, file: str, problems: Problems) -> None:
        self._events: Any = yaml.parse(text, Loader=_LOADER)
        self._file = file
        self._problems = problems
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0

    def build(self, depth: int) -> Node:
        next(self._events)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            self._problems.stop(Mark(self._file), "there is nothing in it")
        node = self._node(next(self._events), depth, ())
        next(self._events)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._problems.stop(self._mark(event), "a second document: there may be only one")
        return node

    def _mark(self, event: Any) -> Mark:
        return Mark(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _count(self, mark: Mark, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._problems.stop(mark, f"more than {MAX_NODES} values, aliases (*) counted in full")
        if depth > MAX_DEPTH:
            self._problems.stop(mark, f"nested deeper than {MAX_DEPTH} levels")

    def _node(self, event: Any, depth: int, path: Path) -> Node:
        mark = self._mark(event)
        self._count(mark, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, mark, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event, mark, path), mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event, "seq", mark, path)
            node = Node(self._items(depth, path), mark)
        else:
            self._check_tag(event, "map", mark, path)
            node = Node(self._entries(depth, path), mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _items(self, depth: int, path: Path) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1, (*path, str(len(items)))))
        return items

    def _entries(self, depth: int, path: Path) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            mark = self._mark(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag not in (None, f"{_TAG}str"):
                self._problems.stop(mark, "a key must be text")
            # A key is its text: `1:` and `no:` are the keys "1" and "no", as they are in JSON.
            key = event.value
            below = (*path, key)
            if _NOT_VALUE.search(key):
                self._problems.add(mark, "a key with a character that text cannot have", below)
            node = self._node(next(self._events), depth + 1, below)
            if key in entries:
                first = entries[key].key_mark or mark
                what = f"the key {show(key)} is given twice, first in line {first.line}"
                self._problems.add(mark, what, below)
            else:
                entries[key] = replace(node, key_mark=mark)
        return entries

    def _alias(self, event: Any, mark: Mark, depth: int) -> Node:
        if event.anchor not in self._anchors:
            self._problems.stop(mark, f"there is no anchor &{event.anchor} before this")
        node = self._anchors[event.anchor]
        if node is None:
            self._problems.stop(mark, f"&{event.anchor} refers to itself")
        for child in node.children():
            self._charge(child, mark, depth + 1)
        return replace(node, mark=mark)

    def _charge(self, node: Node, mark: Mark, depth: int) -> None:
        self._count(mark, depth)
        for child in node.children():
            self._charge(child, mark, depth + 1)

    def _scalar(self, event: Any, mark: Mark, path: Path) -> Scalar:
        try:
            return _scalar_value(event)
        except ValueError as error:
            self._problems.spoilt(mark, str(error), path)
            return None

    def _check_tag(self, event: Any, name: str, mark: Mark, path: Path) -> None:
        if event.tag not in (None, "!", _TAG + name):
            self._problems.spoilt(mark, _foreign_tag(event.tag), path)


def _scalar_value(event: Any) -> Scalar:
    text: str = event.value
    if _NOT_VALUE.search(text):
        raise ValueError("a character that text cannot have")
    if event.tag is None:
        plain = event.implicit[0]
        return resolve(text) if plain else text
    kind = _SCALAR_TAGS.get(event.tag)
    if kind is None:
        raise ValueError(_foreign_tag(event.tag))
    if kind is str:
        return text
    value = resolve(text)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"{show(text)} is not of the type of its tag")
    return value


def _foreign_tag(tag: str) -> str:
    return f"the tag {show(tag)} is not allowed: values are plain"
