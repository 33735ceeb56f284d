"""Variables: ``${vars.name}``, ``${ENVIRONMENT}`` and ``${ENVIRONMENT:-default}``.

They are replaced in scalars after parsing, so the value of a variable can never become structure.
``$${`` means the characters ``${``. A scalar that is one ``${vars.name}`` and nothing else keeps
the variable's type; all other results are text.

A text with a value of the environment in it is also kept as it is written, because a recipe is
passed on with what is built from it, and the value may be a secret. A default is not one.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, NoReturn

from skelconv.recipe.borrowed import Borrowed
from skelconv.recipe.nodes import Mark, Node, Path, Problems, show
from skelconv.recipe.scalars import Scalar
from skelconv.text.advice import nearest

MAX_TEXT = 1_000_000
_MAX_CHAIN = 32

_PIECE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_ENVIRONMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\Z", re.DOTALL)


class _UnknownValueError(Exception):
    """A variable without a value; the reason was reported."""


class _Filled(NamedTuple):
    """A value, and the text that it is written as if something in it is from the environment."""

    value: Scalar
    written: str | None = None


class Variables:
    """The variables of a recipe, which may use each other in any order.

    `borrowed` has what was taken from the environment so far.

    Parameters
    ----------
    node : Node, optional
        The value of ``vars``: a mapping of scalars.
    environ : mapping of str to str
        The environment variables.
    problems : Problems
        Collects what is wrong.
    """

    def __init__(self, node: Node | None, environ: Mapping[str, str], problems: Problems) -> None:
        self._environ = environ
        self._problems = problems
        self._nodes: dict[str, Node] = {}
        self.borrowed = Borrowed()
        self._values: dict[str, _Filled] = {}
        self._failed: set[str] = set()
        self._underway: list[str] = []
        self._room = MAX_TEXT
        if node is None or node.value is None:
            return
        if not isinstance(node.value, dict):
            problems.add(node.mark, f"must be a mapping, not {node.word}", ("vars",))
            return
        self._nodes = node.value
        for name, value in node.value.items():
            with contextlib.suppress(_UnknownValueError):
                self._variable(name, value.mark)

    def fill(self, node: Node, path: Path = ()) -> Node:
        """Replace the variables in a node by their values.

        Parameters
        ----------
        node : Node
            The node.
        path : Path
            The keys that lead to it.

        Returns
        -------
        Node
            The node without variables.
        """
        if isinstance(node.value, dict):
            entries = {key: self.fill(child, (*path, key)) for key, child in node.value.items()}
            return replace(node, value=entries)
        if isinstance(node.value, list):
            items = [self.fill(child, (*path, str(i))) for i, child in enumerate(node.value)]
            return replace(node, value=items)
        if isinstance(node.value, str) and "${" in node.value:
            try:
                value, written = self._expand(node.value, node.mark, path)
            except _UnknownValueError:
                self._problems.distrust(path)
            else:
                if written is not None:
                    self.borrowed.texts[path] = written
                return replace(node, value=value, written=written, filled=True)
        return node

    def _expand(self, text: str, mark: Mark, path: Path) -> _Filled:
        whole = _PIECE.fullmatch(text)
        if whole and whole[1] is not None and whole[1].startswith("vars."):
            return self._reference(whole[1], mark, path)

        written = []
        borrows = False

        def put(match: re.Match[str]) -> str:
            nonlocal borrows
            if match[0] == "$${":
                written.append(match[0])
                return "${"
            if match[1] is None:
                self._unknown(
                    "a ${ that is not closed (write $${ for the characters ${)", mark, path
                )
            value, origin = self._reference(match[1], mark, path)
            piece = value if isinstance(value, str) else json.dumps(value)
            borrows = borrows or origin is not None
            written.append(piece.replace("${", "$${") if origin is None else origin)
            self._room -= len(piece)
            if self._room < 0:
                self._problems.stop(
                    mark, f"variables expand to more than {MAX_TEXT} characters", path
                )
            return piece

        filled = _PIECE.sub(put, text)
        if not borrows:
            return _Filled(filled)
        pieces = iter(written)
        return _Filled(filled, _PIECE.sub(lambda _: next(pieces), text))

    def _reference(self, reference: str, mark: Mark, path: Path) -> _Filled:
        if reference.startswith("vars."):
            return self._variable(reference.removeprefix("vars."), mark, path)
        named = _ENVIRONMENT.match(reference)
        if named is None:
            known = [f"vars.{name}" for name in self._nodes]
            self._unknown(f"no variable {show(reference)}{nearest(reference, known)}", mark, path)
        name, default = named.groups()
        value = self._environ.get(name)
        if not value and default is not None:
            return _Filled(default)
        if value is None:
            what = (
                f"the environment variable {name} is not set: set it, or write ${{{name}:-DEFAULT}}"
            )
            if name in self._nodes:
                what = f"the environment variable {name} is not set: did you mean ${{vars.{name}}}?"
            self._unknown(what, mark, path)
        self.borrowed.values[value] = f"${{{name}}}"
        return _Filled(value, f"${{{reference}}}")

    def _variable(self, name: str, mark: Mark, path: Path = ()) -> _Filled:
        if name in self._values:
            return self._values[name]
        if name in self._failed:
            raise _UnknownValueError
        node = self._nodes.get(name)
        if node is None:
            self._unknown(f"no variable {show(name)}{nearest(name, self._nodes)}", mark, path)
        self._underway.append(name)
        try:
            self._values[name] = self._evaluate(name, node)
        except _UnknownValueError:
            self._failed.add(name)
            raise
        finally:
            self._underway.pop()
        return self._values[name]

    def _evaluate(self, name: str, node: Node) -> _Filled:
        path = ("vars", name)
        first = self._underway.index(name)
        if first < len(self._underway) - 1:
            cycle = " -> ".join(self._underway[first:])
            self._unknown(f"refers to itself: {cycle}", node.mark, path)
        if len(self._underway) > _MAX_CHAIN:
            what = f"a chain of more than {_MAX_CHAIN} variables"
            self._problems.stop(node.mark, what, path)
        if isinstance(node.value, dict | list):
            what = f"a variable is one value, not {node.word} (a YAML anchor can name {node.word})"
            self._unknown(what, node.mark, path)
        if isinstance(node.value, str) and "${" in node.value:
            return self._expand(node.value, node.mark, path)
        return _Filled(node.value)

    def _unknown(self, what: str, mark: Mark, path: Path) -> NoReturn:
        self._problems.spoilt(mark, what, path)
        raise _UnknownValueError
