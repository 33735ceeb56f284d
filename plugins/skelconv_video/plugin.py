"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from skelconv import (
    Options,
    PathText,
    Resources,
    Sha256,
    SourcePlugin,
    UseDetector,
    UsePoseModel,
    UseSplit,
    UseTransform,
    hookimpl,
)
from skelconv.hookspecs import PoseModelPlugin, TransformPlugin
from skelconv.listing import LabelOptions

if TYPE_CHECKING:
    from skelconv_video.cuts import Wanted
    from skelconv_video.finders import Finder
    from skelconv_video.source import VideoPose

_Suffix = Annotated[
    str, StringConstraints(pattern=r"^\.[a-z0-9]+$"), Field(examples=[".mp4", ".avi"])
]


class BoxesOptions(Options):
    """Boxes that are known already."""

    form: Literal["pickle", "csv", "json"] = Field(
        alias="from",
        description="pickle and json: for each clip's id the boxes of each frame, as a list of all "
        "frames or a mapping from their numbers; csv: the columns id, frame, x1, y1, x2, y2 and, "
        "if there is one, score; frames are counted from 0",
    )
    path: PathText = Field(description="The file, or its URL")
    sha256: Sha256 | None = Field(default=None, description="What the file must be")


class KineticsCuts(Options):
    """Kinetics' lists."""

    paths: tuple[Path, ...] = Field(
        min_length=1, description="The csv files (youtube_id, time_start, time_end, ...)"
    )
    times: bool = Field(
        default=False, description="Clips are called ID_000010_000020, not by the video's ID alone"
    )


class CutsOptions(Options):
    """The list that cuts clips out of videos: one of ``csv``, ``kinetics`` and ``finegym``."""

    csv: Path | None = Field(
        default=None,
        description="A csv file with the columns id, video (its path within root, or its name "
        "where these are ids), start and end; an empty cell is the video's own",
    )
    unit: Literal["seconds", "frames"] = Field(
        default="seconds",
        description="Of the csv file's start and end: frames are counted from 0, and both are in "
        "the clip",
    )
    kinetics: KineticsCuts | None = Field(
        default=None,
        description="Kinetics' lists; files may be ID_000010_000020 or whole videos called ID",
    )
    finegym: Path | None = Field(
        default=None,
        description="finegym_annotation_info_v1.1.json; files may be elements, events or whole "
        "videos, called as there",
    )

    def read(self) -> Iterable[Wanted]:
        """Read the list."""
        from skelconv_video.cuts import finegym, kinetics, own

        if self.csv is not None:
            return own(self.csv.expanduser(), frames=self.unit == "frames")
        if self.kinetics is not None:
            paths = [path.expanduser() for path in self.kinetics.paths]
            return kinetics(paths, times=self.kinetics.times)
        assert self.finegym is not None  # noqa: S101 (there is one list)
        return finegym(self.finegym.expanduser())

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        return {"csv": value} if isinstance(value, str | Path) else value

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if sum(value is not None for value in (self.csv, self.kinetics, self.finegym)) != 1:
            raise ValueError("name one list: csv, kinetics or finegym")
        if self.unit == "frames" and self.csv is None:
            raise ValueError("'unit' is for csv: the other lists are in seconds")
        return self


class VideoPoseOptions(Options):
    """Options of ``video-pose``."""

    root: Path = Field(description="The folder of the videos, nested or not")
    suffixes: tuple[_Suffix, ...] = Field(
        default=(".mp4", ".avi", ".mkv", ".webm", ".mov", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv"),
        min_length=1,
        description="Endings of videos; other files are strays",
    )
    ids: Literal["path", "name"] = Field(
        default="path",
        description="What a clip is called by: its path within root without the ending, or the "
        "last part of that",
    )
    strip: str = Field(
        default="", description="An ending of names that is no part of them, such as _rgb"
    )
    labels: LabelOptions | None = Field(
        default=None,
        description="Where labels come from: csv (a file), folder (true) or pattern (a regular "
        "expression), with classes and first; clips without a label are then refused",
    )
    cuts: CutsOptions | None = Field(
        default=None,
        description="The list that cuts clips out of videos: an own csv file, kinetics or "
        "finegym; by default each video is a clip",
    )
    only: UseSplit | None = Field(
        default=None,
        description="Leave out clips that are in no part of this split, before anything is decoded",
    )
    fps: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="Frames a second: at each multiple of 1/fps the frame that is shown then; by "
        "default every frame as it is stored",
    )
    stride: int = Field(default=1, ge=1, description="Of these frames, every so manyth")
    damaged: Literal["refuse", "keep"] = Field(
        default="refuse",
        description="What becomes of videos with frames that cannot be decoded, or that end early: "
        "they are quarantined, or what there is of them is kept",
    )
    decode_threads: int | None = Field(
        default=None,
        ge=0,
        le=64,
        description="Threads of the decoder, 0 being one a core; by default as many as the models "
        "have, and one a core for a worker with a GPU. Damaged videos are decoded again by one, so "
        "that the frames are the same",
    )
    detector: UseDetector | None = Field(default=None, description="What finds people")
    detect_every: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Look at every so manyth frame only; between two of them boxes are moved "
        "evenly, and after the last they stay",
    )
    boxes: BoxesOptions | None = Field(
        default=None, description="Boxes that are known already, in place of a detector"
    )
    people: tuple[UseTransform, ...] = Field(
        default=(),
        description="Transforms of the people that were found, before their joints are: which of "
        "them to follow; by default all. Rows are not people over time before track-people: the "
        "highest score of each frame comes first",
    )
    pose: UsePoseModel = Field(description="What finds people's joints")
    keep_boxes: bool = Field(
        default=False, description="Keep boxes and their scores, as fields bbox and bbox_score"
    )

    @model_validator(mode="after")
    def _people_come_from_one_place(self) -> Self:
        if not hasattr(self, "pose"):
            return self
        descriptor = self.pose.descriptor()
        places = (self.detector is not None) + (self.boxes is not None)
        if isinstance(descriptor, PoseModelPlugin) and descriptor.one_stage:
            if places:
                raise ValueError(
                    f"{self.pose.use} finds people itself: leave out 'detector' and 'boxes'"
                )
        elif places != 1:
            raise ValueError(
                f"{self.pose.use} needs boxes: name 'detector' or 'boxes'"
                + (", not both" if places else "")
            )
        else:
            for use in self.people:
                transform = use.descriptor()
                if not (
                    isinstance(transform, TransformPlugin) and transform.is_on_boxes(use.checked())
                ):
                    raise ValueError(
                        f"{use.use} is no transform of boxes as it is here, and joints are not "
                        "known under 'people': put it under 'transforms'"
                    )
        self.resources()  # raises where detector and pose model cannot be in one worker
        if self.detect_every > 1 and self.detector is None:
            raise ValueError("'detect_every' is for a detector")
        return self

    def resources(self) -> Resources:
        """Return what a worker needs for the models."""
        uses = (self.detector, self.pose)
        return Resources.together([use.resources() for use in uses if use is not None])


def create(options: VideoPoseOptions) -> VideoPose:
    """Make the source ``video-pose``."""
    from skelconv.listing.catalog import Catalog
    from skelconv_video.decode import Decoding
    from skelconv_video.listing import Listing
    from skelconv_video.source import VideoPose

    one_stage = options.detector is None and options.boxes is None
    threads = options.decode_threads
    if threads is None:
        needs = options.resources()
        threads = 0 if needs.gpus else needs.cpus
    return VideoPose(
        Listing(
            root=str(options.root.expanduser()),
            suffixes=options.suffixes,
            strip=options.strip,
            catalog=Catalog(
                ids=options.ids, labels=options.labels.rule() if options.labels else None
            ),
            cuts=options.cuts.read if options.cuts else None,
            only=options.only.make if options.only else None,
        ),
        Decoding(options.fps, options.stride, options.damaged, threads),
        finder=partial(_make_finder, options),
        people=[use.make for use in options.people],
        model=None if one_stage else options.pose.make,
        keep_boxes=options.keep_boxes,
    )


def _make_finder(options: VideoPoseOptions) -> Finder:
    from skelconv_video.finders import ByBoxes, ByDetector, ByPoseModel

    if options.detector is not None:
        return ByDetector(options.detector.make(), options.detect_every)
    if options.boxes is not None:
        from skelconv_video.boxes import read_boxes

        return ByBoxes(read_boxes(options.boxes.form, options.boxes.path, options.boxes.sha256))
    return ByPoseModel(options.pose.make())


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer videos."""
    yield SourcePlugin(
        name="video-pose",
        summary="Videos: people by a detector or given boxes, their joints by a pose model",
        options=VideoPoseOptions,
        create=create,
        requires=(("av", "av>=18"),),
        resources=VideoPoseOptions.resources,
        example={
            "root": "data/videos",
            "labels": {"folder": True},
            "detector": {"use": "mmdet", "with": {"weights": "weights/faster_rcnn.pth"}},
            "pose": {"use": "mmpose", "with": {"weights": "weights/hrnet_w32.pth"}},
        },
    )
