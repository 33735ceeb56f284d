"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import SourcePlugin, SplitPlugin, hookimpl
from skelconv_babel import references

if TYPE_CHECKING:
    from skelconv.files import Samples
    from skelconv.plugin import Guess
    from skelconv_babel.options import BabelOptions, BabelSplitOptions
    from skelconv_babel.source import BabelSource
    from skelconv_babel.splits import BabelSplit


def _create_source(options: BabelOptions) -> BabelSource:
    from skelconv_babel.source import BabelSource

    follows = options.profile == "mmaction2"
    return BabelSource(
        options.root.expanduser(),
        classes=options.classes,
        parts=options.parts,
        extra=options.extra,
        join=options.labels == "join",
        trim=options.padding == "trim",
        named_by_part=not follows,
        dtype="float16" if follows else "float32",
    )


def _create_split(options: BabelSplitOptions) -> BabelSplit:
    from skelconv_babel.splits import BabelSplit

    return BabelSplit(options.parts)


def _guess(samples: Samples) -> Guess | None:
    from skelconv_babel.guess import guess_babel

    return guess_babel(samples)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the source."""
    from skelconv_babel.options import BabelOptions

    yield SourcePlugin(
        name="babel",
        summary="BABEL's action recognition features: 25 joints in 3D, chunks of 5 s at 30 fps",
        cite=(references.BABEL,),
        options=BabelOptions,
        create=_create_source,
        guess=_guess,
        example={"root": "data/babel", "classes": 60, "labels": "each"},
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the split."""
    from skelconv_babel.options import BabelSplitOptions

    yield SplitPlugin(
        name="babel",
        summary="BABEL's own split: train, val, test",
        cite=(references.BABEL,),
        options=BabelSplitOptions,
        create=_create_split,
    )
