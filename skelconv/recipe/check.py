"""Checks the recipe's own keys, and makes a `Recipe` from a tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from skelconv.plugin.use import Use, UseSink, UseSource, UseSplit, UseTransform
from skelconv.recipe.borrowed import Borrowed
from skelconv.recipe.layouts import misfit, unknown_layout
from skelconv.recipe.model import BIBTEX, Expect, Recipe
from skelconv.recipe.nodes import Node, Path, Problems, StopError, show
from skelconv.recipe.options import check_stage
from skelconv.text.advice import nearest

_KEYS = (
    "skelconv",
    "name",
    "about",
    "needs",
    "cite",
    "extends",
    "vars",
    "source",
    "transforms",
    "splits",
    "sink",
    "expect",
)
_OF_A_STAGE = ("use", "with")
_STAGE_ADVICE = ": a stage has `use` and `with`, and its options go under `with`"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


def check_recipe(tree: Node, problems: Problems, borrowed: Borrowed) -> Recipe:
    """Make a recipe from a tree.

    Parameters
    ----------
    tree : Node
        The tree, with parents and variables resolved.
    problems : Problems
        Collects what is wrong.
    borrowed : Borrowed
        What is from the environment.

    Returns
    -------
    Recipe
        The recipe, checked and complete.

    Raises
    ------
    StopError
        When there are problems.
    """
    entries = _entries(tree, (), problems, _KEYS)
    for key in ("name", "source", "sink"):
        if key not in entries and not problems.parent_missing:
            problems.add(tree.mark, f"the key {key!r} is missing")
    name = _name(entries.get("name"), problems)
    about = _about(entries.get("about"), problems)
    needs = _lines("needs", entries, problems)
    cite = _lines("cite", entries, problems, BIBTEX, "is no BibTeX entry, as @article{KEY, ...}")
    source = _stage("source", entries.get("source"), ("source",), problems)
    transforms = _stages("transform", entries.get("transforms"), problems)
    splits = _stages("split", entries.get("splits"), problems)
    sink = _stage("sink", entries.get("sink"), ("sink",), problems)
    expect = _expect(entries.get("expect"), problems)
    if isinstance(source, UseSource):
        if unknown := unknown_layout(source, source.layout()):
            problems.add(entries["source"].mark, unknown, ("source",))
        else:
            _check_layouts(source, transforms, entries.get("transforms"), problems)
    if problems.found or not isinstance(source, UseSource) or not isinstance(sink, UseSink):
        raise StopError
    return Recipe(
        name=name,
        about=about,
        needs=needs,
        cite=cite,
        source=source,
        transforms=tuple(stage for stage in transforms if isinstance(stage, UseTransform)),
        splits=tuple(stage for stage in splits if isinstance(stage, UseSplit)),
        sink=sink,
        expect=expect,
        borrowed=borrowed,
        notes=tuple(problems.notes),
    )


def _entries(
    node: Node, path: Path, problems: Problems, known: Iterable[str] | None = None
) -> dict[str, Node]:
    """Return the entries of a mapping, without those that are null; report unknown keys."""
    if not isinstance(node.value, dict):
        if node.value is not None:
            problems.add(node.mark, f"must be a mapping, not {node.word}", path)
        return {}
    for key, child in node.value.items():
        if known is not None and key not in known:
            advice = _STAGE_ADVICE if known is _OF_A_STAGE else nearest(key, known)
            what = f"no key {show(key)} here{advice}"
            problems.add(child.key_mark or child.mark, what, (*path, key))
    return {key: child for key, child in node.value.items() if child.value is not None}


def _name(node: Node | None, problems: Problems) -> str:
    if node is None:
        return ""
    if not isinstance(node.value, str) or not NAME.match(node.value):
        what = f"must be letters, digits, '.', '_' and '-', not {node.show()}"
        problems.add(node.mark, what, ("name",))
    return str(node.value)


def _about(node: Node | None, problems: Problems) -> str:
    if node is None:
        return ""
    if not isinstance(node.value, str):
        problems.add(node.mark, f"must be text, not {node.word}", ("about",))
    return str(node.value)


def _lines(
    key: str,
    entries: Mapping[str, Node],
    problems: Problems,
    pattern: str = "",
    otherwise: str = "",
) -> tuple[str, ...]:
    node = entries.get(key)
    if node is None:
        return ()
    if not isinstance(node.value, list):
        problems.add(node.mark, f"must be a list of texts, not {node.word}", (key,))
        return ()
    for index, line in enumerate(node.value):
        if not isinstance(line.value, str):
            problems.add(line.mark, f"must be text, not {line.word}", (key, str(index)))
        elif not re.match(pattern, line.value):
            problems.add(line.mark, otherwise, (key, str(index)))
    return tuple(str(line.value) for line in node.value)


def _stages(kind: str, node: Node | None, problems: Problems) -> list[Use | None]:
    path = (f"{kind}s",)
    if node is None:
        return []
    if not isinstance(node.value, list):
        problems.add(node.mark, f"must be a list, not {node.word}", path)
        return []
    return [
        _stage(kind, item, (*path, str(index)), problems) for index, item in enumerate(node.value)
    ]


def _check_layouts(
    source: UseSource, transforms: list[Use | None], node: Node | None, problems: Problems
) -> None:
    """Report a transform that cannot work on the layout that the source gives."""
    uses = [stage for stage in transforms if isinstance(stage, UseTransform)]
    if node is None or not isinstance(node.value, list) or len(uses) < len(transforms):
        return  # there is none, or what is wrong is reported already
    found = misfit(source.layout(), uses)
    if found is not None:
        mark = node.value[found.index].mark
        problems.add(mark, found.what, ("transforms", str(found.index)))


def _stage(kind: str, node: Node | None, path: Path, problems: Problems) -> Use | None:
    if node is None:
        return None
    if not isinstance(node.value, dict):
        what = f"must be a {kind}'s name, or a mapping of `use` and `with`, not {node.word}"
        problems.add(node.mark, what, path)
        return None
    entries = _entries(node, path, problems, _OF_A_STAGE)
    use = entries.get("use")
    if use is None:
        if not problems.parent_missing:
            problems.add(node.mark, "the key 'use' is missing", path)
        return None
    if not isinstance(use.value, str):
        problems.add(use.mark, f"must be a {kind}'s name, not {use.word}", (*path, "use"))
        return None
    return check_stage(kind, use, entries.get("with"), path, problems)


def _expect(node: Node | None, problems: Problems) -> Expect | None:
    if node is None:
        return None
    entries = _entries(node, ("expect",), problems, ("clips", "splits"))
    splits = entries.get("splits")
    counts = {} if splits is None else _entries(splits, ("expect", "splits"), problems)
    return Expect(
        clips=_count(entries["clips"], ("expect", "clips"), problems)
        if "clips" in entries
        else None,
        splits={
            name: _count(count, ("expect", "splits", name), problems)
            for name, count in counts.items()
        },
    )


def _count(node: Node, path: Path, problems: Problems) -> int:
    if type(node.value) is int and node.value >= 0:
        return node.value
    problems.add(node.mark, f"must be a number of clips, not {node.show()}", path)
    return 0
