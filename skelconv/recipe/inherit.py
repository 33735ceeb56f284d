"""``extends``: a recipe that says only what is different from its parent.

Mappings merge key by key; everything else, lists too, is replaced. A stage that names another
plugin than the parent's replaces it, options and all. ``null`` is a value like any other, and for
the recipe's own keys it means "not given".
"""

from __future__ import annotations

import os
from dataclasses import replace

from skelconv.recipe.document import UnreadableError, parse_document, read_text
from skelconv.recipe.model import RECIPE_VERSION
from skelconv.recipe.nodes import Mark, Node, Problems

MAX_PARENTS = 8
STAGES = ("source", "sink")
STAGE_LISTS = ("transforms", "splits")


def read_family(path: str, problems: Problems) -> Node:
    """Read a recipe and its parents into one tree.

    Raises
    ------
    StopError
        When one of them cannot be understood.
    """
    tree, *parents = (node for _, node in read_chain(path, problems))
    for parent in parents:
        tree = _merge(parent, tree)
    return tree


def read_chain(path: str, problems: Problems) -> list[tuple[str, Node]]:
    """Read a recipe and its parents, nearest first, each with the path of its file.

    Raises
    ------
    StopError
        When one of them cannot be understood.
    """
    chain: list[tuple[str, Node]] = []
    extends: Node | None = None
    while True:
        try:
            text = read_text(path)
        except UnreadableError as error:
            if extends is None:
                problems.stop(Mark(path), str(error))
            # The place to mend is the line that names the parent.
            problems.add(extends.mark, f"{path}: {error}", ("extends",))
            problems.parent_missing = True
            return chain
        node, extends = _understand(parse_document(text, path, problems), problems)
        chain.append((path, node))
        if extends is None:
            return chain
        parent = os.path.join(os.path.dirname(path), str(extends.value))
        files = [file for file, _ in chain]
        if os.path.realpath(parent) in map(os.path.realpath, files):
            cycle = " -> ".join([*files, parent])
            problems.stop(extends.mark, f"the recipe extends itself: {cycle}", ("extends",))
        if len(chain) > MAX_PARENTS:
            problems.stop(extends.mark, f"more than {MAX_PARENTS} parents", ("extends",))
        path = parent


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
            problems.add(extends.mark, "must be the path of a recipe", ("extends",))
            problems.parent_missing = True
        extends = None
    return spell_out(replace(node, value=entries)), extends


def spell_out(tree: Node) -> Node:
    """Return a tree in which a stage that is a bare string is a mapping with ``use``."""
    if not isinstance(tree.value, dict):
        return tree
    entries = dict(tree.value)
    for key in STAGES:
        if key in entries:
            entries[key] = _spell_out_stage(entries[key])
    for key in STAGE_LISTS:
        node = entries.get(key)
        if node is not None and isinstance(node.value, list):
            entries[key] = replace(node, value=[_spell_out_stage(item) for item in node.value])
    return replace(tree, value=entries)


def _spell_out_stage(node: Node) -> Node:
    return replace(node, value={"use": node}) if isinstance(node.value, str) else node


def _merge(parent: Node, child: Node) -> Node:
    merged = _merge_mappings(parent, child)
    if isinstance(merged.value, dict) and isinstance(child.value, dict):
        for key in STAGES:
            if key in child.value and _use(child, key) not in (None, _use(parent, key)):
                merged.value[key] = child.value[key]
    return merged


def _merge_mappings(parent: Node, child: Node) -> Node:
    if not isinstance(parent.value, dict) or not isinstance(child.value, dict):
        return child
    entries = dict(parent.value)
    for key, node in child.value.items():
        entries[key] = _merge_mappings(entries[key], node) if key in entries else node
    return replace(child, value=entries)


def _use(tree: Node, key: str) -> object:
    stage = tree.value.get(key) if isinstance(tree.value, dict) else None
    use = stage.value.get("use") if stage and isinstance(stage.value, dict) else None
    return use and use.value
