"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from skelconv import Layout, Options, SourcePlugin, SplitPlugin, TransformPlugin, hookimpl
from skelconv_ntu.option_types import NUMBERS_SCHEMA, Paths, numbers_up_to

if TYPE_CHECKING:
    from skelconv import Clip
    from skelconv_ntu.bodies import NtuBodies
    from skelconv_ntu.filters_on_clips import FilterLength, FilterMotion, FilterSpread, PackBodies
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

    order: Literal["name", "camera", "performer"] = Field(
        default="name",
        description="Order of the clips: by name; or by camera or by performer first, as CTR-GCN "
        "has the rows of its cross-view and cross-subject arrays",
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

    profile: Literal["mmaction2", "pyskl", "ctrgcn", "ctrgcn-ntu120"] = Field(
        description="Whose choice of bodies to follow, to the last bit; ctrgcn also centres them, "
        "and has other scripts for NTU120, which double a person who is alone"
    )
    mend: bool = Field(
        default=False,
        description="Mend what is a fault in pyskl and ctrgcn: clips that they stop at, and bodies "
        "that leave and return",
    )

    @model_validator(mode="after")
    def _mend_something(self) -> Self:
        if self.mend and self.profile == "mmaction2":
            raise ValueError("'mend' is for the profiles pyskl and ctrgcn")
        return self


_MEND_NONE = "When nobody would be left, keep everybody; by default this is an error of the clip"


class NtuFilterLengthOptions(Options):
    """Options of ``ntu-filter-length``."""

    longer_than: int = Field(
        default=11, ge=0, description="Keep bodies that are in more frames than this"
    )
    mend: bool = Field(default=False, description=_MEND_NONE)


class NtuFilterSpreadOptions(Options):
    """Options of ``ntu-filter-spread``."""

    width: float = Field(
        default=0.8,
        gt=0,
        description="A frame is bad when the body is more than so many times as wide as high in it",
    )
    share: float = Field(
        default=0.69754, gt=0, le=1, description="Leave out bodies with this share of bad frames"
    )
    mend: bool = Field(default=False, description=_MEND_NONE)


class NtuFilterMotionOptions(Options):
    """Options of ``ntu-filter-motion``."""

    least: float = Field(
        default=0.089925, ge=0, description="Leave out bodies that move less, in square metres"
    )
    most: float | None = Field(
        default=2.0, gt=0, description="Leave out bodies that move more; null for no limit"
    )


class NtuPackBodiesOptions(Options):
    """Options of ``ntu-pack-bodies``."""

    overlap: int = Field(
        default=0,
        ge=0,
        description="Frames by which bodies on one track may overlap: pyskl has 0, ctrgcn has 1",
    )
    mend: bool = Field(
        default=False,
        description="Pack by the frames in which bodies are: none is moved, and those never there "
        "together share a track; by default by intervals, in which a body that leaves and returns "
        "has no gap",
    )

    @model_validator(mode="after")
    def _overlap_or_mend(self) -> Self:
        if self.mend and self.overlap:
            raise ValueError("with 'mend' no two bodies overlap: leave out 'overlap'")
        return self


def create_raw(options: NtuRawOptions) -> NtuRaw:
    """Make the source ``ntu-raw``."""
    from skelconv_ntu.source import NtuRaw

    return NtuRaw(options.roots(), options.selection(), extras=options.extras, order=options.order)


def create_bodies(options: NtuBodiesOptions) -> NtuBodies:
    """Make the transform ``ntu-bodies``."""
    from skelconv_ntu.bodies import NtuBodies

    return NtuBodies(options.profile, mend=options.mend)


def create_filter_length(options: NtuFilterLengthOptions) -> FilterLength:
    """Make the transform ``ntu-filter-length``."""
    from skelconv_ntu.filters_on_clips import FilterLength

    return FilterLength(options.longer_than, mend=options.mend)


def create_filter_spread(options: NtuFilterSpreadOptions) -> FilterSpread:
    """Make the transform ``ntu-filter-spread``."""
    from skelconv_ntu.filters_on_clips import FilterSpread

    return FilterSpread(options.width, options.share, mend=options.mend)


def create_filter_motion(options: NtuFilterMotionOptions) -> FilterMotion:
    """Make the transform ``ntu-filter-motion``."""
    from skelconv_ntu.filters_on_clips import FilterMotion

    return FilterMotion(options.least, options.most)


def create_pack_bodies(options: NtuPackBodiesOptions) -> PackBodies:
    """Make the transform ``ntu-pack-bodies``."""
    from skelconv_ntu.filters_on_clips import PackBodies

    return PackBodies(options.overlap, mend=options.mend)


def create_tracks(options: Options) -> Callable[[Clip], Clip]:
    """Make the transform ``ntu-tracks``."""
    from skelconv_ntu.video_tracks import ntu_tracks

    return ntu_tracks


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
    """Offer the choice of bodies, whole and in its parts."""
    yield TransformPlugin(
        name="ntu-bodies",
        summary="Choose the bodies of an NTU sample as a known project does",
        options=NtuBodiesOptions,
        create=create_bodies,
        example={"profile": "mmaction2"},
    )
    yield TransformPlugin(
        name="ntu-filter-length",
        summary="Leave out bodies that are in a few frames only, if there are several",
        options=NtuFilterLengthOptions,
        create=create_filter_length,
        example={"longer_than": 11},
    )
    yield TransformPlugin(
        name="ntu-filter-spread",
        summary="Leave out bodies too wide to be a person, if there are several",
        options=NtuFilterSpreadOptions,
        create=create_filter_spread,
        example={"width": 0.8, "share": 0.69754},
    )
    yield TransformPlugin(
        name="ntu-filter-motion",
        summary="Put the body that moves most first; leave out others by how much they move",
        options=NtuFilterMotionOptions,
        create=create_filter_motion,
        example={"least": 0, "most": None},
    )
    yield TransformPlugin(
        name="ntu-pack-bodies",
        summary="Pack bodies that are there one after the other into two tracks",
        options=NtuPackBodiesOptions,
        create=create_pack_bodies,
        example={"mend": True},
    )
    yield TransformPlugin(
        name="ntu-tracks",
        summary="Choose the people of an NTU video by their boxes, as MMAction2 does",
        create=create_tracks,
        on_boxes=True,
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
