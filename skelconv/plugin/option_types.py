"""Types of options that name something which plugins offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, PlainSerializer, PlainValidator, ValidationError
from pydantic import ValidationInfo as Info
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from skelconv.data.errors import PluginError
from skelconv.data.layout import Layout
from skelconv.plugin.loading import load_registry
from skelconv.plugin.own_layouts import DefinitionError, OwnLayout, define, stored_layout

LAYOUT_FILES = "layout_files"
"""The key of a function in the context of a validation: it finds the layout of a name in a file."""

_NAMES = {"type": "array", "items": {"type": "string"}}
_PAIRS = {"type": "array", "items": {**_NAMES, "minItems": 2, "maxItems": 2}}
_DEFINITION = {
    "type": "object",
    "description": "A layout of your own",
    "properties": {
        "name": {"type": "string", "description": "Its name"},
        "joints": {**_NAMES, "minItems": 1, "description": "Names, in the keypoints' order"},
        "parents": {
            "type": ["object", "null"],
            "additionalProperties": {"type": ["string", "null"]},
            "description": "The parent of each joint but the root",
        },
        "limbs": {
            "anyOf": [_PAIRS, {"type": "null"}],
            "description": "Pairs of joints that are drawn; by default each joint and its parent",
        },
        "left_right": {
            "anyOf": [_PAIRS, {"type": "null"}],
            "description": "Pairs of a left and a right joint; by default those named so",
        },
    },
    "required": ["name", "joints"],
    "additionalProperties": False,
}


def _check_layout(value: Any, info: Info) -> Any:
    if isinstance(value, OwnLayout):
        return value
    if isinstance(value, Layout):
        return _defined(_stored(OwnLayout(value)))
    if isinstance(value, Mapping):
        return _defined(value)
    if not isinstance(value, str):
        raise ValueError("must be a layout's name, or a mapping that defines one")
    find: Callable[[str], OwnLayout | None] | None = (info.context or {}).get(LAYOUT_FILES)
    own = find(value) if find else None
    if own is not None:
        return own
    try:
        load_registry().get("layout", value)
    except PluginError as error:
        beside = f"no file layouts/{value[:60]}.yaml is beside the recipe, and " if find else ""
        raise ValueError(f"{beside}{error.what}") from None
    return value


def _defined(value: Mapping[str, Any]) -> OwnLayout:
    try:
        own = define(value)
    except DefinitionError as error:
        raise ValidationError.from_exception_data(
            "layout",
            [
                InitErrorDetails(
                    type=PydanticCustomError("layout", "{what}", {"what": what}),
                    loc=path,
                    input=value,
                )
                for path, what in error.faults
            ],
        ) from None
    check_name(own)
    return own


def check_name(own: OwnLayout) -> None:
    """Check that an own layout does not have the name of one that a plugin offers.

    Parameters
    ----------
    own : OwnLayout
        The layout.

    Raises
    ------
    ValueError
        When it has.
    """
    if load_registry().find(own.layout.name, "layout"):
        raise ValueError(
            f"there is a layout {own.layout.name!r} already (skelconv describe "
            f"{own.layout.name}): name yours otherwise"
        )


class _KnownLayouts:
    """Tells editors which layouts there are, and what a definition looks like."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        registry = load_registry()
        offers = registry.of_kind("layout")
        short = [registry.short_name(offer) for offer in offers]
        names = sorted({*short, *(offer.qualified_name for offer in offers)})
        # A name may also be that of a file in `layouts` beside the recipe.
        return {
            "anyOf": [{"enum": names}, {"type": "string", "minLength": 1}, _DEFINITION],
            "x-words": "layout's name | mapping",
        }


def _stored(name: str) -> Any:
    return stored_layout(name)


LayoutName = Annotated[
    str, PlainValidator(_check_layout), PlainSerializer(_stored, when_used="json"), _KnownLayouts()
]
"""The name of a layout, such as ``coco17``, or the definition of one.

An unknown name is refused, with the nearest one. A definition becomes an `OwnLayout`, and is a
definition again where options are written.
"""
