"""What a recipe gives a plugin, checked against the model of the plugin's options."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from skelconv.errors import PluginError
from skelconv.hookspecs import Descriptor, Options
from skelconv.nearest import nearest
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
        _report(error, given, descriptor.options, path, problems)
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
    error: ValidationError, given: Node, model: type[Options], path: Path, problems: Problems
) -> None:
    """Report pydantic's errors, those of the branches of a union as one."""
    wrong: dict[tuple[Mark, Path], tuple[Node, list[str]]] = {}
    for fault in error.errors(include_url=False):
        node, below, beyond = _locate(given, fault["loc"])
        if fault["type"] == "missing":
            if problems.parent_missing:
                continue
            what = f"the option {beyond[-1]!r} is missing" if beyond else "an option is missing"
            problems.add(node.mark, what, (*path, *below, *beyond))
        elif fault["type"] == "extra_forbidden":
            advice = nearest(below[-1], _names(model)) if len(below) == 1 else ""
            what = f"no option {show(below[-1])}{advice}"
            problems.add(node.key_mark or node.mark, what, (*path, *below))
        else:
            if beyond == ("[key]",):
                node = Node(below[-1], node.key_mark or node.mark)
            wrong.setdefault((node.mark, below), (node, []))[1].append(fault["msg"])
    for (mark, below), (node, messages) in wrong.items():
        problems.add(mark, _in_words(messages, node), (*path, *below))


def _locate(node: Node, loc: Iterable[int | str]) -> tuple[Node, Path, Path]:
    """Follow pydantic's location: the node, its path, and the keys that it lacks.

    A location also names branches of unions and validators, which are no keys.
    """
    below: Path = ()
    beyond: Path = ()
    for step in map(str, loc):
        if isinstance(node.value, dict) and step in node.value:
            node = node.value[step]
        elif isinstance(node.value, list) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        else:
            beyond = (step,)
            continue
        below = (*below, step)
    return node, below, beyond


def _names(model: type[Options]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _in_words(messages: list[str], node: Node) -> str:
    """Turn what pydantic says of one value into one sentence."""
    should = "Input should "
    if not all(message.startswith(should) for message in messages):
        return "; ".join(
            message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
            for message in dict.fromkeys(messages)
        )
    # What it could not be parsed from is shown instead.
    needs = [message.removeprefix(should).partition(", unable to")[0] for message in messages]
    value = node.word if isinstance(node.value, dict | list) else show(node.value)
    return f"must {' or '.join(dict.fromkeys(needs))}, not {value}"
