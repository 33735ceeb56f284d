"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skelconv import ClipError
from skelconv.plugin import (
    Classes,
    DividingTransform,
    Options,
    Transform,
    TransformPlugin,
    hookimpl,
)

if TYPE_CHECKING:
    from skelconv_transforms import options as o
    from skelconv_transforms.dividing import options as d
    from skelconv_transforms.merging import MergeJoints


def _from(module: str, function: str) -> Callable[[Options], Transform]:
    """Return a ``create`` for a function that takes its options by name."""

    def _create(options: Options) -> Transform:
        home = import_module(f"skelconv_transforms.{module}")
        return partial(getattr(home, function), **dict(options))

    return _create


def _numbers(options: o.RelabelOptions, known: Classes) -> dict[int, int]:
    from skelconv_transforms.labels import numbered, read_mapping

    if options.mapping is not None:
        return numbered(options.mapping, known)
    return numbered(read_mapping(Path(options.csv or "").expanduser()), known)


def _settle_relabel(options: o.RelabelOptions, known: Classes) -> o.RelabelOptions:
    """Put numbers in the place of names, which workers do not know."""
    return options.model_copy(update={"mapping": _numbers(options, known), "csv": None})


def _create_filter_list(options: o.FilterListOptions) -> Transform:
    from skelconv_transforms.filters import FilterList, listed_ids

    return FilterList(partial(listed_ids, Path(options.csv).expanduser()), keep=options.keep)


def _create_relabel(options: o.RelabelOptions) -> Transform:
    from skelconv_transforms.labels import Relabel

    return Relabel(_numbers(options, Classes()), options.missing)


def _settle_renumber(options: o.RenumberOptions, known: Classes) -> o.RenumberOptions:
    from skelconv_transforms.labels import order_of

    return options.model_copy(update={"labels": order_of(options.labels, known)})


def _create_renumber(options: o.RenumberOptions) -> Transform:
    from skelconv_transforms.labels import Renumber, order_of

    return Renumber(order_of(options.labels, Classes()))


def _settle_filter_label(options: o.FilterLabelOptions, known: Classes) -> o.FilterLabelOptions:
    given = {name: labels for name, labels in dict(options).items() if labels is not None}
    numbers = {name: tuple(map(known.number, labels)) for name, labels in given.items()}
    return options.model_copy(update=numbers)


def _create_filter_label(options: o.FilterLabelOptions) -> Transform:
    from skelconv_transforms.filters import FilterLabel

    return FilterLabel(**dict(_settle_filter_label(options, Classes())))


def _create_map_layout(options: o.MapLayoutOptions) -> Transform:
    from skelconv_transforms.mapping import map_layout

    return partial(map_layout, to=options.to, missing=options.missing)


def _map_layout_after(options: o.MapLayoutOptions, layout: str) -> str:
    from skelconv.plugin import layout_named
    from skelconv_transforms.mapping import check_mapping

    check_mapping(layout_named(layout), layout_named(options.to), missing=options.missing)
    return options.to


def _create_select_joints(options: o.SelectJointsOptions) -> Transform:
    from skelconv_transforms.selecting import select_joints

    return partial(select_joints, **_selection(options))


def _select_joints_after(options: o.SelectJointsOptions, layout: str) -> str:
    from skelconv_transforms.selecting import selection

    return selection(layout, **_selection(options))[1]


def _selection(options: o.SelectJointsOptions) -> dict[str, Any]:
    lists = {"joints": tuple(options.joints), "without": tuple(options.without)}
    return {**lists, "name": options.name}


def _create_merge_joints(options: o.MergeJointsOptions) -> MergeJoints:
    from skelconv_transforms.merging import MergeJoints

    return MergeJoints(**dict(options))


def _merge_joints_after(options: o.MergeJointsOptions, layout: str) -> str:
    return _create_merge_joints(options).layout_after(layout)


def _pre_normalize_3d_after(options: o.PreNormalize3DOptions, layout: str) -> str:
    from skelconv.plugin import layout_named

    joints = len(layout_named(layout).joints)
    if (highest := max(*options.zaxis, *options.xaxis)) >= joints:
        raise ClipError(f"there is no keypoint {highest}: the layout {layout} has {joints}")
    return layout


def _create_windows(options: d.WindowsOptions) -> DividingTransform:
    from skelconv_transforms.dividing.windows import Windows

    return Windows(**dict(options))


def _create_segments(options: d.SegmentsOptions) -> DividingTransform:
    from skelconv_transforms.dividing.segments import segments

    return segments(options)


def _settle_segments(options: d.SegmentsOptions, known: Classes) -> d.SegmentsOptions:
    from skelconv_transforms.dividing.labels import classes_for
    from skelconv_transforms.dividing.segments import read_table

    if options.classes or not known.names:
        return options
    table = read_table(options)
    names = classes_for(table.texts, table.places, known)
    return options.model_copy(update={"classes": tuple(names)})


def _create_split_people(options: d.SplitPeopleOptions) -> DividingTransform:
    from skelconv_transforms.dividing.labels import TableLabels
    from skelconv_transforms.dividing.people import split_people

    labels = TableLabels(options.classes, options.first)
    csv = options.csv.expanduser() if options.csv else None
    return split_people(csv, labels, options.strip, options.missing)


def _settle_split_people(options: d.SplitPeopleOptions, known: Classes) -> d.SplitPeopleOptions:
    from skelconv_transforms.dividing.labels import classes_for
    from skelconv_transforms.dividing.people import read_people

    if options.csv is None or options.classes or not known.names:
        return options
    names = classes_for(*read_people(options.csv.expanduser(), options.strip), known)
    return options.model_copy(update={"classes": tuple(names)})


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the transforms."""
    yield from _persons_and_frames()
    yield from _keypoints()
    yield from _choices_and_labels()
    yield from _dividing()


def _persons_and_frames() -> Iterator[TransformPlugin]:
    from skelconv_transforms import options as o

    yield TransformPlugin(
        name="select-persons",
        summary="Keep the first persons by energy, score, area or track length",
        options=o.SelectPersonsOptions,
        create=_from("persons", "select_persons"),
        example={"keep": 2, "by": "energy"},
    )
    yield TransformPlugin(
        name="drop-empty-frames",
        summary="Drop the empty frames",
        create=_from("frames", "drop_empty_frames"),
    )
    yield TransformPlugin(
        name="mark-empty-frames",
        summary="Mark the empty frames in a field empty_frames",
        create=_from("frames", "mark_empty_frames"),
    )
    yield TransformPlugin(
        name="pad",
        summary="Lengthen shorter clips with zeros or their last frame",
        options=o.PadOptions,
        create=_from("frames", "pad"),
        example={"length": 300, "mode": "zero"},
    )
    yield TransformPlugin(
        name="loop",
        summary="Repeat shorter clips until they are long enough",
        options=o.LoopOptions,
        create=_from("frames", "loop"),
        example={"length": 300},
    )
    yield TransformPlugin(
        name="crop",
        summary="Cut longer clips at the start, in the middle or at random",
        options=o.CropOptions,
        create=_from("frames", "crop"),
        example={"length": 100, "position": "random", "seed": 1},
    )
    yield TransformPlugin(
        name="resample",
        summary="Change the number of frames, or the frames per second",
        options=o.ResampleOptions,
        create=_from("frames", "resample"),
        example={"fps": 30, "source_fps": 120},
    )


def _keypoints() -> Iterator[TransformPlugin]:
    from skelconv_transforms import options as o

    yield TransformPlugin(
        name="interpolate-gaps",
        summary="Fill the frames in which a keypoint is missing from those around them",
        options=o.InterpolateGapsOptions,
        create=_from("gaps", "interpolate_gaps"),
        example={"method": "linear", "max_gap": 10},
    )
    yield TransformPlugin(
        name="smooth",
        summary="Smooth coordinates with a Savitzky-Golay filter",
        options=o.SmoothOptions,
        create=_from("smoothing", "smooth"),
        example={"window": 7, "degree": 2},
    )
    yield TransformPlugin(
        name="one-euro",
        summary="Smooth coordinates with the 1€ filter: less where they move faster",
        options=o.OneEuroOptions,
        create=_from("one_euro", "one_euro"),
        example={"fps": 30, "min_cutoff": 1.0, "beta": 0.01},
    )
    yield TransformPlugin(
        name="pre-normalize-3d",
        summary="Centre and turn a clip as MMAction2's PreNormalize3D; float16 becomes float32",
        options=o.PreNormalize3DOptions,
        create=_from("space", "pre_normalize_3d"),
        layout_after=_pre_normalize_3d_after,
        example={"zaxis": [0, 1], "xaxis": [8, 4]},
    )
    yield TransformPlugin(
        name="pre-normalize-2d",
        summary="Bring pixels to the range of -1 to 1, as MMAction2's PreNormalize2D does",
        options=o.PreNormalize2DOptions,
        create=_from("space", "pre_normalize_2d"),
        example={"img_shape": [1080, 1920]},
    )
    yield TransformPlugin(
        name="scale-to",
        summary="Scale pixels to an image size",
        options=o.ScaleToOptions,
        create=_from("space", "scale_to"),
        example={"img_shape": [256, 340]},
    )
    yield TransformPlugin(
        name="to-pixels",
        summary="Convert coordinates that are fractions of the image to pixels",
        options=o.ToPixelsOptions,
        create=_from("coordinates", "to_pixels"),
        example={"units": "fractions", "img_shape": [1080, 1920]},
    )
    yield TransformPlugin(
        name="score-from-z",
        summary="Take the third coordinate as the score: (x, y, score) that was read as (x, y, z)",
        create=_from("coordinates", "score_from_z"),
    )
    yield TransformPlugin(
        name="bone",
        summary="The bone stream: each keypoint from its parent; with motion after it, bone motion",
        create=_from("streams", "bone"),
    )
    yield TransformPlugin(
        name="motion",
        summary="The motion stream: the difference of each frame from the next",
        create=_from("streams", "motion"),
    )
    yield TransformPlugin(
        name="cast",
        summary="Cast coordinates and scores to a dtype",
        options=o.CastOptions,
        create=_from("cast", "cast"),
        example={"dtype": "float16"},
    )
    yield TransformPlugin(
        name="select-joints",
        summary="Keep some joints, by name, pattern or group, as a layout of their own",
        options=o.SelectJointsOptions,
        create=_create_select_joints,
        layout_after=_select_joints_after,
        example={"joints": ["body", "left_hand"]},
    )
    yield TransformPlugin(
        name="merge-joints",
        summary="Put the joints of another dataset's clip of the same id after a clip's own",
        options=o.MergeJointsOptions,
        create=_create_merge_joints,
        layout_after=_merge_joints_after,
        example={"path": "out/hands.zarr", "parents": {"left_hand_root": "left_wrist"}},
    )
    yield TransformPlugin(
        name="map-layout",
        summary="Map clips to another layout by joint names; left stays left",
        options=o.MapLayoutOptions,
        create=_create_map_layout,
        layout_after=_map_layout_after,
        example={"to": "coco17"},
    )


def _choices_and_labels() -> Iterator[TransformPlugin]:
    from skelconv_transforms import options as o

    yield TransformPlugin(
        name="filter-label",
        summary="Keep the clips of some classes",
        options=o.FilterLabelOptions,
        create=_create_filter_label,
        settle=_settle_filter_label,
        example={"keep": [0, 1, 5]},
    )
    yield TransformPlugin(
        name="filter-list",
        summary="Leave out the clips that a csv file lists, or keep no others",
        options=o.FilterListOptions,
        create=_create_filter_list,
        example={"csv": "out/sample.pkl.marks.csv"},
    )
    yield TransformPlugin(
        name="filter-length",
        summary="Keep the clips with a number of frames in a range",
        options=o.FilterLengthOptions,
        create=_from("filters", "filter_length"),
        example={"min_frames": 20},
    )
    yield TransformPlugin(
        name="filter-score",
        summary="Keep the clips whose keypoints have a minimum mean score",
        options=o.FilterScoreOptions,
        create=_from("filters", "filter_score"),
        example={"min_score": 0.3},
    )
    yield TransformPlugin(
        name="relabel",
        summary="Give clips other labels, by a mapping or a csv file",
        options=o.RelabelOptions,
        create=_create_relabel,
        settle=_settle_relabel,
        example={"mapping": {5: 0, 7: 1}, "missing": "drop"},
    )
    yield TransformPlugin(
        name="renumber",
        summary="Number the classes from 0 to n - 1, without gaps",
        options=o.RenumberOptions,
        create=_create_renumber,
        settle=_settle_renumber,
        example={"labels": [3, 7, 9]},
    )


def _dividing() -> Iterator[TransformPlugin]:
    from skelconv_transforms.dividing import options as d

    yield TransformPlugin(
        name="windows",
        summary="Make a clip of each window that slides over a recording",
        options=d.WindowsOptions,
        create=_create_windows,
        divides=True,
        example={"length": 64, "stride": 32, "tail": "drop"},
    )
    yield TransformPlugin(
        name="segments",
        summary="Make a clip of each segment in a table, in frames or seconds",
        options=d.SegmentsOptions,
        create=_create_segments,
        settle=_settle_segments,
        divides=True,
        example={"csv": "segments.csv", "unit": "seconds", "fps": 30},
    )
    yield TransformPlugin(
        name="split-people",
        summary="Make a clip of each person, with labels by person where there is a table",
        options=d.SplitPeopleOptions,
        create=_create_split_people,
        settle=_settle_split_people,
        divides=True,
        example={"csv": "people.csv"},
    )
