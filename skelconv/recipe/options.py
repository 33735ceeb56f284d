"""Checks the options in a recipe against the model of the plugin's options."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from skelconv.plugin.guard import PluginFailure, guarded
from skelconv.plugin.option_types import LAYOUT_FILES
from skelconv.plugin.options import Options
from skelconv.plugin.use import Use, use_of
from skelconv.recipe.declared import examples_at, names_at, takes_text
from skelconv.recipe.layout_files import LayoutFiles
from skelconv.recipe.nodes import Mark, Node, Path, Problems, show
from skelconv.text.advice import nearest


def check_stage(
    kind: str, use: Node, options: Node | None, path: Path, problems: Problems
) -> Use | None:
    """Check one stage.

    It does not matter here whether the packages that the plugin requires are installed: a recipe
    is valid or not on every machine in the same way.

    Parameters
    ----------
    kind : str
        The kind of plugin, such as ``source``.
    use : Node
        The plugin's name, a string.
    options : Node, optional
        The value of ``with``.
    path : Path
        The keys that lead to the stage.
    problems : Problems
        Collects what is wrong.

    Returns
    -------
    Use or None
        The plugin with its checked options; None where something is wrong.
    """
    given = options or Node({}, use.mark)
    stage = Node({"use": use, "with": given}, use.mark)
    model = use_of(kind)
    _refuse_infinite(given, (*path, "with"), problems)
    try:
        with guarded(f"the {kind} {use.value!r}", passing=(ValidationError,)):
            context = {LAYOUT_FILES: LayoutFiles(problems)}
            made = model.model_validate(stage.plain(), context=context)
        converted = [
            (node, need, below)
            for node, need, below in _converted(given, _plain(made), ("with",))
            if not takes_text(below, model, stage)
        ]
        for node, need, below in converted:
            problems.add(node.mark, f"must be {need}, not {node.show()}", (*path, *below))
        if not converted:
            return made
    except ValidationError as error:
        _report(error, stage, model, path, problems)
    except PluginFailure as failure:  # a plugin's own check may fail in any way
        problems.add(given.mark, failure.what, (*path, "with"))
    return None


def _refuse_infinite(node: Node, path: Path, problems: Problems) -> None:
    """Report numbers that JSON, and so a provenance file, cannot hold."""
    if isinstance(node.value, float) and not math.isfinite(node.value):
        problems.spoilt(node.mark, "must be a finite number, not .inf or .nan", path)
    names = node.value if isinstance(node.value, dict) else map(str, itertools.count())
    for name, child in zip(names, node.children(), strict=False):
        _refuse_infinite(child, (*path, name), problems)


def _plain(use: Use) -> Any:
    """Return options as plain values; nothing where they cannot be written, as a build says."""
    try:
        return use.plain()["with"]
    except PluginFailure:
        return None


def _converted(given: Node, made: Any, path: Path) -> Iterator[tuple[Node, str, Path]]:
    """Find text that was taken for a number or true, and the like, and what it should be.

    pydantic does so, and a variable needs it. Written out it is a mistake more often than not, and
    editors refuse it.
    """
    value = given.value
    if isinstance(value, dict) and isinstance(made, dict):
        for key, child in value.items():
            yield from _converted(child, made.get(key), (*path, key))
    elif isinstance(value, list) and isinstance(made, list) and len(value) == len(made):
        for index, child in enumerate(value):
            yield from _converted(child, made[index], (*path, str(index)))
    elif not given.filled and _is_converted(value, made):
        yield given, "true or false" if isinstance(made, bool) else "a number", path


def _is_converted(value: object, made: object) -> bool:
    if isinstance(made, bool):
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    if not isinstance(made, int | float):
        return False
    if isinstance(value, str):
        return _is_number(value)  # other text is the plugin's own to understand
    return isinstance(value, bool)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _report(
    error: ValidationError,
    given: Node,
    model: type[Options],
    path: Path,
    problems: Problems,
) -> None:
    """Report pydantic's errors, those of the branches of a union as one."""
    wrong: dict[tuple[Mark, Path], tuple[Node, list[ErrorDetails]]] = {}
    faults_at = [(one, *_locate(given, one["loc"])) for one in error.errors(include_url=False)]
    places = [
        (*below, *beyond) if fault["type"] == "missing" else below
        for fault, _, below, beyond in faults_at
    ]
    above = {place[:length] for place in places for length in range(len(place))}
    for place, (fault, node, below, beyond) in zip(places, faults_at, strict=True):
        if place in above and isinstance(node.value, dict | list):
            continue  # of another branch of a union than the one that the value is meant for
        if fault["type"] == "missing":
            if problems.parent_missing:
                continue
            what = f"the option {beyond[-1]!r} is missing" if beyond else "an option is missing"
            problems.add(node.mark, what, (*path, *below, *beyond))
        elif fault["type"] == "extra_forbidden":
            names = names_at(below[:-1], model, given)
            advice = "" if names is None else nearest(below[-1], names)
            what = f"no option {show(below[-1])}{advice}"
            problems.add(node.key_mark or node.mark, what, (*path, *below))
        elif not _follows(fault, node):
            if beyond == ("[key]",):
                node = Node(below[-1], node.key_mark or node.mark)
            wrong.setdefault((node.mark, below), (node, []))[1].append(fault)
    for (mark, below), (node, faults) in wrong.items():
        examples = examples_at(below, model, given)
        problems.add(mark, _in_words(faults, node, examples), (*path, *below))


def _follows(fault: ErrorDetails, node: Node) -> bool:
    """Return whether a value is too short only because of faults in it, which are reported."""
    return (
        fault["type"] == "too_short"
        and isinstance(node.value, dict | list)
        and len(node.value) >= fault["ctx"]["min_length"]
    )


def _locate(node: Node, loc: Iterable[int | str]) -> tuple[Node, Path, Path]:
    """Follow pydantic's location: the node, its path, and the keys that it lacks.

    A location also names branches of unions and validators, which are not keys.
    """
    below: Path = ()
    beyond: Path = ()
    for step in map(str, loc):
        child = node.child(step)
        if child is None:
            beyond = (step,)
            continue
        node = child
        below = (*below, step)
    return node, below, beyond


# For errors in words of Python: what the value must be, in words of YAML.
_NEEDS = {
    "string_type": "be text",
    "list_type": "be a list",
    "tuple_type": "be a list",
    "dict_type": "be a mapping",
    "model_type": "be a mapping",
    "model_attributes_type": "be a mapping",
    "path_type": "be a path",
}
_SHOULD = re.compile(
    r"[A-Z][a-z]+ should (?P<need>.*?)(?:, unable to.*| after validation.*)?\Z", re.S
)


def _need(fault: ErrorDetails, examples: Sequence[Any]) -> str | None:
    """Return what a value must be, in words that follow "must", if the fault says so."""
    if fault["type"] == "string_pattern_mismatch" and examples:
        *others, last = map(show, examples)
        return f"be something like {' or '.join([*filter(None, [', '.join(others)]), last])}"
    match = _SHOULD.match(fault["msg"])
    return _NEEDS.get(fault["type"], match and match["need"])


def _in_words(faults: Sequence[ErrorDetails], node: Node, examples: Sequence[Any]) -> str:
    """Turn pydantic's errors about one value into one sentence."""
    sentences = []
    needs = []
    for fault in faults:
        need = _need(fault, examples)
        if need is None:
            message = fault["msg"].removeprefix("Value error, ")
            sentences.append(message.removeprefix("Assertion failed, "))
        else:
            needs.append(need)
    if needs:
        sentences.insert(0, f"must {' or '.join(dict.fromkeys(needs))}, not {_value(node)}")
        if {"be text", "be a path"} & set(needs) and isinstance(node.value, bool | int | float):
            sentences[0] += " (in quotes it is text)"
    return "; ".join(dict.fromkeys(sentences))


def _value(node: Node) -> str:
    if isinstance(node.value, dict | list):
        return node.word if node.value else node.word.replace("a ", "an empty ", 1)
    return node.show()
