"""Options of the source and the split ``stored``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationInfo, field_validator

from skelconv.plugin.option_types import LayoutName
from skelconv.plugin.options import Options, PathText
from skelconv.plugin.own_layouts import stored_layout

_LAYOUT: TypeAdapter[str] = TypeAdapter(LayoutName)


class StoredOptions(Options):
    """Options of the split ``stored``."""

    paths: list[PathText] = Field(
        min_length=1, description="Finished datasets, in any format that is read, in order."
    )
    reader: dict[str, Any] = Field(
        {}, description="Options of their reader, such as the layout of a pickle."
    )
    prefix: bool = Field(
        False,
        description="Whether each clip's id gets the name of its dataset (without the ending) and "
        "/ in front; source and split must agree.",
    )

    @field_validator("reader")
    @classmethod
    def _read_layout(cls, reader: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """Put the definition of a layout of a file in its place: the file may change."""
        if not isinstance(reader.get("layout"), str):
            return reader
        layout = _LAYOUT.validate_python(reader["layout"], context=info.context)
        return {**reader, "layout": stored_layout(layout)}


class StoredSourceOptions(StoredOptions):
    """Options of the source ``stored``."""

    classes: Literal["same", "union"] = Field(
        "same",
        description="Whether all have the same classes, or classes are joined by their names and "
        "get new numbers, in the order in which they first occur.",
    )
    layout: str | None = Field(
        None,
        description="The layout that all clips are mapped to, as by map-layout; by default all "
        "must have the same.",
    )
