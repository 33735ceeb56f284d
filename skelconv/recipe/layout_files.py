"""Layouts in files: ``layouts/NAME.yaml`` beside a recipe, or any file that an option names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from skelconv.data.errors import RecipeError
from skelconv.plugin.option_types import check_name
from skelconv.plugin.own_layouts import DefinitionError, OwnLayout, define, stored_layout
from skelconv.recipe.document import UnreadableError, parse_document, read_text
from skelconv.recipe.finding import LAYOUTS
from skelconv.recipe.nodes import Mark, Node, Problems, StopError

_SUFFIXES = (".yaml", ".yml")
_NAME = re.compile(r"[\w-][\w.-]{0,63}\Z")


class LayoutFiles:
    """Finds the layouts that a recipe names in files.

    Parameters
    ----------
    problems : Problems
        Collects what is wrong in them; its files are the recipe and its parents.
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._found: dict[str, OwnLayout | None] = {}

    def __call__(self, name: str) -> OwnLayout | None:
        """Find a layout.

        Parameters
        ----------
        name : str
            A path that ends in ``.yaml``, or the name of such a file in the folder ``layouts``
            beside the recipe or one of its parents.

        Returns
        -------
        OwnLayout or None
            None where there is no such file.

        Raises
        ------
        ValueError
            When it cannot be used.
        """
        if name not in self._found:
            path = self._path(name)
            self._found[name] = None if path is None else self._read(path)
        return self._found[name]

    def _path(self, name: str) -> str | None:
        if name.endswith(_SUFFIXES):
            return os.path.expanduser(name)
        if not _NAME.match(name):
            return None
        for file in self._problems.files:
            for suffix in _SUFFIXES:
                path = os.path.join(os.path.dirname(file), LAYOUTS, f"{name}{suffix}")
                if os.path.isfile(file) and os.path.isfile(path):
                    return path
        return None

    def _read(self, path: str) -> OwnLayout:
        found = Problems()
        try:
            return _read(path, found)
        except StopError:
            self._problems.include(found)
            raise ValueError(f"the layout in {path} cannot be used") from None


def read_layout(path: str) -> OwnLayout:
    """Read a layout from a file.

    Parameters
    ----------
    path : str
        A YAML file with a definition; see `skelconv.plugin.own_layouts`.

    Returns
    -------
    OwnLayout
        The layout, whose name is by default that of the file.

    Raises
    ------
    RecipeError
        With all that is wrong, and where.
    """
    problems = Problems()
    try:
        return _read(path, problems)
    except StopError:
        raise RecipeError(problems.report()) from None


def with_layout(options: Mapping[str, Any]) -> dict[str, Any]:
    """Put the definition in place of a file that the option ``layout`` names.

    Parameters
    ----------
    options : mapping
        Options of a reader.

    Returns
    -------
    dict
        The options.

    Raises
    ------
    RecipeError
        When the file cannot be used.
    """
    path = options.get("layout")
    if not isinstance(path, str | os.PathLike) or not os.fsdecode(path).endswith(_SUFFIXES):
        return dict(options)
    own = read_layout(os.path.expanduser(os.fsdecode(path)))
    return {**options, "layout": stored_layout(own)}


def _read(path: str, problems: Problems) -> OwnLayout:
    """Read a layout; what is wrong is in `problems` when a StopError is raised."""
    try:
        text = read_text(path)
    except UnreadableError as error:
        problems.stop(Mark(path), str(error).replace("recipe", "layout"))
    node = parse_document(text, path, problems)
    if not isinstance(node.value, dict):
        problems.stop(node.mark, f"a layout must be a mapping, not {node.word}")
    if problems.found:
        raise StopError
    try:
        own = define(node.plain(), name=os.path.splitext(os.path.basename(path))[0])
        check_name(own)
    except DefinitionError as error:
        for keys, what in error.faults:
            problems.add(_mark(node, keys), what, keys)
        raise StopError from None
    except ValueError as error:
        problems.stop(_mark(node, ("name",)), str(error), ("name",))
    return own


def _mark(node: Node, keys: tuple[str, ...]) -> Mark:
    """Return the place of what keys lead to, or of the last that is there."""
    for key in keys:
        below = node.child(key)
        if below is None:
            break
        node = below
    return node.mark
