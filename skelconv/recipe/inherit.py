"""``extends``: a recipe that holds only its differences from its parent.

Mappings merge key by key; everything else, also lists, is replaced. A stage that names another
plugin than the parent's replaces the whole stage, including its options, also where it is within
another's options, as a detector is. ``null`` is a value like any other, and for the recipe's own
keys it means "not given".
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from skelconv.recipe.document import NoFileError, UnreadableError, parse_document, read_text
from skelconv.recipe.finding import advice, find_recipe
from skelconv.recipe.model import RECIPE_VERSION
from skelconv.recipe.nodes import Mark, Node, Problems, from_plain
from skelconv.recipe.stages import STAGE_LISTS, STAGES, as_stage, merged_stage

MAX_PARENTS = 8


class Member(NamedTuple):
    """A recipe of a family.

    Attributes
    ----------
    path : str
        Its file; empty for one of plain values.
    node : Node
        Its tree, without ``extends``.
    by_name : bool
        Whether its child calls it by the name of an installed recipe, and not by a path.
    """

    path: str
    node: Node
    by_name: bool = False


def read_family(path: str, problems: Problems) -> Node:
    """Read a recipe and its parents into one tree.

    Parameters
    ----------
    path : str
        The file of the recipe, or the name of an installed one.
    problems : Problems
        Collects what is wrong.

    Returns
    -------
    Node
        The tree, without ``extends``.

    Raises
    ------
    StopError
        When one of them cannot be read.
    """
    return _merged(member.node for member in read_chain(path, problems))


def plain_family(recipe: Mapping[str, Any], problems: Problems) -> Node:
    """Make one tree from a recipe of plain values and its parents, which are files.

    Parameters
    ----------
    recipe : mapping
        The content of a recipe as plain values; ``extends`` is a path from the working folder
        or a name.
    problems : Problems
        Collects what is wrong.

    Returns
    -------
    Node
        The tree, without ``extends``.

    Raises
    ------
    StopError
        When one of them cannot be read.
    """
    given = {"skelconv": RECIPE_VERSION, **recipe}
    node, extends = _understand(from_plain(given, Mark("recipe")), problems)
    parents = _parents([Member("", node)], extends, problems)
    return _merged(member.node for member in parents)


def read_chain(path: str, problems: Problems) -> list[Member]:
    """Read a recipe and its parents.

    Parameters
    ----------
    path : str
        The file of the recipe, or the name of an installed one.
    problems : Problems
        Collects what is wrong.

    Returns
    -------
    list of Member
        The recipe first, and each parent after its child.

    Raises
    ------
    StopError
        When one of them cannot be read.
    """
    path = find_recipe(path)
    try:
        text = read_text(path)
    except UnreadableError as error:
        problems.stop(Mark(path), _with_advice(error, path))
    node, extends = _understand(parse_document(text, path, problems), problems)
    return _parents([Member(path, node)], extends, problems)


def _parents(chain: list[Member], extends: Node | None, problems: Problems) -> list[Member]:
    while extends is not None:
        child = chain[-1].path
        folder = os.path.dirname(child)
        named = str(extends.value)
        path = find_recipe(named, folder=folder, child=child)
        files = [member.path for member in chain]
        if os.path.realpath(path) in map(os.path.realpath, files):
            cycle = " -> ".join([*filter(None, files), path])
            problems.stop(extends.mark, f"the recipe extends itself: {cycle}", ("extends",))
        if len(chain) > MAX_PARENTS:
            problems.stop(extends.mark, f"more than {MAX_PARENTS} parents", ("extends",))
        try:
            text = read_text(path)
        except UnreadableError as error:
            # The place to correct is the line that names the parent.
            problems.add(extends.mark, f"{path}: {_with_advice(error, path)}", ("extends",))
            problems.parent_missing = True
            break
        node, extends = _understand(parse_document(text, path, problems), problems)
        chain.append(Member(path, node, not path.startswith(os.path.join(folder, named))))
    return chain


def _with_advice(error: UnreadableError, path: str) -> str:
    return f"{error}{advice(path)}" if isinstance(error, NoFileError) else str(error)


def _merged(nodes: Iterable[Node]) -> Node:
    tree, *parents = nodes
    for parent in parents:
        tree = _merge(parent, tree)
    return tree


def _understand(node: Node, problems: Problems) -> tuple[Node, Node | None]:
    """Check what must hold for each file, and take out ``extends``."""
    if not isinstance(node.value, dict):
        problems.stop(node.mark, f"a recipe is a mapping, not {node.word}")
    entries = dict(node.value)
    version = entries.get("skelconv")
    if version is None:
        problems.add(node.mark, f"the line `skelconv: {RECIPE_VERSION}` is missing")
    elif type(version.value) is int and version.value > RECIPE_VERSION:
        what = f"made for a newer skelconv: this one knows recipes up to version {RECIPE_VERSION}"
        problems.stop(version.mark, what, ("skelconv",))
    elif type(version.value) is not int or version.value != RECIPE_VERSION:
        problems.add(version.mark, f"must be {RECIPE_VERSION}", ("skelconv",))
    extends = entries.pop("extends", None)
    if extends is not None and (not isinstance(extends.value, str) or not extends.value):
        if extends.value is not None:
            problems.add(extends.mark, "must be the path or the name of a recipe", ("extends",))
            problems.parent_missing = True
        extends = None
    return spell_out(replace(node, value=entries)), extends


def spell_out(tree: Node) -> Node:
    """Write stages that are a bare name as mappings with ``use``.

    Parameters
    ----------
    tree : Node
        The tree of a recipe.

    Returns
    -------
    Node
        The tree with these stages replaced.
    """
    if not isinstance(tree.value, dict):
        return tree
    entries = dict(tree.value)
    for key in STAGES:
        if key in entries:
            entries[key] = as_stage(entries[key])
    for key in STAGE_LISTS:
        node = entries.get(key)
        if node is not None and isinstance(node.value, list):
            entries[key] = replace(node, value=[as_stage(item) for item in node.value])
    return replace(tree, value=entries)


def _merge(parent: Node, child: Node, *, staged: bool = False) -> Node:
    """Merge two values; within a stage there may be others."""
    pair = merged_stage(parent, child) if staged else (parent, child)
    if pair is None or not all(isinstance(node.value, dict) for node in pair):
        return child
    before, given = (node.value for node in pair)
    assert isinstance(before, dict) and isinstance(given, dict)  # noqa: PT018, S101
    entries = dict(before)
    for key, node in given.items():
        within = staged or key in STAGES
        entries[key] = _merge(entries[key], node, staged=within) if key in entries else node
    return replace(child, value=entries)
