"""What a plugin declares of its options, at any depth: for advice on what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from skelconv.errors import PluginError
from skelconv.hookspecs import Descriptor, Options
from skelconv.nested import Use
from skelconv.recipe.nodes import Node, Path
from skelconv.registry import Registry


def names_at(path: Path, model: type[Options], given: Node, registry: Registry) -> list[str] | None:
    """Return the options that a mapping may have.

    Parameters
    ----------
    path : Path
        Where it stands in the options.
    model : type of Options
        What the plugin declares.
    given : Node
        The options of the recipe, which may name further plugins.
    registry : Registry
        The plugins.

    Returns
    -------
    list of str or None
        None where it may have any, or that cannot be told.
    """
    models = [one for one in _types_at(path, model, given, registry) if _is_model(one)]
    return [name for inner in models for name in _fields(inner)] if models else None


def examples_at(path: Path, model: type[Options], given: Node, registry: Registry) -> Sequence[Any]:
    """Return the examples that an option is declared with; see `names_at`."""
    types = _types_at(path, model, given, registry)
    return next((one.examples for one in types if isinstance(one, FieldInfo) and one.examples), ())


def _types_at(path: Path, model: type[Options], node: Node | None, registry: Registry) -> list[Any]:
    """Return what may stand at a path in a model: types, and the fields that tell of them."""
    types: list[Any] = [model]
    for step in path:
        types = [part for one in types for part in _types_below(one, step, node, registry)]
        node = node and node.child(step)
    return types


def _types_below(one: Any, step: str, node: Node | None, registry: Registry) -> Iterator[Any]:
    origin = get_origin(one)
    found: Sequence[Any] = ()
    if _is_model(one):
        if issubclass(one, Use) and step == "with":
            found = _options_of(one, node, registry)
        elif step in _fields(one):
            found = [_fields(one)[step]]
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        found = get_args(one)[1:]
    elif isinstance(origin, type) and issubclass(origin, Collection):
        found = get_args(one)
    for part in found:
        yield from _alternatives(part)


def _options_of(use: type[Use], node: Node | None, registry: Registry) -> list[type[Options]]:
    named = node and node.child("use")
    try:
        descriptor = registry.get(use.kind, str(named and named.value)).descriptor
    except PluginError:  # it is told already
        return []
    return [descriptor.options] if isinstance(descriptor, Descriptor) else []


def _alternatives(one: Any) -> Iterator[Any]:
    """Give a field, its type, and the types that a union is of."""
    yield one
    if isinstance(one, FieldInfo):
        yield from _alternatives(one.annotation)
    elif get_origin(one) in (Annotated, Union, UnionType):
        for part in get_args(one):
            yield from _alternatives(part)


def _is_model(one: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(one, type) and issubclass(one, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}
