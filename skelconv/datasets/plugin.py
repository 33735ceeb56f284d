"""Finished datasets as a source and as a split: what ``convert`` and ``merge`` build from.

A plugin of the core like any other. It knows no formats: readers do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, TypeAdapter, ValidationInfo, field_validator

from skelconv.plugin.descriptors import SourcePlugin, SplitPlugin
from skelconv.plugin.hookspecs import hookimpl
from skelconv.plugin.option_types import LayoutName
from skelconv.plugin.options import Options, PathText
from skelconv.plugin.own_layouts import stored_layout

if TYPE_CHECKING:
    from skelconv.files.samples import Samples
    from skelconv.plugin.guesses import Guess

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


def _source(options: StoredSourceOptions) -> Any:
    from skelconv.datasets.stored import StoredSource

    return StoredSource(
        options.paths,
        options.reader,
        classes=options.classes,
        layout=options.layout,
        prefix=options.prefix,
    )


def _guess(samples: Samples) -> Guess | None:
    from skelconv.datasets.guess import guess_stored

    return guess_stored(samples)


def _split(options: StoredOptions) -> Any:
    from skelconv.datasets.stored import StoredSplit

    return StoredSplit(options.paths, options.reader, prefix=options.prefix)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the source ``stored``."""
    yield SourcePlugin(
        name="stored",
        summary="Finished datasets, one after the other",
        options=StoredSourceOptions,
        create=_source,
        keeps_empty=True,
        guess=_guess,
        example={"paths": ["out/part1.pkl", "out/part2.pkl"]},
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the split ``stored``."""
    yield SplitPlugin(
        name="stored",
        summary="The splits that finished datasets have",
        options=StoredOptions,
        create=_split,
        example={"paths": ["out/part1.pkl", "out/part2.pkl"]},
    )
