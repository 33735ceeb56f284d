"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from skelconv import Options, SourcePlugin, hookimpl
from skelconv.listing import LabelOptions
from skelconv_posefiles.option_types import FramePattern, ImgShape, LayoutName

if TYPE_CHECKING:
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.coco_files import CocoFiles
    from skelconv_posefiles.frame_files import FrameFiles

_LAYOUT = "The keypoints' layout; its name ends in their number"


class PoseFileOptions(Options):
    """What all sources of pose files take."""

    root: Path = Field(description="The folder of the files, nested or not")
    ids: Literal["path", "name", "folder"] = Field(
        default="path",
        description="What a clip is called by: its path within root without the ending, the last "
        "part of that, or the folder that it lies in",
    )
    labels: LabelOptions | None = Field(
        default=None,
        description="Where labels come from: csv (a file), folder (true) or pattern (a regular "
        "expression), with classes and first; clips without a label are then refused",
    )
    total_frames: Path | None = Field(
        default=None,
        description="A csv file with the columns id and total_frames: the videos' lengths; by "
        "default the last frame of which the files tell is the last",
    )
    img_shape: ImgShape | None = Field(
        default=None, description="Height and width in pixels, where the files do not say them"
    )
    max_frames: int = Field(
        default=100_000, gt=0, le=1_000_000, description="The most frames that a clip may have"
    )
    max_file_mb: int = Field(default=64, gt=0, le=4096, description="The largest file that is read")

    def common(self, *, layout: str, channels: int = 2) -> dict[str, Any]:
        """Return what all sources are made from."""
        from skelconv.listing.catalog import Catalog
        from skelconv_posefiles.poses import Form

        return {
            "form": Form(
                layout=layout,
                channels=channels,
                img_shape=self.img_shape,
                first_frame=getattr(self, "first_frame", None),
                max_frames=self.max_frames,
            ),
            "catalog": Catalog(
                ids=self.ids,
                labels=self.labels.rule() if self.labels else None,
                total_frames=self.total_frames.expanduser() if self.total_frames else None,
            ),
            "max_bytes": self.max_file_mb * 2**20,
        }

    def folder(self) -> str:
        """Return the root with ``~`` resolved."""
        return os.path.expanduser(self.root)


class NumberedOptions(PoseFileOptions):
    """What sources take whose files number their frames."""

    first_frame: int | None = Field(
        default=None,
        ge=0,
        description="The number of a video's first frame; by default what is usual here",
    )


class OpenposeOptions(NumberedOptions):
    """Options of ``openpose``."""

    layout: Literal["openpose25", "openpose18"] = Field(
        default="openpose25", description="BODY_25 or COCO18"
    )
    clips: Literal["folders", "names"] = Field(
        default="folders",
        description="Whether each folder is a clip, or each NAME of NAME_000000000012_keypoints."
        "json, so that one folder may hold all clips",
    )


class KineticsOptions(NumberedOptions):
    """Options of ``kinetics-skeleton``."""

    img_shape: ImgShape | None = Field(
        default=(256, 340),
        description="Height and width that coordinates are fractions of; null leaves fractions",
    )


class CocoOptions(NumberedOptions):
    """Options of ``coco-keypoints``."""

    root: Path = Field(description="An annotation file, or a folder of them")
    layout: LayoutName = Field(default="coco17", description=_LAYOUT)
    pattern: FramePattern = Field(
        default=r"^(?P<clip>.*?)[/_.-]?(?P<frame>\d{1,9})\.\w+$",
        description="A regular expression with the groups clip and frame for the images' file "
        "names; not used where images have video_id and frame_id",
    )
    max_file_mb: int = Field(
        default=512, gt=0, le=4096, description="The largest file that is read"
    )


class MmposeOptions(NumberedOptions):
    """Options of ``mmpose``."""

    layout: LayoutName = Field(default="coco17", description=_LAYOUT)
    channels: Literal[2, 3] = Field(default=2, description="Coordinates of a keypoint")


class AlphaposeOptions(NumberedOptions):
    """Options of ``alphapose``."""

    layout: LayoutName = Field(default="coco17", description=f"{_LAYOUT}: halpe26, coco17, ...")


class MediapipeOptions(PoseFileOptions):
    """Options of ``mediapipe``."""

    channels: Literal[2, 3] = Field(default=2, description="Keep x and y, or z as well")
    world: bool = Field(
        default=False,
        description="The files hold world landmarks, in metres, not fractions of the image",
    )


class CsvOptions(NumberedOptions):
    """Options of ``pose-csv``."""

    layout: LayoutName = Field(description=_LAYOUT)
    channels: Literal[2, 3] = Field(default=2, description="Read x and y, or z as well")


class NpyOptions(PoseFileOptions):
    """Options of ``pose-npy``."""

    layout: LayoutName = Field(description=_LAYOUT)
    channels: Literal["xy", "xy-score", "xyz", "xyz-score"] = Field(
        default="xy-score", description="What the last axis holds"
    )


def create_openpose(options: OpenposeOptions) -> FrameFiles:
    """Make the source ``openpose``."""
    from skelconv_posefiles.frame_files import FrameFiles

    return FrameFiles(
        options.folder(), clips=options.clips, **options.common(layout=options.layout)
    )


def create_kinetics(options: KineticsOptions) -> ClipFiles:
    """Make the source ``kinetics-skeleton``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.kinetics import parse

    return ClipFiles(options.folder(), {".json": parse}, **options.common(layout="openpose18"))


def create_coco(options: CocoOptions) -> CocoFiles:
    """Make the source ``coco-keypoints``."""
    from skelconv_posefiles.coco_files import CocoFiles

    return CocoFiles(
        options.folder(), pattern=options.pattern, **options.common(layout=options.layout)
    )


def create_mmpose(options: MmposeOptions) -> ClipFiles:
    """Make the source ``mmpose``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.mmpose import parse

    common = options.common(layout=options.layout, channels=options.channels)
    return ClipFiles(options.folder(), {".json": parse}, **common)


def create_alphapose(options: AlphaposeOptions) -> ClipFiles:
    """Make the source ``alphapose``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.alphapose import parse

    return ClipFiles(options.folder(), {".json": parse}, **options.common(layout=options.layout))


def create_mediapipe(options: MediapipeOptions) -> ClipFiles:
    """Make the source ``mediapipe``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.mediapipe import parser

    make = partial(parser, channels=options.channels, fractions=not options.world)
    return ClipFiles(
        options.folder(),
        {suffix: make(suffix) for suffix in (".json", ".npy")},
        **options.common(layout="blazepose33", channels=options.channels),
    )


def create_csv(options: CsvOptions) -> ClipFiles:
    """Make the source ``pose-csv``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.table import parser

    common = options.common(layout=options.layout, channels=options.channels)
    parse = parser(common["form"].joints, options.channels)
    return ClipFiles(options.folder(), {".csv": parse}, **common)


def create_npy(options: NpyOptions) -> ClipFiles:
    """Make the source ``pose-npy``."""
    from skelconv_posefiles.clip_files import ClipFiles
    from skelconv_posefiles.formats.npy import parser

    coordinates = options.channels.partition("-")[0]
    common = options.common(layout=options.layout, channels=len(coordinates))
    parse = parser(common["form"].joints, options.channels)
    return ClipFiles(options.folder(), {".npy": parse}, **common)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer a source a format."""
    yield SourcePlugin(
        name="openpose",
        summary="OpenPose JSON, a file a frame; a folder a clip, or all clips in one",
        options=OpenposeOptions,
        create=create_openpose,
        example={
            "root": "data/openpose",
            "img_shape": [1080, 1920],
            "labels": {"csv": "data/labels.csv"},
        },
    )
    yield SourcePlugin(
        name="kinetics-skeleton",
        summary="ST-GCN's Kinetics-skeleton JSON, a file a clip, with its label",
        options=KineticsOptions,
        create=create_kinetics,
        example={"root": "data/kinetics-skeleton/kinetics_train"},
    )
    yield SourcePlugin(
        name="coco-keypoints",
        summary="COCO keypoint annotations, grouped into clips by video or by file name",
        options=CocoOptions,
        create=create_coco,
        example={"root": "data/annotations.json", "labels": {"csv": "data/labels.csv"}},
    )
    yield SourcePlugin(
        name="mmpose",
        summary="MMPose result JSON, a file a video, of the inferencer or of the demo scripts",
        options=MmposeOptions,
        create=create_mmpose,
        example={"root": "data/predictions", "labels": {"folder": True}},
    )
    yield SourcePlugin(
        name="alphapose",
        summary="AlphaPose result JSON, a file a video, with track ids where it tracked",
        options=AlphaposeOptions,
        create=create_alphapose,
        example={"root": "data/alphapose", "layout": "halpe26", "ids": "folder"},
    )
    yield SourcePlugin(
        name="mediapipe",
        summary="MediaPipe pose landmarks, a JSON or npy file a clip",
        options=MediapipeOptions,
        create=create_mediapipe,
        example={"root": "data/landmarks", "img_shape": [720, 1280]},
    )
    yield SourcePlugin(
        name="pose-csv",
        summary="A csv file a clip: frame, person, keypoint, x, y, z, score",
        options=CsvOptions,
        create=create_csv,
        example={"root": "data/poses", "layout": "coco17"},
    )
    yield SourcePlugin(
        name="pose-npy",
        summary="An npy file a clip: an array (T, V, C) or (M, T, V, C)",
        options=NpyOptions,
        create=create_npy,
        example={
            "root": "data/poses",
            "layout": "ntu25",
            "channels": "xyz",
            "labels": {"pattern": r"A(?P<label>\d{3})"},
        },
    )
