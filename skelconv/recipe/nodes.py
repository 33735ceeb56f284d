"""Values of a recipe that know their place in the file, and the problems found in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from skelconv.data.errors import Problem
from skelconv.recipe.scalars import Scalar
from skelconv.text.excerpts import excerpt
from skelconv.text.secrets import without_secrets

Path = tuple[str, ...]

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_MAX_PROBLEMS = 100
_MAX_SHOWN = 60
_MAX_WHAT = 1000
_PLAIN_KEY = re.compile(r"[\w.-]{1,60}\Z")
_WORDS = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; lines and columns are counted from 1, line 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A value, its place, and the place of its key when it is in a mapping.

    A value that is from the environment also has its text as it is `written`, for messages. A value
    is `filled` where the text may stand for a number: it is a variable's, or was no plain value.
    """

    value: Scalar | list[Node] | dict[str, Node]
    mark: Mark
    key_mark: Mark | None = None
    written: str | None = None
    filled: bool = False

    @property
    def word(self) -> str:
        """The kind of value, in words."""
        return _WORDS.get(type(self.value), "a number")

    def children(self) -> Iterable[Node]:
        """Return the nodes directly below."""
        if isinstance(self.value, dict):
            return self.value.values()
        return self.value if isinstance(self.value, list) else ()

    def child(self, step: str) -> Node | None:
        """Return one of the nodes directly below.

        Parameters
        ----------
        step : str
            A key of a mapping, or an index of a list in digits.

        Returns
        -------
        Node or None
            None where there is no such node.
        """
        if isinstance(self.value, dict):
            return self.value.get(step)
        if isinstance(self.value, list) and step.isdigit() and int(step) < len(self.value):
            return self.value[int(step)]
        return None

    def show(self) -> str:
        """Return the value as messages show it; see the function `show`."""
        return show(self.plain() if self.written is None else self.written)

    def plain(self) -> Any:
        """Return the value without marks."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def from_plain(value: Any, mark: Mark) -> Node:
    """Make a tree from plain values, all with the same mark.

    Parameters
    ----------
    value : Any
        Made of dict, list, str, int, float, bool and None. Tuples count as lists, other mappings
        as dicts, and paths and all other values as text.
    mark : Mark
        The place for messages.

    Returns
    -------
    Node
        The tree.
    """
    if isinstance(value, Mapping):
        return Node({str(key): from_plain(one, mark) for key, one in value.items()}, mark, mark)
    if isinstance(value, list | tuple):
        return Node([from_plain(one, mark) for one in value], mark, mark)
    if value is None or isinstance(value, bool | int | float | str):
        return Node(value, mark, mark)
    return Node(str(value), mark, mark, filled=True)


class StopError(Exception):
    """Ends the reading of a recipe: the problems were added to `Problems` before."""


class Problems:
    """Collects what is wrong with a recipe, and what there is to say of one that is right."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.notes: list[str] = []
        self.parent_missing = False
        self._distrusted: set[Path] = set()
        self._lines: dict[str, list[str]] = {}

    def read(self, file: str, text: str) -> None:
        """Keep the text of a file, of which problems then show the line.

        Parameters
        ----------
        file : str
            The file, as marks name it.
        text : str
            Its text.
        """
        self._lines[file] = LINE_BREAK.split(text)

    @property
    def files(self) -> list[str]:
        """The files that were read, the recipe before its parents."""
        return list(self._lines)

    def include(self, others: Problems) -> None:
        """Add the problems of another file.

        Parameters
        ----------
        others : Problems
            What is wrong with it.
        """
        self.found += [problem for problem in others.found if problem not in self.found]

    def add(self, mark: Mark, what: str, path: Path = ()) -> None:
        """Add a problem, unless it is about a value that `distrust` was called for.

        Parameters
        ----------
        mark : Mark
            The place of the problem.
        what : str
            What is wrong.
        path : Path
            The keys that lead to the value; empty for the whole recipe.

        Raises
        ------
        StopError
            When there are too many problems to read.
        """
        if any(path[:length] in self._distrusted for length in range(1, len(path) + 1)):
            return
        self._keep(mark, what, path)
        if len(self.found) == _MAX_PROBLEMS:
            raise StopError

    def report(self) -> list[Problem]:
        """Return the problems, in the order of files and lines."""
        report = sorted(self.found, key=lambda p: (p.file, p.line, p.column))
        if len(report) >= _MAX_PROBLEMS:
            report.append(Problem("and there may be more", file=report[-1].file))
        return report

    def distrust(self, path: Path) -> None:
        """Ignore later problems of a value that could not be read as it was meant.

        Parameters
        ----------
        path : Path
            The keys that lead to the value.
        """
        self._distrusted.add(path)

    def spoilt(self, mark: Mark, what: str, path: Path) -> None:
        """Add a problem of a value, and ignore later problems of it.

        Parameters
        ----------
        mark : Mark
            The place of the problem.
        what : str
            What is wrong.
        path : Path
            The keys that lead to the value.
        """
        self.add(mark, what, path)
        self.distrust(path)

    def stop(self, mark: Mark, what: str, path: Path = ()) -> NoReturn:
        """Add a problem after which the rest cannot be checked.

        Parameters
        ----------
        mark : Mark
            The place of the problem.
        what : str
            What is wrong.
        path : Path
            The keys that lead to the value; empty for the whole recipe.

        Raises
        ------
        StopError
            Always.
        """
        self._keep(mark, what, path)
        raise StopError

    def _keep(self, mark: Mark, what: str, path: Path) -> None:
        what = without_secrets(what)
        what = what if len(what) <= _MAX_WHAT else f"{what[:_MAX_WHAT]}..."
        lines = self._lines.get(mark.file, ())
        shown = ""
        if 0 < mark.line <= len(lines):
            shown = excerpt(lines[mark.line - 1], mark.line, mark.column)
        self.found.append(Problem(what, _show_path(path), mark.file, mark.line, mark.column, shown))


def show(value: object) -> str:
    """Return a value as messages show it: short, without control characters and secrets of URLs.

    Parameters
    ----------
    value : JSON value
        The value.

    Returns
    -------
    str
        At most 60 characters, and dots where the value is longer.
    """
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    text = without_secrets(text)  # before it is cut: half a secret is one, too
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _show_path(path: Path) -> str:
    """Return the path of a key as messages show it."""
    return ".".join(key if _PLAIN_KEY.match(key) else show(key) for key in path)
