"""Finished datasets as a source and as a split: what ``convert`` and ``merge`` build from.

A plugin of the core like any other. It knows no formats: readers do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skelconv.plugin.descriptors import SourcePlugin, SplitPlugin
from skelconv.plugin.hookspecs import hookimpl

if TYPE_CHECKING:
    from skelconv.datasets.options import StoredOptions, StoredSourceOptions
    from skelconv.files.samples import Samples
    from skelconv.plugin.guesses import Guess


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
    from skelconv.datasets.options import StoredSourceOptions

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
    from skelconv.datasets.options import StoredOptions

    yield SplitPlugin(
        name="stored",
        summary="The splits that finished datasets have",
        options=StoredOptions,
        create=_split,
        example={"paths": ["out/part1.pkl", "out/part2.pkl"]},
    )
