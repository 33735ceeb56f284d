"""Types of options that name something which plugins offer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from skelconv.data.errors import PluginError
from skelconv.plugin.loading import load_registry


def _check_layout(name: str) -> str:
    try:
        load_registry().get("layout", name)
    except PluginError as error:
        raise ValueError(error.what) from None
    return name


class _KnownLayouts:
    """Tells editors which layouts there are, as recipes are checked."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        registry = load_registry()
        offers = registry.of_kind("layout")
        short = [registry.short_name(offer) for offer in offers]
        names = sorted({*short, *(offer.qualified_name for offer in offers)})
        return {**handler(schema), "enum": names}


LayoutName = Annotated[str, AfterValidator(_check_layout), _KnownLayouts()]
"""The name of a layout, such as ``coco17``: an unknown one is refused, with the nearest name."""
