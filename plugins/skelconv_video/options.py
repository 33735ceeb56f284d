"""The options of the source ``video-pose``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from skelconv.files import LabelsOption, pattern_with
from skelconv.plugin import (
    Options,
    PathText,
    PoseModelPlugin,
    Resources,
    Sha256,
    TransformPlugin,
    UseDetector,
    UsePoseModel,
    UseSplit,
    UseTransform,
)

if TYPE_CHECKING:
    from skelconv_video.cuts import ClipCut

_Suffix = Annotated[
    str, StringConstraints(pattern=r"^\.[a-z0-9]+$"), Field(examples=[".mp4", ".avi"])
]


_ImagePattern = Annotated[str, AfterValidator(pattern_with("frame"))]


class BoxesOptions(Options):
    """Boxes that are known already."""

    form: Literal["pickle", "csv", "json"] = Field(
        alias="from",
        description="pickle and json: for each clip's id the boxes of each frame, as a list of all "
        "frames or a mapping from their numbers; csv: the columns id, frame, x1, y1, x2, y2 and "
        "optionally score; frames are counted from 0",
    )
    path: PathText = Field(description="The file, or its URL")
    sha256: Sha256 | None = Field(default=None, description="SHA-256 of the file")
    units: Literal["pixels", "fractions"] = Field(
        default="pixels",
        description="What the corners are in: pixels, or fractions of the frame (0 to 1)",
    )


class KineticsCuts(Options):
    """Kinetics' lists."""

    paths: tuple[Path, ...] = Field(
        min_length=1, description="The csv files (youtube_id, time_start, time_end, ...)"
    )
    times: bool = Field(
        default=False, description="Clips' ids are ID_000010_000020, not the video's ID alone"
    )


class CutsOptions(Options):
    """The list that cuts clips out of videos: one of ``csv``, ``kinetics`` and ``finegym``."""

    csv: Path | None = Field(
        default=None,
        description="A csv file with the columns id, video (its path within root, or its name "
        "if ids is name), start and end; an empty cell is the video's own start or end",
    )
    unit: Literal["seconds", "frames"] = Field(
        default="seconds",
        description="Of the csv file's start and end: frames are counted from 0, and both are in "
        "the clip",
    )
    kinetics: KineticsCuts | None = Field(
        default=None,
        description="Kinetics' lists; files may be ID_000010_000020 or whole videos named ID",
    )
    finegym: Path | None = Field(
        default=None,
        description="finegym_annotation_info_v1.1.json; files may be elements, events or whole "
        "videos, with the names that they have there",
    )

    def read(self) -> Iterable[ClipCut]:
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

    root: Path = Field(
        description="The folder of the videos, or of folders of numbered images, nested or not; "
        "or a zip or tar archive of them, which may also lie in a folder; or one video; or a list "
        "of files, as under files"
    )
    files: Path | None = Field(
        default=None,
        description="A list of the files, with paths from root: a csv file with the column path "
        "and optionally label and id, or a text with PATH, PATH LABEL or, for folders of images, "
        "PATH FRAMES LABEL in each line; by default all files are taken",
    )
    suffixes: tuple[_Suffix, ...] | None = Field(
        default=None,
        min_length=1,
        description="Endings of videos or images; other files are not part of the data. By default "
        "those of all videos and images that can be decoded",
    )
    images: _ImagePattern | None = Field(
        default=None,
        description="A regular expression with the group frame, searched for in names of images: "
        "the number by which they are ordered; others are not part of the data. By default all "
        "images of a folder whose names differ in one number",
    )
    image_fps: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="How many images there are in a second, where frames are chosen by time (fps, "
        "cuts)",
    )
    ids: Literal["path", "name"] = Field(
        default="path",
        description="What a clip's id is: its path within root without the ending, or the last "
        "part of that",
    )
    strip: str = Field(
        default="", description="An ending of names that is left out of ids, such as _rgb"
    )
    labels: LabelsOption = None
    cuts: CutsOptions | None = Field(
        default=None,
        description="The list that cuts clips out of videos: your own csv file, kinetics or "
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
        description="Frames per second: at each multiple of 1/fps the frame that is displayed "
        "then; by default every frame as it is stored",
    )
    stride: int = Field(default=1, ge=1, description="Every n-th of these frames")
    damaged: Literal["refuse", "keep"] = Field(
        default="refuse",
        description="What to do with videos that end early or have frames that cannot be decoded: "
        "quarantine them, or keep the frames that there are",
    )
    decode_threads: int | None = Field(
        default=None,
        ge=0,
        le=64,
        description="Threads of the decoder, 0 being one per core; by default as many as the "
        "models have, and one per core for a worker with a GPU. Damaged videos are decoded again "
        "with one, so that the frames are the same",
    )
    detector: UseDetector | None = Field(default=None, description="The detector of people")
    detect_every: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Detect people in every n-th frame only; between two of these frames boxes are "
        "interpolated, and after the last they are kept",
    )
    boxes: BoxesOptions | None = Field(
        default=None, description="Boxes that are known already, instead of a detector"
    )
    people: tuple[UseTransform, ...] = Field(
        default=(),
        description="Transforms of the people that were detected, before their joints are "
        "estimated: they choose whose joints to estimate; by default all. Before track-people a "
        "row is not one person over time: the highest score of each frame comes first",
    )
    pose: UsePoseModel = Field(description="The pose model")
    keep_boxes: bool = Field(
        default=False, description="Keep boxes and their scores, as fields bbox and bbox_score"
    )

    @model_validator(mode="after")
    def _people_come_from_one_place(self) -> Self:
        if not hasattr(self, "pose"):
            return self
        descriptor = self.pose.descriptor
        places = (self.detector is not None) + (self.boxes is not None)
        if isinstance(descriptor, PoseModelPlugin) and descriptor.one_stage:
            if places:
                raise ValueError(
                    f"{self.pose.use} finds people itself: leave out 'detector' and 'boxes', as "
                    "--set source.with.detector= does"
                )
        elif places != 1:
            raise ValueError(
                f"{self.pose.use} needs boxes: name 'detector' or 'boxes'"
                + (", not both" if places else "")
            )
        else:
            for use in self.people:
                transform = use.descriptor
                if not (
                    isinstance(transform, TransformPlugin) and transform.is_on_boxes(use.options)
                ):
                    raise ValueError(
                        f"{use.use} does not work on boxes alone with these options, and under "
                        "'people' joints are not known yet: put it under 'transforms'"
                    )
        self.resources()  # raises where detector and pose model cannot be in one worker
        if self.detect_every > 1 and self.detector is None:
            raise ValueError("'detect_every' is for a detector")
        return self

    def on_appearance(self) -> bool:
        """Return whether a transform under ``people`` compares what people look like."""
        return any(
            isinstance(use.descriptor, TransformPlugin)
            and use.descriptor.is_on_appearance(use.options)
            for use in self.people
        )

    def resources(self) -> Resources:
        """Return what a worker needs for the models."""
        uses = (self.detector, self.pose)
        return Resources.together([use.resources() for use in uses if use is not None])
