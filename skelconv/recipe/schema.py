"""A JSON Schema of recipes, for editors, with the installed plugins and their options.

It says of a recipe what `load_recipe` says, as far as a schema can: the plugin's own checks of
values, a parent that is not there and the value of a variable are beyond it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.loading import load_registry
from skelconv.plugin.options import Options
from skelconv.plugin.registry import Offer
from skelconv.recipe.check import NAME
from skelconv.recipe.model import BIBTEX, RECIPE_VERSION

Schema = dict[str, Any]

_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_COUNT = {"type": ["integer", "null"], "minimum": 0}
_ABOUT = ("description", "default", "examples")


def recipe_schema() -> Schema:
    """Return the JSON Schema of recipes with the installed plugins.

    A variable is allowed in place of every option, at any depth. A recipe that extends another may
    leave out what the other contains.

    Returns
    -------
    dict of str to JSON value
        A schema of draft 2020-12.
    """
    whole = _Stages()
    child = _Stages("child.")
    extends = {"type": "string", "minLength": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "skelconv recipe",
        "type": "object",
        "properties": {
            "skelconv": {
                "type": "integer",
                "const": RECIPE_VERSION,
                "description": "Version of the format",
            },
            "name": _or_variable(
                {
                    "type": "string",
                    "pattern": NAME.pattern.replace(r"\Z", "$"),
                    "description": "Name",
                }
            ),
            "about": {"type": ["string", "null"], "description": "A description in one line"},
            "needs": {
                "description": "What has to be there first, and where it is from; a line each",
                "type": ["array", "null"],
                "items": {"type": "string"},
            },
            "cite": {
                "description": "BibTeX entries that skelconv cite prints, beside the plugins'",
                "type": ["array", "null"],
                "items": {"type": "string", "pattern": BIBTEX},
            },
            "extends": {
                "description": "The parent: a recipe's path, or a name from skelconv list-recipes",
                "anyOf": [extends, {"type": "null"}],
            },
            "vars": {
                "type": ["object", "null"],
                "description": "Variables: ${vars.name} is replaced by the value of name",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
            "source": {"description": "Where clips come from"},
            "transforms": {
                "description": "What is applied to each clip, in order",
                "type": ["array", "null"],
                "items": whole.of("transform"),
            },
            "splits": {
                "description": "Which clips belong to which part of the dataset",
                "type": ["array", "null"],
                "items": whole.of("split"),
            },
            "sink": {"description": "Where clips are written"},
            "expect": {
                "description": "The expected size of the whole dataset",
                "type": ["object", "null"],
                "properties": {
                    "clips": _or_variable(_COUNT),
                    "splits": {
                        "type": ["object", "null"],
                        "additionalProperties": _or_variable(_COUNT),
                    },
                },
                "additionalProperties": False,
            },
        },
        "required": ["skelconv"],
        "additionalProperties": False,
        "if": {"properties": {"extends": extends}, "required": ["extends"]},
        "then": {"properties": {kind: child.of(kind) for kind in ("source", "sink")}},
        "else": {
            "properties": {kind: whole.of(kind) for kind in ("source", "sink")},
            "required": ["name", "source", "sink"],
        },
        "$defs": {**whole.definitions, **child.definitions},
    }


def options_schema(model: type[Options], ref_template: str = "#/$defs/{model}") -> Schema:
    """Return the JSON Schema of a plugin's options.

    Parameters
    ----------
    model : type of Options
        The plugin's options.
    ref_template : str
        The form of references to definitions; ``{model}`` is replaced by the name.

    Returns
    -------
    dict of str to JSON value
        The schema; one that allows everything if pydantic cannot make one.
    """
    try:
        return model.model_json_schema(ref_template=ref_template)
    except Exception:
        # A plugin's options may have any type, and not every type has a schema.
        return {"type": "object", "description": model.__doc__ or ""}


class _Stages:
    """Makes the schemas of stages, each kind when it is first asked for.

    `definitions` has what was made so far.

    Parameters
    ----------
    prefix : str
        Begins the names of definitions. With one, the stages are those of a child, in which all
        may be missing that the parent has.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._is_child = bool(prefix)
        self.definitions: Schema = {}

    def of(self, kind: str) -> Schema:
        """Return a reference to the schema of the stages of one kind.

        Parameters
        ----------
        kind : str
            The kind, such as ``source``.

        Returns
        -------
        dict of str to JSON value
            The reference.
        """
        name = f"{self._prefix}{kind}"
        if name not in self.definitions:
            self.definitions[name] = {}  # options of a stage may have stages of its own kind
            self.definitions[name] = self._stage(kind)
        return {"$ref": f"#/$defs/{name}"}

    def _stage(self, kind: str) -> Schema:
        """Return the schema of a stage: a plugin's name, or a mapping of ``use`` and ``with``."""
        registry = load_registry()
        offers = [one for one in registry.of_kind(kind) if isinstance(one.descriptor, Descriptor)]
        short = {registry.short_name(offer): offer for offer in offers}
        plugins = {name: self._options(offer) for name, offer in short.items()}
        alone = {n: offer for n, offer in short.items() if self._is_child or not plugins[n][1]}
        return {
            "if": {"type": "string"},
            "then": _names(alone),
            "else": {
                "type": "object",
                "properties": {"use": _names(short), "with": {"type": ["object", "null"]}},
                "required": [] if self._is_child else ["use"],
                "additionalProperties": False,
                "allOf": [
                    {
                        "if": {
                            "properties": {"use": {"enum": [*_spellings(name, short[name])]}},
                            "required": ["use"],
                        },
                        "then": _with(*plugin),
                    }
                    for name, plugin in plugins.items()
                ],
            },
        }

    def _options(self, offer: Offer) -> tuple[Schema, bool]:
        """Return a reference to the schema of a plugin's options, and whether some are needed."""
        descriptor = offer.descriptor
        assert isinstance(descriptor, Descriptor)  # noqa: S101 (layouts are no stages)
        name = f"{self._prefix}{offer.kind}.{offer.distribution}.{offer.name}"
        options = options_schema(descriptor.options, f"#/$defs/{name}.{{model}}")
        nested = options.pop("$defs", {})
        for model, schema in nested.items():
            kind = schema.get("x-kind")
            self.definitions[f"{name}.{model}"] = self.of(kind) if kind else self._inner(schema)
        if options.keys() == {"$ref"}:  # options that contain themselves
            options = nested[options["$ref"].removeprefix(f"#/$defs/{name}.")]
        self.definitions[name] = self._inner(options)
        return {"$ref": f"#/$defs/{name}"}, bool(options.get("required")) and not self._is_child

    def _inner(self, schema: Schema) -> Schema:
        """Return a schema in which a variable may stand for each value within."""
        made = {key: value for key, value in schema.items() if key not in ("title", "oneOf")}
        if self._is_child:
            made.pop("required", None)
        if "properties" in made:
            made["properties"] = {key: self._value(v) for key, v in made["properties"].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(made.get(key), dict):
                made[key] = self._value(made[key])
        if "prefixItems" in made:
            made["prefixItems"] = [self._value(value) for value in made["prefixItems"]]
        # A variable fits several of them, so that "one of" would refuse it.
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            made["anyOf"] = [self._inner(choice) for choice in choices]
        return made

    def _value(self, schema: Schema) -> Schema:
        return _or_variable(self._inner(schema))


def _names(offers: dict[str, Offer]) -> Schema:
    """Return the schema of a plugin's name. Editors offer the short ones."""
    short = {
        "enum": [*offers],
        "enumDescriptions": [offer.descriptor.summary for offer in offers.values()],
    }
    full = "|".join(re.escape(offer.qualified_name) for offer in offers.values())
    choices = [short, {"type": "string", "pattern": f"^(?:{full})$"}] if offers else []
    return {"anyOf": [*choices, _VARIABLE]}


def _spellings(name: str, offer: Offer) -> Iterator[str]:
    yield name
    if name != offer.qualified_name:
        yield offer.qualified_name


def _with(options: Schema, is_needed: bool) -> Schema:
    """Return what a stage with these options must have."""
    if is_needed:
        return {"properties": {"with": options}, "required": ["with"]}
    return {"properties": {"with": {"if": {"type": "null"}, "else": options}}}


def _or_variable(schema: Schema) -> Schema:
    """Allow ``${...}`` in place of a value."""
    if schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
        return schema
    about = {key: schema[key] for key in _ABOUT if key in schema}
    rest = {key: value for key, value in schema.items() if key not in about}
    choices = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
    return {**about, "anyOf": [*choices, _VARIABLE]}
