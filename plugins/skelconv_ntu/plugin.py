"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from skelconv import Layout, Options, SourcePlugin, SplitPlugin, TransformPlugin, hookimpl
from skelconv_ntu.option_types import NUMBERS_SCHEMA, Paths, numbers_up_to

if TYPE_CHECKING:
    from skelconv_ntu.bodies import NtuBodies
    from skelconv_ntu.selection import Selection
    from skelconv_ntu.source import NtuRaw
    from skelconv_ntu.splits import NtuSplit

_FORM = "numbers and ranges, such as [1, '50-60']; all by default"

_Setups = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(32)), NUMBERS_SCHEMA]
_Cameras = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(3)), NUMBERS_SCHEMA]
_Performers = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(106)), NUMBERS_SCHEMA]
_Actions = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(120)), NUMBERS_SCHEMA]


class NtuRawOptions(Options):
    """Options of ``ntu-raw``."""

    root: Paths = Field(
        description="Folder of .skeleton files (nested or not), one of the published .zip "
        "archives (read in place), or a list of these"
    )
    dataset: Literal["ntu60", "ntu120"] = Field(
        default="ntu120",
        description="Which samples are asked for; ntu60 is the first 17 setups of ntu120",
    )
    missing: Literal["skip", "keep"] = Field(
        default="skip",
        description="What to do with samples on the official list of missing skeletons",
    )
    setups: _Setups | None = Field(default=None, description=f"Only these setups: {_FORM}")
    cameras: _Cameras | None = Field(default=None, description=f"Only these cameras: {_FORM}")
    performers: _Performers | None = Field(
        default=None, description=f"Only these performers: {_FORM}"
    )
    actions: _Actions | None = Field(
        default=None, description=f"Only these actions, counted from 1: {_FORM}"
    )
    extras: bool = Field(
        default=False,
        description="Keep what the files say beyond x, y, z: pixel positions in the depth and "
        "colour images, orientations, tracking and hand states",
    )

    def roots(self) -> tuple[str, ...]:
        """Return the folders and archives, with ``~`` resolved."""
        return tuple(os.path.expanduser(root) for root in self.root)

    def selection(self) -> Selection:
        """Return which samples are asked for."""
        from skelconv_ntu.selection import Selection

        return Selection(
            dataset=self.dataset,
            keep_missing=self.missing == "keep",
            setups=self.setups,
            cameras=self.cameras,
            performers=self.performers,
            actions=self.actions,
        )

    @model_validator(mode="after")
    def _ask_for_something(self) -> Self:
        if self.selection().is_empty():
            raise ValueError(f"no sample of {self.dataset} is what these options ask for")
        return self


class NtuBodiesOptions(Options):
    """Options of ``ntu-bodies``."""

    profile: Literal["mmaction2"] = Field(
        description="Whose choice of bodies to follow, to the last bit"
    )


def create_raw(options: NtuRawOptions) -> NtuRaw:
    """Make the source ``ntu-raw``."""
    from skelconv_ntu.source import NtuRaw

    return NtuRaw(options.roots(), options.selection(), extras=options.extras)


def create_bodies(options: NtuBodiesOptions) -> NtuBodies:
    """Make the transform ``ntu-bodies``."""
    from skelconv_ntu.bodies import NtuBodies

    return NtuBodies(options.profile)


def create_xsub(options: Options) -> NtuSplit:
    """Make the split ``ntu-xsub``."""
    from skelconv_ntu.splits import cross_subject

    return cross_subject()


def create_xview(options: Options) -> NtuSplit:
    """Make the split ``ntu-xview``."""
    from skelconv_ntu.splits import cross_view

    return cross_view()


def create_xset(options: Options) -> NtuSplit:
    """Make the split ``ntu-xset``."""
    from skelconv_ntu.splits import cross_setup

    return cross_setup()


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the raw files."""
    yield SourcePlugin(
        name="ntu-raw",
        summary="NTU RGB+D raw .skeleton files: every body track, in metres",
        options=NtuRawOptions,
        create=create_raw,
        example={"root": "data/nturgb+d_skeletons", "dataset": "ntu60", "actions": [1, "50-60"]},
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the choice of bodies."""
    yield TransformPlugin(
        name="ntu-bodies",
        summary="Choose the bodies of an NTU sample as a known project does",
        options=NtuBodiesOptions,
        create=create_bodies,
        example={"profile": "mmaction2"},
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the official splits."""
    yield SplitPlugin(
        name="ntu-xsub",
        summary="NTU cross-subject: xsub_train, xsub_val (NTU60 and NTU120)",
        create=create_xsub,
    )
    yield SplitPlugin(
        name="ntu-xview",
        summary="NTU cross-view: xview_train (cameras 2 and 3), xview_val (NTU60)",
        create=create_xview,
    )
    yield SplitPlugin(
        name="ntu-xset",
        summary="NTU cross-setup: xset_train (even setups), xset_val (NTU120)",
        create=create_xset,
    )


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the joints."""
    from skelconv_ntu.layout import NTU25

    yield NTU25
