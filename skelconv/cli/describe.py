"""``skelconv describe``: one plugin in full."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson
from skelconv.cli.list_plugins import KindOption, check_kind
from skelconv.cli.output import columns, say, say_json, wrapped
from skelconv.data.errors import SkelconvError

if TYPE_CHECKING:
    from skelconv.data.layout import Layout
    from skelconv.plugin.descriptors import Descriptor, RecipeFolder
    from skelconv.plugin.registry import Offer

_LIMITS = {
    "minimum": ">=",
    "exclusiveMinimum": ">",
    "maximum": "<=",
    "exclusiveMaximum": "<",
    "multipleOf": "a multiple of",
}
_WORDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "mapping",
}


def describe(  # numpydoc ignore=PR01
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The name of a plugin or a layout.",
            autocompletion=candidates.plugins,
        ),
    ],
    kind: KindOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what a plugin does, its options and an example."""
    from skelconv.plugin.loading import load_registry
    from skelconv.text.advice import nearest

    check_kind(kind)
    registry = load_registry()
    found = registry.find(name, kind)
    if not found:
        names = sorted({o.name for o in registry.offers if kind in (None, o.kind)})
        raise SkelconvError(
            f"no {kind or 'plugin'} is called {name!r}{nearest(name, names)}",
            hint="all of them: skelconv list-plugins",
        )
    if as_json:
        say_json([_as_json(offer) for offer in found])
    else:
        say("\n\n".join("\n".join(_in_full(offer)) for offer in found))


def _in_full(offer: Offer) -> Iterator[str]:
    from skelconv.plugin.descriptors import Descriptor, RecipeFolder
    from skelconv.plugin.extras import install_command

    descriptor = offer.descriptor
    yield f"{offer.name} ({offer.kind}, {offer.distribution} {offer.version})"
    yield f"  {' '.join(descriptor.summary.split())}"
    if offer.missing:
        yield f"  needs: {install_command(offer.missing)}"
    if isinstance(descriptor, Descriptor):
        yield from _options(descriptor)
        yield from _example(offer, descriptor)
    elif isinstance(descriptor, RecipeFolder):
        yield from _recipes(descriptor)
    else:
        yield from _layout(descriptor)


def _options(descriptor: Descriptor) -> Iterator[str]:
    from skelconv.recipe.schema import options_schema

    schema = options_schema(descriptor.options)
    yield "options:" if schema.get("properties") else "options: none"
    yield from _properties(schema, schema.get("$defs", {}), "  ")


def _properties(schema: dict[str, Any], definitions: dict[str, Any], indent: str) -> Iterator[str]:
    inner = indent + "  "
    required = schema.get("required", ())
    options = schema.get("properties", {}).items()
    for name, option in sorted(options, key=lambda pair: pair[0] not in required):
        needed = name in required
        default = "required" if needed else f"default {json.dumps(option.get('default'))}"
        yield f"{indent}{name}: {type_in_words(option, definitions)}; {default}"
        yield from wrapped(option.get("description", ""), inner, inner, 98)
        for nested in nested_mappings(option, definitions):
            yield from _properties(nested, definitions, inner)


def nested_mappings(
    option: dict[str, Any], definitions: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the schemas of the mappings with named keys that an option may be.

    Parameters
    ----------
    option : dict of str to JSON value
        The JSON Schema of the option.
    definitions : dict of str to JSON value
        What the schema refers to, by name.

    Yields
    ------
    dict of str to JSON value
        A schema with properties.
    """
    for schema in (option, option.get("items", {}), *option.get("anyOf", ())):
        nested = definitions.get(schema.get("$ref", "").rpartition("/")[2], {})
        if nested.get("properties"):
            yield nested


def type_in_words(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Describe a JSON Schema in a few words.

    Parameters
    ----------
    schema : dict of str to JSON value
        The schema of an option.
    definitions : dict of str to JSON value
        What the schema refers to, by name.

    Returns
    -------
    str
        Such as ``integer >= 1``; alternatives have `` | `` between them.
    """
    if "x-words" in schema:
        return str(schema["x-words"])
    if "$ref" in schema:
        nested = definitions.get(schema["$ref"].rpartition("/")[2], {})
        return type_in_words(nested, {}) if "enum" in nested else "mapping"
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(type_in_words(s, definitions) for s in schema[union]))
    if "prefixItems" in schema:
        return f"[{', '.join(type_in_words(item, definitions) for item in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        items = type_in_words(schema.get("items", {}), definitions)
        return f"list of ({items})" if " | " in items else f"list of {items}"
    limits = [f"{word} {schema[key]}" for key, word in _LIMITS.items() if key in schema]
    return " ".join([_WORDS.get(schema.get("type", ""), "anything"), *limits])


def _example(offer: Offer, descriptor: Descriptor) -> Iterator[str]:
    from skelconv.recipe.dump import to_yaml

    example = example_of(offer, descriptor)
    if example:
        yield "example:"
        yield textwrap.indent(to_yaml(example).rstrip(), "  ")


def example_of(offer: Offer, descriptor: Descriptor) -> dict[str, Any]:
    """Return a part of a recipe in which a plugin is used.

    Parameters
    ----------
    offer : Offer
        The plugin.
    descriptor : Descriptor
        What it offers.

    Returns
    -------
    dict of str to JSON value
        Empty for kinds that recipes do not name.
    """
    from skelconv.plugin.loading import load_registry

    kind = offer.kind
    stage: dict[str, Any] = {"use": load_registry().short_name(offer)}
    if descriptor.example:
        stage["with"] = dict(descriptor.example)
    if kind in ("source", "sink"):
        return {kind: stage}
    if kind in ("transform", "split"):
        return {f"{kind}s": [stage]}
    # Models are used in the options of a source, under a key that the source chooses.
    return stage if kind in ("detector", "pose-model") else {}


def _recipes(folder: RecipeFolder) -> Iterator[str]:
    from skelconv.recipe.finding import recipes_in
    from skelconv.recipe.shipped import facts_of

    found = {f"{folder.name}:{name}": path for name, path in recipes_in(folder.path).items()}
    for line in columns((name, facts_of(path).about) for name, path in found.items()):
        yield f"  {line}"


def _layout(layout: Layout) -> Iterator[str]:
    parents = dict(layout.bones)
    partners = {joint: pair[1 - side] for pair in layout.pairs for side, joint in enumerate(pair)}

    def name(joint: int | None) -> str:
        return "-" if joint is None else layout.joints[joint]

    rows = [("", "JOINT", "PARENT", "OTHER SIDE")]
    rows += [
        (str(i), joint, name(parents.get(i)), name(partners.get(i)))
        for i, joint in enumerate(layout.joints)
    ]
    yield from columns(rows)
    limbs = " ".join(f"{one}-{other}" for one, other in layout.limbs)
    yield from textwrap.wrap(f"drawn: {limbs}", 78, initial_indent="  ", subsequent_indent="    ")
    if layout.origin:
        yield from textwrap.wrap(
            f"from: {layout.origin}", 78, initial_indent="  ", subsequent_indent="    "
        )


def _as_json(offer: Offer) -> dict[str, Any]:
    from skelconv.plugin.descriptors import Descriptor, RecipeFolder
    from skelconv.recipe.finding import recipes_in
    from skelconv.recipe.schema import options_schema

    descriptor = offer.descriptor
    plain: dict[str, Any] = {
        "kind": offer.kind,
        "name": offer.name,
        "qualified_name": offer.qualified_name,
        "summary": descriptor.summary,
        "missing": list(offer.missing),
    }
    if isinstance(descriptor, Descriptor):
        return {
            **plain,
            "options": options_schema(descriptor.options),
            "example": dict(descriptor.example),
        }
    if isinstance(descriptor, RecipeFolder):
        return {**plain, "recipes": list(recipes_in(descriptor.path))}
    return {
        **plain,
        "joints": list(descriptor.joints),
        "bones": [list(bone) for bone in descriptor.bones],
        "pairs": [list(pair) for pair in descriptor.pairs],
        "limbs": [list(limb) for limb in descriptor.limbs],
        "origin": descriptor.origin,
    }
