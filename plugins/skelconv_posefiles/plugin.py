"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from skelconv.plugin import SourcePlugin, hookimpl
from skelconv_posefiles import references

if TYPE_CHECKING:
    from skelconv.files import Samples
    from skelconv.plugin import Guess
    from skelconv_posefiles import options as o
    from skelconv_posefiles.coco_files import CocoFiles
    from skelconv_posefiles.frame_files import FrameFiles
    from skelconv_posefiles.loose import options as l
    from skelconv_posefiles.loose.source import LooseFiles
    from skelconv_posefiles.parsed_files import ParsedFiles


def _create_openpose(options: o.OpenposeOptions) -> FrameFiles:
    from skelconv_posefiles.formats.openpose import OpenposeFrames, unused_in
    from skelconv_posefiles.frame_files import FrameFiles

    hands = ("hand_left", "hand_right")
    further = {"openpose67": hands, "openpose137": (*hands, "face")}.get(options.layout, ())
    return FrameFiles(
        # In OpenPose's fractions, (1, 1) is the middle of the last pixel.
        options.pose_folder(layout=options.layout, inset=1),
        clips=options.clips,
        ending="_keypoints.json",
        frames=lambda: OpenposeFrames(further),
        notes=lambda contents: unused_in(contents, options.layout, further),
    )


def _create_kinetics(options: o.KineticsOptions) -> ParsedFiles:
    from skelconv_posefiles.archive import opened
    from skelconv_posefiles.formats.kinetics import parse
    from skelconv_posefiles.parsed_files import ParsedFiles

    return ParsedFiles(opened(options.pose_folder(layout="openpose18")), {".json": parse})


def _create_coco(options: o.CocoOptions) -> CocoFiles:
    from skelconv_posefiles.coco_files import CocoFiles

    return CocoFiles(options.pose_folder(layout=options.layout), pattern=options.pattern)


def _create_mmpose(options: o.MmposeOptions) -> ParsedFiles | FrameFiles:
    from skelconv_posefiles.formats.mmpose import ImageFrames, parse
    from skelconv_posefiles.frame_files import FrameFiles
    from skelconv_posefiles.parsed_files import ParsedFiles

    folder = options.pose_folder(layout=options.layout, channels=options.channels)
    dtype = folder.form.dtype
    if options.clips == "files":
        return ParsedFiles(
            folder, {}, {".json": partial(parse, layout=options.layout, dtype=dtype)}
        )
    return FrameFiles(
        folder,
        clips=options.clips,
        ending=".json",
        frames=lambda: ImageFrames(options.layout, dtype),
    )


def _create_alphapose(options: o.AlphaposeOptions) -> ParsedFiles:
    from skelconv_posefiles.formats.alphapose import parse
    from skelconv_posefiles.parsed_files import ParsedFiles

    folder = options.pose_folder(layout=options.layout)
    read = partial(parse, frames=options.frames, dtype=folder.form.dtype)
    return ParsedFiles(folder, {}, {".json": read})


def _create_ultralytics(options: o.UltralyticsOptions) -> ParsedFiles | FrameFiles:
    from skelconv_posefiles.formats.ultralytics import UltralyticsFrames, parse_video
    from skelconv_posefiles.frame_files import FrameFiles
    from skelconv_posefiles.parsed_files import ParsedFiles

    folder = options.pose_folder(layout=options.layout)
    dtype = folder.form.dtype
    if options.form == "video-json":
        return ParsedFiles(folder, {}, {".json": partial(parse_video, dtype=dtype)})
    form, joints = options.form, folder.form.joints
    return FrameFiles(
        folder,
        clips=options.clips,
        ending=f".{form}",
        frames=lambda: UltralyticsFrames(form, joints, dtype),
    )


def _create_mediapipe(options: o.MediapipeOptions) -> ParsedFiles:
    from skelconv_posefiles.formats.mediapipe import parser
    from skelconv_posefiles.parsed_files import ParsedFiles

    return ParsedFiles(
        options.pose_folder(layout="blazepose33", channels=options.channels),
        {suffix: parser(suffix, options.channels) for suffix in (".json", ".npy")},
    )


def _create_table(options: l.TableOptions) -> LooseFiles:
    from skelconv_posefiles.loose import options as l
    from skelconv_posefiles.loose.opening import open_large
    from skelconv_posefiles.loose.source import LooseFiles
    from skelconv_posefiles.loose.table import open_table

    form = options.form()
    folder = options.pose_folder(layout=options.layout, channels=form.channels)
    frames = options.pattern if form.in_frames else None
    return LooseFiles(
        folder,
        partial(open_table, form),
        l.TABLE_ENDINGS,
        listing=form.listing,
        files=options.files,
        frames=frames,
        # Without ids, a file is one clip.
        large=partial(open_large, form, folder.max_bytes) if form.id else None,
    )


def _create_array(options: l.ArrayOptions) -> LooseFiles:
    from skelconv_posefiles.loose import options as l
    from skelconv_posefiles.loose.source import LooseFiles

    channels = 3 if "z" in l.channel_names(options.channels) else 2
    folder = options.pose_folder(layout=options.layout, channels=channels)
    form = options.form(folder.form.joints)
    frames = options.pattern if options.one_frame else None
    return LooseFiles(
        folder,
        form.open,
        l.ARRAY_ENDINGS,
        listing=form.listing,
        files=options.files,
        frames=frames,
    )


def _guess(module: str, function: str, samples: Samples) -> Guess | None:
    """Ask a function of `guesses`, which is imported only now."""
    found = import_module(f"skelconv_posefiles.guesses.{module}")
    guess: Guess | None = getattr(found, function)(samples)
    return guess


def _layout_of(options: o.PoseFileOptions) -> str | None:
    from skelconv_posefiles import options as o

    layout: str | None = getattr(options, "layout", None)
    return None if layout == o.FROM_FILE else layout


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer one source per format."""
    from skelconv_posefiles import options as o
    from skelconv_posefiles.loose import options as l

    yield SourcePlugin(
        name="openpose",
        summary="OpenPose JSON, one file per frame: bodies, and hands and faces by the layout",
        options=o.OpenposeOptions,
        guess=partial(_guess, "documents", "openpose"),
        create=_create_openpose,
        layout=_layout_of,
        example={
            "root": "data/openpose",
            "img_shape": [1080, 1920],
            "labels": {"csv": "data/labels.csv"},
        },
    )
    yield SourcePlugin(
        name="kinetics-skeleton",
        summary="ST-GCN's Kinetics-skeleton JSON, a file per clip with its label, also in a zip",
        cite=(references.STGCN,),
        options=o.KineticsOptions,
        guess=partial(_guess, "documents", "kinetics"),
        create=_create_kinetics,
        layout="openpose18",
        example={"root": "data/kinetics-skeleton/kinetics_train"},
    )
    yield SourcePlugin(
        name="coco-keypoints",
        summary="COCO keypoint annotations, grouped into clips by video or by file name",
        options=o.CocoOptions,
        guess=partial(_guess, "documents", "coco"),
        create=_create_coco,
        layout=_layout_of,
        example={"root": "data/annotations.json", "labels": {"csv": "data/labels.csv"}},
    )
    yield SourcePlugin(
        name="mmpose",
        summary="MMPose result JSON, one file per video or image, of the inferencer or the demo",
        options=o.MmposeOptions,
        guess=partial(_guess, "documents", "mmpose"),
        create=_create_mmpose,
        layout=_layout_of,
        example={"root": "data/predictions", "labels": {"folder": True}},
    )
    yield SourcePlugin(
        name="alphapose",
        summary="AlphaPose result JSON, one file per video, with track ids where it tracked",
        options=o.AlphaposeOptions,
        guess=partial(_guess, "documents", "alphapose"),
        create=_create_alphapose,
        layout=_layout_of,
        example={"root": "data/alphapose", "layout": "halpe26", "ids": "folder"},
    )
    yield SourcePlugin(
        name="ultralytics",
        summary="Ultralytics' pose results: txt, JSON or csv, with track ids where it tracked",
        options=o.UltralyticsOptions,
        guess=partial(_guess, "documents", "ultralytics"),
        create=_create_ultralytics,
        layout=_layout_of,
        example={"root": "runs/pose/track/labels", "img_shape": [1080, 1920]},
    )
    yield SourcePlugin(
        name="mediapipe",
        summary="MediaPipe pose landmarks, one JSON or npy file per clip",
        options=o.MediapipeOptions,
        guess=partial(_guess, "documents", "mediapipe"),
        create=_create_mediapipe,
        layout="blazepose33",
        example={"root": "data/landmarks", "img_shape": [720, 1280]},
    )
    yield SourcePlugin(
        name="pose-table",
        summary="Tables of any form, as text or JSON, whose columns the recipe names",
        options=l.TableOptions,
        guess=partial(_guess, "tables", "guess_table"),
        create=_create_table,
        layout=_layout_of,
        example={
            "root": "data/poses",
            "layout": "blazepose33",
            "columns": {"frame": "frame", "x": "x{joint}", "y": "y{joint}", "score": "v{joint}"},
            "units": "fractions",
            "img_shape": [720, 1280],
        },
    )
    yield SourcePlugin(
        name="pose-array",
        summary="Arrays of any form, npy, npz, mat, text or JSON, whose axes the recipe names",
        options=l.ArrayOptions,
        guess=partial(_guess, "arrays", "guess_array"),
        create=_create_array,
        layout=_layout_of,
        example={
            "root": "data/poses",
            "layout": "ntu25",
            "axes": "T(VC)",
            "channels": "xyz",
            "labels": {"pattern": r"A(?P<label>\d{3})"},
        },
    )
