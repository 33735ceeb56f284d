"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from skelconv import ClipError, Layout
from skelconv.plugin import (
    Check,
    CheckPlugin,
    Options,
    SourcePlugin,
    SplitPlugin,
    TransformPlugin,
    hookimpl,
)
from skelconv_ntu import references

if TYPE_CHECKING:
    from skelconv import Clip
    from skelconv.files import Samples
    from skelconv.plugin import Guess
    from skelconv_ntu.bodies import NtuBodies
    from skelconv_ntu.class_splits import OneShotSplit, ZeroShotSplit
    from skelconv_ntu.filters_on_clips import FilterLength, FilterMotion, FilterSpread, PackBodies
    from skelconv_ntu.options import (
        NtuBodiesOptions,
        NtuFilterLengthOptions,
        NtuFilterMotionOptions,
        NtuFilterSpreadOptions,
        NtuPackBodiesOptions,
        NtuRawOptions,
        NtuZeroShotOptions,
        SkeletonTextOptions,
    )
    from skelconv_ntu.source import NtuRaw
    from skelconv_ntu.splits import Benchmark, NtuSplit
    from skelconv_ntu.text_source import SkeletonText


def _create_raw(options: NtuRawOptions) -> NtuRaw:
    from skelconv_ntu.source import NtuRaw

    return NtuRaw(options.roots(), options.selection(), extras=options.extras, order=options.order)


def _create_text(options: SkeletonTextOptions) -> SkeletonText:
    from skelconv.files import Catalog
    from skelconv_ntu.text_source import SkeletonText, TextForm

    form = TextForm(options.endings, options.layout, options.channels, options.img_shape)
    catalog = Catalog(options.ids, options.labels.rule() if options.labels else None)
    return SkeletonText(str(options.root.expanduser()), form, catalog)


def _layout_of_text(options: SkeletonTextOptions) -> str:
    return options.layout


def _create_bodies(options: NtuBodiesOptions) -> NtuBodies:
    from skelconv_ntu.bodies import NtuBodies

    return NtuBodies(options.profile, repair=options.repair)


def _create_filter_length(options: NtuFilterLengthOptions) -> FilterLength:
    from skelconv_ntu.filters_on_clips import FilterLength

    return FilterLength(options.longer_than, repair=options.repair)


def _create_filter_spread(options: NtuFilterSpreadOptions) -> FilterSpread:
    from skelconv_ntu.filters_on_clips import FilterSpread

    return FilterSpread(options.width, options.share, repair=options.repair)


def _create_filter_motion(options: NtuFilterMotionOptions) -> FilterMotion:
    from skelconv_ntu.filters_on_clips import FilterMotion

    return FilterMotion(options.least, options.most)


def _create_pack_bodies(options: NtuPackBodiesOptions) -> PackBodies:
    from skelconv_ntu.filters_on_clips import PackBodies

    return PackBodies(options.overlap, repair=options.repair)


def _create_tracks(options: Options) -> Callable[[Clip], Clip]:
    from skelconv_ntu.video_tracks import ntu_tracks

    return ntu_tracks


def _check_ntu25(options: Options, layout: str) -> str:
    if layout != "ntu25":
        raise ClipError(f"the clips have the layout {layout}, and it works on ntu25")
    return layout


def _create_split(benchmark: Benchmark, options: Options) -> NtuSplit:
    from skelconv_ntu.splits import NtuSplit

    return NtuSplit(benchmark)


def _create_one_shot(options: Options) -> OneShotSplit:
    from skelconv_ntu.class_splits import OneShotSplit

    return OneShotSplit()


def _create_zero_shot(options: NtuZeroShotOptions) -> ZeroShotSplit:
    from skelconv_ntu.class_splits import ZeroShotSplit

    return ZeroShotSplit(options.classes, options.benchmark)


def _guess(samples: Samples) -> Guess | None:
    from skelconv_ntu.guess import guess_raw

    return guess_raw(samples)


def _guess_text(samples: Samples) -> Guess | None:
    from skelconv_ntu.guess import guess_text

    return guess_text(samples)


def _cite_dataset(options: NtuRawOptions) -> tuple[str, ...]:
    of_120 = (references.NTU120,) if options.dataset == "ntu120" else ()
    return (references.NTU60, *of_120)


def _cite_profile(options: NtuBodiesOptions) -> tuple[str, ...]:
    if options.profile.startswith("ctrgcn"):
        return (references.CTRGCN,)
    known = {"pyskl": references.PYSKL, "agcn": references.AGCN}
    return (known.get(options.profile, references.MMACTION2),)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the raw files."""
    from skelconv_ntu.options import NtuRawOptions, SkeletonTextOptions

    yield SourcePlugin(
        name="ntu-raw",
        summary="NTU RGB+D raw .skeleton files: every body track, in metres",
        cite=_cite_dataset,
        options=NtuRawOptions,
        create=_create_raw,
        keeps_empty=True,  # what becomes of them is up to the profile
        layout="ntu25",
        guess=_guess,
        example={"root": "data/nturgb+d_skeletons", "dataset": "ntu60", "actions": [1, "50-60"]},
    )

    yield SourcePlugin(
        name="skeleton-text",
        summary=".skeleton text under any name, of any number of joints: UAV-Human, Kinect",
        options=SkeletonTextOptions,
        create=_create_text,
        layout=_layout_of_text,
        guess=_guess_text,
        example={
            "root": "data/UAV-Human/Skeleton",
            "layout": "uav-human17",
            "channels": "xy",
            "img_shape": [1080, 1920],
            "labels": {"pattern": r"A(?P<label>\d{3})R", "first": 0},
        },
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the choice of bodies, whole and in its parts."""
    from skelconv_ntu.options import (
        NtuBodiesOptions,
        NtuFilterLengthOptions,
        NtuFilterMotionOptions,
        NtuFilterSpreadOptions,
        NtuPackBodiesOptions,
    )

    yield TransformPlugin(
        name="ntu-bodies",
        summary="Choose the bodies of an NTU sample as a known project does",
        cite=_cite_profile,
        options=NtuBodiesOptions,
        create=_create_bodies,
        layout_after=_check_ntu25,
        example={"profile": "mmaction2"},
    )
    yield TransformPlugin(
        name="ntu-filter-length",
        summary="Leave out bodies that are in a few frames only, if there are several",
        options=NtuFilterLengthOptions,
        create=_create_filter_length,
        layout_after=_check_ntu25,
        example={"longer_than": 11},
    )
    yield TransformPlugin(
        name="ntu-filter-spread",
        summary="Leave out bodies too wide to be a person, if there are several",
        options=NtuFilterSpreadOptions,
        create=_create_filter_spread,
        layout_after=_check_ntu25,
        example={"width": 0.8, "share": 0.69754},
    )
    yield TransformPlugin(
        name="ntu-filter-motion",
        summary="Put the body that moves most first; leave out others by how much they move",
        options=NtuFilterMotionOptions,
        create=_create_filter_motion,
        layout_after=_check_ntu25,
        example={"least": 0, "most": None},
    )
    yield TransformPlugin(
        name="ntu-pack-bodies",
        summary="Pack bodies that follow one another in time into two tracks",
        options=NtuPackBodiesOptions,
        create=_create_pack_bodies,
        layout_after=_check_ntu25,
        example={"repair": True},
    )
    yield TransformPlugin(
        name="ntu-tracks",
        summary="Choose the people of an NTU video by their boxes, as MMAction2 does",
        cite=(references.MMACTION2,),
        create=_create_tracks,
        on_boxes=True,
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the official splits."""
    from skelconv_ntu.options import NtuZeroShotOptions

    yield SplitPlugin(
        name="ntu-xsub",
        summary="NTU cross-subject: xsub_train, xsub_val (NTU60 and NTU120)",
        cite=(references.NTU60,),
        create=partial(_create_split, "xsub"),
        subject=r"S\d{3}C\d{3}(?P<performer>P\d{3})R\d{3}A\d{3}",
    )
    yield SplitPlugin(
        name="ntu-xview",
        summary="NTU cross-view: xview_train (cameras 2 and 3), xview_val (NTU60)",
        cite=(references.NTU60,),
        create=partial(_create_split, "xview"),
    )
    yield SplitPlugin(
        name="ntu-xset",
        summary="NTU cross-setup: xset_train (even setups), xset_val (NTU120)",
        cite=(references.NTU120,),
        create=partial(_create_split, "xset"),
    )
    yield SplitPlugin(
        name="ntu-one-shot",
        summary="NTU120 one-shot: oneshot_train, oneshot_exemplars, oneshot_test",
        cite=(references.NTU120,),
        create=_create_one_shot,
    )
    yield SplitPlugin(
        name="ntu-zero-shot",
        summary="NTU zero-shot, as SynSE and SMIE: zsl_train, zsl_test, gzsl_test",
        cite=(references.SYNSE,),
        options=NtuZeroShotOptions,
        create=_create_zero_shot,
        example={"classes": "synse-55-5", "benchmark": "xsub"},
    )


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the joints."""
    from skelconv_ntu.layout import NTU25

    yield NTU25


def _create_check(options: Options) -> Check:
    from skelconv_ntu.doctor import check_reader

    return check_reader


@hookimpl
def skelconv_checks() -> Iterator[CheckPlugin]:
    """Offer the check ``ntu``."""
    yield CheckPlugin(name="ntu", summary="The compiled reader of raw files", create=_create_check)
