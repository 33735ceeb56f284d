"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from skelconv.plugin import (
    LayoutName,
    Options,
    PathText,
    ReaderPlugin,
    Sha256,
    SinkPlugin,
    SourcePlugin,
    hookimpl,
)

if TYPE_CHECKING:
    from skelconv_pickle.kpfiles import KpfilesSink
    from skelconv_pickle.reader import PickleReader
    from skelconv_pickle.sink import PickleSink
    from skelconv_pickle.source import PickleSource


def _ends_in_pkl(path: Path) -> Path:
    if path.suffix != ".pkl":
        raise ValueError(f"{path.name!r} does not end in .pkl, and the trainers refuse other names")
    return path


class PickleSinkOptions(Options):
    """Options of the sink `pickle`."""

    path: Annotated[Path, AfterValidator(_ends_in_pkl)] = Field(
        description="The annotation pickle to write; it ends in .pkl"
    )


class KpfilesSinkOptions(Options):
    """Options of the sink `kpfiles`."""

    path: Path = Field(description="The folder to write: annotations.pkl and kpfiles/")
    raw_file_prefix: str | None = Field(
        default=None,
        max_length=250,
        description="Write kpfiles of many clips, as PYSKL reads them: the folder in which it will "
        "find them; without it one file for each clip, as MMAction2 reads them",
    )


class PickleOptions(Options):
    """Options of the source and the reader `pickle`."""

    path: PathText = Field(
        description="The annotation pickle: a path, or an http(s) URL; or the folder of one that "
        "the sink kpfiles wrote"
    )
    sha256: Annotated[Sha256, Field(pattern="^[0-9a-fA-F]{64}$")] | None = Field(
        default=None, description="The SHA-256 that the file must have"
    )
    layout: LayoutName | None = Field(
        default=None,
        description="The clips' layout; by default the file's, or by its shape ntu25 or coco17",
    )
    kpfiles: Path | None = Field(
        default=None,
        description="For a table of contents, as of Kinetics-400: the folder of its skeletons; by "
        "default kpfiles/ beside annotations.pkl",
    )
    box_threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="For a table of contents: the minimum box score of a skeleton",
    )
    max_person: int | None = Field(
        default=None,
        gt=0,
        description="For a table of contents: the maximum number of persons in a frame, of the "
        "highest scores; by default all of them",
    )


def _create_pickle_sink(options: PickleSinkOptions) -> PickleSink:
    from skelconv_pickle.sink import PickleSink

    return PickleSink(options.path)


def _create_kpfiles_sink(options: KpfilesSinkOptions) -> KpfilesSink:
    from skelconv_pickle.kpfiles import KpfilesSink

    return KpfilesSink(options.path, raw_file_prefix=options.raw_file_prefix)


def _create_source(options: PickleOptions) -> PickleSource:
    from skelconv_pickle.source import PickleSource

    return PickleSource(**options.model_dump())


def _create_reader(options: PickleOptions) -> PickleReader:
    from skelconv_pickle.reader import open_pickle

    return open_pickle(**options.model_dump())


def _recognises(path: str) -> bool:
    from skelconv_pickle.table import recognises

    return recognises(path)


@hookimpl
def skelconv_sinks() -> Iterator[SinkPlugin]:
    """Offer the sinks."""
    yield SinkPlugin(
        name="pickle",
        summary="One annotation pickle, as MMAction2 and PYSKL read it",
        options=PickleSinkOptions,
        create=_create_pickle_sink,
        example={"path": "out/ntu60_xsub.pkl"},
        suffixes=(".pkl",),
    )
    yield SinkPlugin(
        name="kpfiles",
        summary="A table of contents and its skeletons, Kinetics-400's compressed form",
        options=KpfilesSinkOptions,
        create=_create_kpfiles_sink,
        example={"path": "out/k400"},
    )


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the source."""
    yield SourcePlugin(
        name="pickle",
        summary="Annotation pickles of MMAction2 and PYSKL; nothing in them is run",
        options=PickleOptions,
        create=_create_source,
        keeps_empty=True,
        example={"path": "data/ntu60_2d.pkl"},
    )


@hookimpl
def skelconv_readers() -> Iterator[ReaderPlugin]:
    """Offer the reader."""
    yield ReaderPlugin(
        name="pickle",
        summary="Annotation pickles of MMAction2 and PYSKL; nothing in them is run",
        options=PickleOptions,
        create=_create_reader,
        example={"path": "out/ntu60_xsub.pkl"},
        recognises=_recognises,
    )
