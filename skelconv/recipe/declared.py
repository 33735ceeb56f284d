"""What a plugin declares about its options, at any depth: for advice on wrong options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator, WrapValidator
from pydantic.fields import FieldInfo

from skelconv.data.errors import PluginError
from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.loading import load_registry
from skelconv.plugin.options import Options
from skelconv.plugin.use import Use
from skelconv.recipe.nodes import Node, Path


def names_at(path: Path, model: type[Options], given: Node) -> list[str] | None:
    """Return the names of the options that a mapping may have.

    Parameters
    ----------
    path : Path
        The keys that lead to the mapping, from the top of the options.
    model : type of Options
        The plugin's options.
    given : Node
        The options in the recipe, which may name further plugins.

    Returns
    -------
    list of str or None
        The names; None where any name is allowed, or the names are not known.
    """
    models = [one for one in _types_at(path, model, given) if _is_model(one)]
    return [name for inner in models for name in _fields(inner)] if models else None


def examples_at(path: Path, model: type[Options], given: Node) -> Sequence[Any]:
    """Return the examples that an option is declared with.

    Parameters
    ----------
    path : Path
        The keys that lead to the option, from the top of the options.
    model : type of Options
        The plugin's options.
    given : Node
        The options in the recipe, which may name further plugins.

    Returns
    -------
    sequence of Any
        The examples; empty where there are none.
    """
    types = _types_at(path, model, given)
    return next((one.examples for one in types if isinstance(one, FieldInfo) and one.examples), ())


def takes_text(path: Path, model: type[Options], given: Node) -> bool:
    """Return whether an option takes text: it is declared to, or reads what is given itself.

    Parameters
    ----------
    path : Path
        The keys that lead to the option, from the top of the options.
    model : type of Options
        The plugin's options.
    given : Node
        The options in the recipe, which may name further plugins.

    Returns
    -------
    bool
        Whether text is one of the types that it may have, or is left to a validator of its own.
    """
    if str in _types_at(path, model, given):
        return True
    above = [path[:length] for length in range(1, len(path) + 1)]
    return any(_reads_itself(one) for part in above for one in _types_at(part, model, given))


def _reads_itself(one: Any) -> bool:
    metadata = one.metadata if isinstance(one, FieldInfo) else getattr(one, "__metadata__", ())
    return any(
        isinstance(item, BeforeValidator | PlainValidator | WrapValidator) for item in metadata
    )


def _types_at(path: Path, model: type[Options], node: Node | None) -> list[Any]:
    """Return what a model allows at a path: types, and the fields that declare them."""
    types: list[Any] = [model]
    for step in path:
        types = [part for one in types for part in _types_below(one, step, node)]
        node = node and node.child(step)
    return types


def _types_below(one: Any, step: str, node: Node | None) -> Iterator[Any]:
    origin = get_origin(one)
    found: Sequence[Any] = ()
    if _is_model(one):
        if issubclass(one, Use) and step == "with":
            found = _options_of(one, node)
        elif step in _fields(one):
            found = [_fields(one)[step]]
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        found = get_args(one)[1:]
    elif isinstance(origin, type) and issubclass(origin, Collection):
        found = get_args(one)
    for part in found:
        yield from _alternatives(part)


def _options_of(use: type[Use], node: Node | None) -> list[type[Options]]:
    named = node and node.child("use")
    try:
        descriptor = load_registry().get(use.kind, str(named and named.value)).descriptor
    except PluginError:  # it is reported already
        return []
    return [descriptor.options] if isinstance(descriptor, Descriptor) else []


def _alternatives(one: Any) -> Iterator[Any]:
    """Yield a field, its type, and the types in a union."""
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
