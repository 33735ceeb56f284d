"""Values of a recipe that know where they stand, and the problems found in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from skelconv.errors import Problem
from skelconv.recipe.scalars import Scalar

Path = tuple[str, ...]

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
    """A value, where it stands, and where its key stands when it is in a mapping."""

    value: Scalar | list[Node] | dict[str, Node]
    mark: Mark
    key_mark: Mark | None = None

    @property
    def word(self) -> str:
        """What kind of value it is, in words."""
        return _WORDS.get(type(self.value), "a number")

    def children(self) -> Iterable[Node]:
        """Give the nodes directly below."""
        if isinstance(self.value, dict):
            return self.value.values()
        return self.value if isinstance(self.value, list) else ()

    def child(self, step: str) -> Node | None:
        """Return the node below a key, or below an index of a list."""
        if isinstance(self.value, dict):
            return self.value.get(step)
        if isinstance(self.value, list) and step.isdigit() and int(step) < len(self.value):
            return self.value[int(step)]
        return None

    def plain(self) -> Any:
        """Return the value without marks."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class StopError(Exception):
    """There is no use in looking further."""


class Problems:
    """Gathers what is wrong with a recipe."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.parent_missing = False
        self._distrusted: set[Path] = set()

    def add(self, mark: Mark, what: str, path: Path = ()) -> None:
        """Report a problem.

        Raises
        ------
        StopError
            When there are enough for anyone to read.
        """
        if any(path[:length] in self._distrusted for length in range(1, len(path) + 1)):
            return
        self._keep(mark, what, path)
        if len(self.found) == _MAX_PROBLEMS:
            raise StopError

    def report(self) -> list[Problem]:
        """Return what was found, in the order of files and lines."""
        report = sorted(self.found, key=lambda p: (p.file, p.line, p.column))
        if len(report) >= _MAX_PROBLEMS:
            report.append(Problem("and there may be more", file=report[-1].file))
        return report

    def distrust(self, path: Path) -> None:
        """Drop whatever else will be said of a value, for it is not the one that was meant."""
        self._distrusted.add(path)

    def spoilt(self, mark: Mark, what: str, path: Path) -> None:
        """Report a value that cannot be judged further."""
        self.add(mark, what, path)
        self.distrust(path)

    def stop(self, mark: Mark, what: str, path: Path = ()) -> NoReturn:
        """Report a problem that keeps the rest from being looked into.

        Raises
        ------
        StopError
            Always.
        """
        self._keep(mark, what, path)
        raise StopError

    def _keep(self, mark: Mark, what: str, path: Path) -> None:
        what = what if len(what) <= _MAX_WHAT else f"{what[:_MAX_WHAT]}..."
        self.found.append(Problem(what, show_path(path), mark.file, mark.line, mark.column))


def show(value: object) -> str:
    """Return a value as a message shows it: short, and with nothing that a terminal obeys."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def show_path(path: Path) -> str:
    """Return a key's path as a message shows it."""
    return ".".join(key if _PLAIN_KEY.match(key) else show(key) for key in path)
