"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from skelconv.plugin import Options, PathText, ReaderPlugin, SinkPlugin, SourcePlugin, hookimpl

if TYPE_CHECKING:
    from skelconv_zarr.reader import ZarrReader
    from skelconv_zarr.sink import ZarrSink
    from skelconv_zarr.source import ZarrSource

REQUIRES = (("zarr", "zarr"), ("numcodecs", "numcodecs"), ("google_crc32c", "google-crc32c"))


def _ends_in_zarr(path: str) -> str:
    path = path.rstrip("/")
    if not path.endswith(".zarr"):
        # A build may replace the folder of this name, so it must not be just any folder.
        raise ValueError(f"{path!r} does not end in .zarr")
    return path


ZarrPath = Annotated[str, AfterValidator(_ends_in_zarr)]


class ZarrSinkOptions(Options):
    """Options of the sink `zarr`."""

    path: ZarrPath = Field(
        description="The folder to write, or a URL that fsspec knows; it ends in .zarr. "
        "For a URL the dataset is first made in the working folder, where it stays, and then "
        "copied; it can be opened there when it is whole"
    )
    codec: Literal["lz4", "zstd", "none"] = Field(
        default="none",
        description="Compression, with byte shuffling. At random, clips that are not compressed "
        "are read two to three times as fast; lz4 is a fifth to a third smaller, zstd another "
        "tenth, at half the speed",
    )
    level: int = Field(default=5, ge=1, le=9, description="Effort of the compression")


class ZarrPathOptions(Options):
    """Options of the source and the reader `zarr`."""

    path: PathText = Field(description="The dataset: a folder, or a URL that fsspec knows")


def _create_sink(options: ZarrSinkOptions) -> ZarrSink:
    from skelconv_zarr.sink import ZarrSink

    return ZarrSink(options.path, codec=options.codec, level=options.level)


def _create_source(options: ZarrPathOptions) -> ZarrSource:
    from skelconv_zarr.source import ZarrSource

    return ZarrSource(options.path)


def _create_reader(options: ZarrPathOptions) -> ZarrReader:
    from skelconv_zarr.reader import ZarrReader

    return ZarrReader(options.path)


def _recognises(path: str) -> bool:
    """Return whether a path or URL is that of a Zarr dataset: by its ending or its content."""
    return path.rstrip("/").endswith(".zarr") or os.path.isfile(os.path.join(path, "zarr.json"))


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the sources."""
    yield SourcePlugin(
        name="zarr",
        summary="A Zarr dataset of skelconv",
        options=ZarrPathOptions,
        create=_create_source,
        keeps_empty=True,
        requires=REQUIRES,
        example={"path": "out/ntu60_xsub.zarr"},
    )


@hookimpl
def skelconv_sinks() -> Iterator[SinkPlugin]:
    """Offer the sinks."""
    yield SinkPlugin(
        name="zarr",
        summary="One Zarr dataset, which opens at once and reads single clips",
        options=ZarrSinkOptions,
        create=_create_sink,
        requires=REQUIRES,
        example={"path": "out/ntu60_xsub.zarr"},
        suffixes=(".zarr",),
    )


@hookimpl
def skelconv_readers() -> Iterator[ReaderPlugin]:
    """Offer the readers."""
    yield ReaderPlugin(
        name="zarr",
        summary="A Zarr dataset of skelconv",
        options=ZarrPathOptions,
        create=_create_reader,
        requires=REQUIRES,
        example={"path": "out/ntu60_xsub.zarr"},
        recognises=_recognises,
    )
