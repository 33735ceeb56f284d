"""A JSON Schema of recipes, for editors: it knows the installed plugins and their options."""

from __future__ import annotations

from typing import Any

from skelconv.hookspecs import Descriptor, Options
from skelconv.recipe.model import RECIPE_VERSION
from skelconv.registry import Offer, Registry

Schema = dict[str, Any]

_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_COUNT = {"type": "integer", "minimum": 0}


def recipe_schema(registry: Registry) -> Schema:
    """Return the JSON Schema (draft 2020-12) of recipes with these plugins.

    Wherever an option is not text, a variable may stand for it. A recipe that extends another
    may leave out what the other says.
    """
    definitions: Schema = {}
    stage = {
        kind: {"anyOf": _stages(kind, registry, definitions)}
        for kind in ("source", "transform", "split", "sink")
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "skelconv recipe",
        "type": "object",
        "properties": {
            "skelconv": {"const": RECIPE_VERSION, "description": "Version of the format"},
            "name": {"type": "string"},
            "about": {"type": ["string", "null"], "description": "One line, for people"},
            "extends": {"type": ["string", "null"], "description": "Path of the parent recipe"},
            "vars": {
                "type": ["object", "null"],
                "description": "Values that ${vars.name} stands for",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
            "source": {"description": "Where clips come from", **_inheriting(stage["source"])},
            "transforms": {
                "description": "What each clip goes through, in order",
                "type": ["array", "null"],
                "items": stage["transform"],
            },
            "splits": {
                "description": "Which clips belong to which part of the dataset",
                "type": ["array", "null"],
                "items": stage["split"],
            },
            "sink": {"description": "Where clips go", **_inheriting(stage["sink"])},
            "expect": {
                "description": "What the whole dataset comes to",
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
    """Return the JSON Schema of a plugin's options; one that allows all if it has none."""
    try:
        return model.model_json_schema(ref_template=ref_template)
    except Exception:
        # Any type may stand in a plugin's options, and not every type can be put in a schema.
        return {"type": "object", "description": model.__doc__ or ""}


def _stages(kind: str, registry: Registry, definitions: Schema) -> list[Schema]:
    offers = registry.of_kind(kind)
    names = [offer.name for offer in offers]
    stages = []
    for offer in offers:
        name = offer.name if names.count(offer.name) == 1 else offer.qualified_name
        stages += _stage(offer, name, definitions)
    return stages


def _stage(offer: Offer, name: str, definitions: Schema) -> list[Schema]:
    """Return the ways to write a stage; definitions are put among those of all."""
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
    """Let a stage change options of the parent's without naming the plugin again."""
    change = {
        "type": "object",
        "properties": {"with": {"type": "object"}},
        "required": ["with"],
        "additionalProperties": False,
    }
    return {"anyOf": [*stage["anyOf"], change]}


def _or_variable(schema: Schema) -> Schema:
    """Let ``${...}`` stand for a value."""
    if schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
        return schema
    about: Schema = {
        key: schema[key] for key in ("title", "description", "default") if key in schema
    }
    return {**about, "anyOf": [schema, _VARIABLE]}
