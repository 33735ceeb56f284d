"""What a recipe gives a plugin, checked against the model of the plugin's options."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from skelconv.errors import PluginError
from skelconv.hookspecs import Descriptor, Options
from skelconv.nearest import nearest
from skelconv.recipe.declared import examples_at, names_at
from skelconv.recipe.model import Stage
from skelconv.recipe.nodes import Mark, Node, Path, Problems, show
from skelconv.registry import Registry


def check_stage(
    kind: str,
    use: Node,
    options: Node | None,
    path: Path,
    registry: Registry,
    problems: Problems,
) -> Stage:
    """Check one stage.

    Whether what the plugin requires is installed is not asked here: a recipe is right or wrong
    on every machine alike.

    Parameters
    ----------
    kind : str
        Of plugin.
    use : Node
        The plugin's name, a string.
    options : Node, optional
        The value of ``with``.
    path : Path
        Where the stage stands.
    registry : Registry
        The plugins.
    problems : Problems
        Takes what is wrong.

    Returns
    -------
    Stage
        With all its options, checked; good for nothing when there are problems.
    """
    name = str(use.value)
    try:
        descriptor = registry.get(kind, name).descriptor
    except PluginError as error:
        what = f"{error.what} ({error.hint})" if error.hint else error.what
        problems.add(use.mark, what, (*path, "use"))
        return Stage(name)
    if not isinstance(descriptor, Descriptor):
        raise TypeError(f"a {kind} is no stage")
    path = (*path, "with")
    given = options or Node({}, use.mark)
    if not isinstance(given.value, dict):
        problems.add(given.mark, f"must be a mapping, not {given.word}", path)
        return Stage(name)
    _refuse_infinite(given, path, problems)
    try:
        checked = descriptor.options.model_validate(given.plain())
        return Stage(name, _complete(checked))
    except ValidationError as error:
        _report(error, given, descriptor.options, path, registry, problems)
    except Exception as error:
        # A plugin's own check may fail in any way, and it is one plugin's fault alone.
        what = f"the plugin cannot check its options: {type(error).__name__}: {show(str(error))}"
        problems.add(given.mark, what, path)
    return Stage(name)


def _complete(options: Options) -> dict[str, Any]:
    """Return all options as JSON values that can be checked again, as each worker does."""
    return options.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False)


def _refuse_infinite(node: Node, path: Path, problems: Problems) -> None:
    """Refuse numbers that JSON, and so a provenance file, cannot hold."""
    if isinstance(node.value, float) and not math.isfinite(node.value):
        problems.spoilt(node.mark, "must be a finite number, not .inf or .nan", path)
    names = node.value if isinstance(node.value, dict) else map(str, itertools.count())
    for name, child in zip(names, node.children(), strict=False):
        _refuse_infinite(child, (*path, name), problems)


def _report(
    error: ValidationError,
    given: Node,
    model: type[Options],
    path: Path,
    registry: Registry,
    problems: Problems,
) -> None:
    """Report pydantic's errors, those of the branches of a union as one."""
    wrong: dict[tuple[Mark, Path], tuple[Node, list[ErrorDetails]]] = {}
    for fault in error.errors(include_url=False):
        node, below, beyond = _locate(given, fault["loc"])
        if fault["type"] == "missing":
            if problems.parent_missing:
                continue
            what = f"the option {beyond[-1]!r} is missing" if beyond else "an option is missing"
            problems.add(node.mark, what, (*path, *below, *beyond))
        elif fault["type"] == "extra_forbidden":
            names = names_at(below[:-1], model, given, registry)
            advice = "" if names is None else nearest(below[-1], names)
            what = f"no option {show(below[-1])}{advice}"
            problems.add(node.key_mark or node.mark, what, (*path, *below))
        elif not _follows(fault, node):
            if beyond == ("[key]",):
                node = Node(below[-1], node.key_mark or node.mark)
            wrong.setdefault((node.mark, below), (node, []))[1].append(fault)
    for (mark, below), (node, faults) in wrong.items():
        examples = examples_at(below, model, given, registry)
        problems.add(mark, _in_words(faults, node, examples), (*path, *below))


def _follows(fault: ErrorDetails, node: Node) -> bool:
    """Return whether something is too short only because of faults in it, which are told."""
    return (
        fault["type"] == "too_short"
        and isinstance(node.value, dict | list)
        and len(node.value) >= fault["ctx"]["min_length"]
    )


def _locate(node: Node, loc: Iterable[int | str]) -> tuple[Node, Path, Path]:
    """Follow pydantic's location: the node, its path, and the keys that it lacks.

    A location also names branches of unions and validators, which are no keys.
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


# What pydantic says in Python's words.
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
    """Return what a value must do, if that is what is wrong with it."""
    if fault["type"] == "string_pattern_mismatch" and examples:
        *others, last = map(show, examples)
        return f"be something like {' or '.join([*filter(None, [', '.join(others)]), last])}"
    match = _SHOULD.match(fault["msg"])
    return _NEEDS.get(fault["type"], match and match["need"])


def _in_words(faults: Sequence[ErrorDetails], node: Node, examples: Sequence[Any]) -> str:
    """Turn what pydantic says of one value into one sentence."""
    said = []
    needs = []
    for fault in faults:
        need = _need(fault, examples)
        if need is None:
            message = fault["msg"].removeprefix("Value error, ")
            said.append(message.removeprefix("Assertion failed, "))
        else:
            needs.append(need)
    if needs:
        said.insert(0, f"must {' or '.join(dict.fromkeys(needs))}, not {_value(node)}")
        if {"be text", "be a path"} & set(needs) and isinstance(node.value, bool | int | float):
            said[0] += " (in quotes it is text)"
    return "; ".join(dict.fromkeys(said))


def _value(node: Node) -> str:
    if isinstance(node.value, dict | list):
        return node.word if node.value else node.word.replace("a ", "an empty ", 1)
    return show(node.value)
