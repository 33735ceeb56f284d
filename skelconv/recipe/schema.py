"""A JSON Schema of recipes, for editors, with the installed plugins and their options."""

from __future__ import annotations

from typing import Any

from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.loading import load_registry
from skelconv.plugin.options import Options
from skelconv.plugin.registry import Offer
from skelconv.recipe.model import RECIPE_VERSION

Schema = dict[str, Any]

_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_COUNT = {"type": "integer", "minimum": 0}


def recipe_schema() -> Schema:
    """Return the JSON Schema of recipes with the installed plugins.

    A variable is allowed in place of every option. A recipe that extends another may leave out
    what the other contains.

    Returns
    -------
    dict of str to JSON value
        A schema of draft 2020-12.
    """
    definitions: Schema = {}
    stage = {
        kind: {"anyOf": _stages(kind, definitions)}
        for kind in ("source", "transform", "split", "sink")
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "skelconv recipe",
        "type": "object",
        "properties": {
            "skelconv": {"const": RECIPE_VERSION, "description": "Version of the format"},
            "name": {"type": "string"},
            "about": {"type": ["string", "null"], "description": "A description in one line"},
            "extends": {"type": ["string", "null"], "description": "Path of the parent recipe"},
            "vars": {
                "type": ["object", "null"],
                "description": "Variables: ${vars.name} is replaced by the value of name",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
            "source": {"description": "Where clips come from", **_inheriting(stage["source"])},
            "transforms": {
                "description": "What is applied to each clip, in order",
                "type": ["array", "null"],
                "items": stage["transform"],
            },
            "splits": {
                "description": "Which clips belong to which part of the dataset",
                "type": ["array", "null"],
                "items": stage["split"],
            },
            "sink": {"description": "Where clips are written", **_inheriting(stage["sink"])},
            "expect": {
                "description": "The expected size of the whole dataset",
                "type": ["object", "null"],
                "properties": {
                    "clips": _or_variable(_COUNT),
                    "splits": {"type": "object", "additionalProperties": _or_variable(_COUNT)},
                },
                "additionalProperties": False,
            },
        },
        "required": ["skelconv"],
        "anyOf": [{"required": ["extends"]}, {"required": ["name", "source", "sink"]}],
        "additionalProperties": False,
        "$defs": definitions,
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


def _stages(kind: str, definitions: Schema) -> list[Schema]:
    registry = load_registry()
    return [
        way
        for offer in registry.of_kind(kind)
        for way in _stage(offer, registry.short_name(offer), definitions)
    ]


def _stage(offer: Offer, name: str, definitions: Schema) -> list[Schema]:
    """Return the schemas of the ways to write a stage, and add to the definitions."""
    descriptor = offer.descriptor
    if not isinstance(descriptor, Descriptor):
        return []
    prefix = f"{offer.kind}.{offer.distribution}.{offer.name}"
    options = options_schema(descriptor.options, f"#/$defs/{prefix}.{{model}}")
    for nested, definition in options.pop("$defs", {}).items():
        definitions[f"{prefix}.{nested}"] = definition
    if "properties" in options:
        options["properties"] = {
            key: _or_variable(schema) for key, schema in options["properties"].items()
        }
    definitions[prefix] = {**options, "type": ["object", "null"]}
    needs_options = bool(options.get("required"))
    mapping = {
        "type": "object",
        "properties": {
            "use": {"const": name, "description": descriptor.summary},
            "with": {"$ref": f"#/$defs/{prefix}"},
        },
        "required": ["use", "with"] if needs_options else ["use"],
        "additionalProperties": False,
    }
    return [mapping] if needs_options else [mapping, {"const": name}]


def _inheriting(stage: Schema) -> Schema:
    """Allow a stage that changes options of the parent without naming the plugin again."""
    change = {
        "type": "object",
        "properties": {"with": {"type": "object"}},
        "required": ["with"],
        "additionalProperties": False,
    }
    return {"anyOf": [*stage["anyOf"], change]}


def _or_variable(schema: Schema) -> Schema:
    """Allow ``${...}`` in place of a value."""
    if schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
        return schema
    about: Schema = {
        key: schema[key] for key in ("title", "description", "default") if key in schema
    }
    return {**about, "anyOf": [schema, _VARIABLE]}
