"""``--set KEY=VALUE`` and ``--set KEY+=VALUE``: changes to a recipe that are not in its file.

The key is a path such as ``source.with.root`` or ``transforms.0.with.profile``, the value is YAML.
A stage that is given another plugin loses its options, at any depth. ``+=`` appends to a list: each
item of a VALUE that is a list, and any other VALUE as one item.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from skelconv.recipe.document import MAX_DEPTH, parse_document
from skelconv.recipe.inherit import spell_out
from skelconv.recipe.nodes import Mark, Node, Path, Problems, StopError, show
from skelconv.recipe.stages import STAGE_LISTS, STAGES, as_stage, is_stage

_MARK = Mark("--set")
_FIXED = ("skelconv", "extends")


def apply_overrides(tree: Node, overrides: Sequence[str], problems: Problems) -> Node:
    """Apply overrides to a tree, one after the other.

    Parameters
    ----------
    tree : Node
        The tree of a recipe, before variables are filled in.
    overrides : sequence of str
        Each ``KEY=VALUE`` or ``KEY+=VALUE``.
    problems : Problems
        Collects what is wrong; such an override is not applied.

    Returns
    -------
    Node
        The changed tree.
    """
    for override in overrides:
        tree = spell_out(_apply(tree, override, problems))
    return tree


def _apply(tree: Node, override: str, problems: Problems) -> Node:
    key, equals, _ = override.partition("=")
    appends = key.endswith("+")
    keys = tuple(key.removesuffix("+").strip().split("."))
    if not equals or not all(keys):
        example = "write KEY=VALUE, such as source.with.root=data"
        problems.add(_MARK, f"{show(override)}: {example}")
    elif keys[0] in _FIXED:
        problems.add(_MARK, "cannot be set from outside", keys)
    elif len(keys) > MAX_DEPTH:
        problems.add(_MARK, f"nested deeper than {MAX_DEPTH} levels", keys[:1])
    else:
        value = _parse(override, keys, problems)
        if value is not None:
            return _put(tree, keys, value, (), problems, appends=appends)
    return tree


def _parse(override: str, keys: Path, problems: Problems) -> Node | None:
    text = override.partition("=")[2]
    if not text.strip():
        return Node(None, _MARK, _MARK)
    found = Problems()
    with contextlib.suppress(StopError):
        node = parse_document(text, _MARK.file, found, depth=len(keys))
    for problem in found.found:  # several overrides may be of one key
        what = f"{problem.what}, in {show(override)} (text with special characters goes in quotes)"
        problems.add(_MARK, what, keys)
    return None if found.found else _marked(node)


def _marked(node: Node) -> Node:
    """Return a node with marks of the command line."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _marked(child) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_marked(child) for child in value]
    return Node(value, _MARK, _MARK)


def _put(
    node: Node, keys: Path, value: Node, above: Path, problems: Problems, *, appends: bool
) -> Node:
    """Return a node with the value at a path below it replaced, or appended to."""
    if not keys:
        return _appended(node, value, above, problems) if appends else value
    key, rest = keys[0], keys[1:]
    if key in ("use", "with") and _within_stages(above):
        node = as_stage(node)
    if isinstance(node.value, list):
        if not (key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(node.value)):
            what = f"no item {show(key)} in a list of {len(node.value)} (counted from 0)"
            problems.add(_MARK, what, (*above, key))
            return node
        items = list(node.value)
        below = (*above, key)
        items[int(key)] = _put(items[int(key)], rest, value, below, problems, appends=appends)
        return replace(node, value=items)
    if node.value is not None and not isinstance(node.value, dict):
        problems.add(_MARK, f"{node.word} has no key {show(key)}", above)
        return node
    entries = dict(node.value or {})
    old = entries.get(key)
    empty = Node(None, _MARK, _MARK)
    entries[key] = _put(old or empty, rest, value, (*above, key), problems, appends=appends)
    another = key == "use" and old is not None and not rest and old.value != value.value
    if another and _within_stages(above) and is_stage(node):
        _tell_of_dropped(entries.pop("with", None), old, value, above, problems)
        node = replace(node, mark=_MARK)  # what the new plugin lacks is not the file's fault
    return replace(node, value=entries)


def _tell_of_dropped(
    options: Node | None, old: Node | None, new: Node, path: Path, problems: Problems
) -> None:
    if old is not None and options is not None and isinstance(options.value, dict):
        names = ", ".join(options.value)
        if names:
            what = f"{'.'.join(path)} is {show(new.value)} now, and the options of"
            problems.notes.append(f"--set: {what} {show(old.value)} are dropped: {names}")


def _appended(node: Node, value: Node, path: Path, problems: Problems) -> Node:
    """Return a list with more items; one that is not there is empty."""
    if node.value is not None and not isinstance(node.value, list):
        problems.add(_MARK, f"+= appends to a list, and this is {node.word}", path)
        return node
    more = value.value if isinstance(value.value, list) else [value]
    return replace(node, value=[*(node.value or ()), *more])


def _within_stages(path: Path) -> bool:
    """Return whether a path leads to a stage, or into the options of one."""
    return path[:1] in [(key,) for key in STAGES] or (len(path) > 1 and path[0] in STAGE_LISTS)
