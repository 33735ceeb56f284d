"""The options of the transforms."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from skelconv.plugin import LayoutName, Options, PathText

Joints = tuple[NonNegativeInt, NonNegativeInt]
ImageSize = tuple[PositiveInt, PositiveInt]
# From the left, so that digits are a number.
LabelOrName = Annotated[
    NonNegativeInt | Annotated[str, StringConstraints(min_length=1)],
    Field(union_mode="left_to_right"),
]


class SelectPersonsOptions(Options):
    """Options of ``select-persons``."""

    keep: PositiveInt = Field(description="How many persons to keep, the highest first")
    by: Literal["energy", "score", "area", "length"] = Field(
        description="What to compare: the spread of a person's coordinates, the mean score, the "
        "mean area of the box around the keypoints, or the number of frames a person is in"
    )


class PadOptions(Options):
    """Options of ``pad``."""

    length: PositiveInt = Field(description="Frames; longer clips stay as they are")
    mode: Literal["zero", "edge"] = Field(
        default="zero", description="What to add at the end: zeros, or the last frame again"
    )


class LoopOptions(Options):
    """Options of ``loop``."""

    length: PositiveInt = Field(description="Frames; longer clips stay as they are")


class CropOptions(Options):
    """Options of ``crop``."""

    length: PositiveInt = Field(description="Frames; shorter clips stay as they are")
    position: Literal["start", "center", "random"] = Field(
        default="start", description="Where to cut; random depends on seed and id alone"
    )
    seed: int = Field(default=0, description="For random")


class ResampleOptions(Options):
    """Options of ``resample``."""

    length: PositiveInt | None = Field(
        default=None, description="The number of frames, evenly from the first to the last"
    )
    fps: float | None = Field(
        default=None, ge=0.1, le=1000, description="Or the frames per second; needs source_fps"
    )
    source_fps: float | None = Field(
        default=None, ge=0.1, le=1000, description="The frames per second of the clips as they are"
    )
    method: Literal["linear", "nearest"] = Field(
        default="linear", description="What is between two frames: a line, or the nearer frame"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        rates = (self.fps is not None, self.source_fps is not None)
        if any(rates) != all(rates) or any(rates) == (self.length is not None):
            raise ValueError("give either length, or fps and source_fps")
        return self


class InterpolateGapsOptions(Options):
    """Options of ``interpolate-gaps``."""

    method: Literal["linear", "pchip"] = Field(
        default="linear", description="A line, or a monotone cubic"
    )
    max_gap: PositiveInt | None = Field(
        default=None, description="Maximum length of a gap to fill, in frames; any by default"
    )
    min_score: float = Field(
        default=0.0, description="Keypoints with a lower score count as missing"
    )


class SmoothOptions(Options):
    """Options of ``smooth``."""

    window: PositiveInt = Field(default=7, description="Frames of each fit; odd")
    degree: NonNegativeInt = Field(default=2, description="Of the polynomials; less than window")

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.window % 2 == 0:
            raise ValueError("window must be odd")
        if self.degree >= self.window:
            raise ValueError("degree must be less than window")
        return self


class OneEuroOptions(Options):
    """Options of ``one-euro``."""

    fps: PositiveFloat = Field(description="Frames per second")
    min_cutoff: PositiveFloat = Field(
        default=1.0, description="Cut-off frequency at rest, in Hz: a lower one has less jitter"
    )
    beta: float = Field(
        default=0.0,
        ge=0,
        description="How much speed raises it, in Hz for a pixel (or metre) per second: a higher "
        "one has less lag",
    )
    derivative_cutoff: PositiveFloat = Field(
        default=1.0, description="Cut-off frequency of the speed, in Hz"
    )


class PreNormalize3DOptions(Options):
    """Options of ``pre-normalize-3d``."""

    zaxis: Joints = Field(
        default=(0, 1), description="Keypoints at the lower and the upper end of the spine"
    )
    xaxis: Joints = Field(default=(8, 4), description="Keypoints of the right and left shoulder")
    align_center: bool = Field(default=True, description="Put the spine at the origin")
    align_spine: bool = Field(default=True, description="Turn the spine to the z axis")
    align_shoulder: bool = Field(default=True, description="Turn the shoulders to the x axis")


class PreNormalize2DOptions(Options):
    """Options of ``pre-normalize-2d``."""

    img_shape: ImageSize | None = Field(
        default=None, description="Height and width for clips without an image size"
    )


class ScaleToOptions(Options):
    """Options of ``scale-to``."""

    img_shape: ImageSize = Field(description="Height and width")


class FilterLabelOptions(Options):
    """Options of ``filter-label``."""

    keep: tuple[LabelOrName, ...] | None = Field(
        default=None, min_length=1, description="Only these classes: numbers from 0, or names"
    )
    drop: tuple[LabelOrName, ...] | None = Field(
        default=None, min_length=1, description="Or all classes but these"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.keep is None) == (self.drop is None):
            raise ValueError("give either keep or drop")
        return self


class FilterListOptions(Options):
    """Options of ``filter-list``."""

    csv: PathText = Field(
        description="A csv file with a column id, such as the marks of skelconv view"
    )
    keep: bool = Field(default=False, description="Keep these clips alone; by default leave out")


class FilterLengthOptions(Options):
    """Options of ``filter-length``."""

    min_frames: NonNegativeInt = Field(default=1, description="Minimum number of frames")
    max_frames: NonNegativeInt | None = Field(
        default=None, description="Maximum number of frames; any by default"
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.max_frames is not None and self.max_frames < self.min_frames:
            raise ValueError("max_frames is less than min_frames")
        return self


class FilterScoreOptions(Options):
    """Options of ``filter-score``."""

    min_score: float = Field(description="Minimum mean score of the keypoints that are there")


class RelabelOptions(Options):
    """Options of ``relabel``."""

    mapping: dict[LabelOrName, NonNegativeInt] | None = Field(
        default=None,
        description="New label of each old one, such as {5: 0, 7: 1}, or of each class, such as "
        "{jump: 0, run: 1}",
    )
    csv: PathText | None = Field(
        default=None,
        description="Or a csv file with the columns old, a label or the name of a class, and new",
    )
    missing: Literal["refuse", "keep", "drop"] = Field(
        default="refuse",
        description="What to do about labels without a new one: quarantine the clip, keep the "
        "label, or drop it",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.mapping is None) == (self.csv is None):
            raise ValueError("give either mapping or csv")
        return self


class RenumberOptions(Options):
    """Options of ``renumber``."""

    labels: tuple[LabelOrName, ...] | None = Field(
        default=None,
        description="The old labels, or the names of classes, in the order of their new numbers; "
        "by default all that clips have, in ascending order",
    )


class CastOptions(Options):
    """Options of ``cast``."""

    dtype: Literal["float16", "float32", "float64"] = Field(
        description="For keypoint and keypoint_score"
    )


class ToPixelsOptions(Options):
    """Options of ``to-pixels``."""

    units: Literal["fractions", "signed-fractions"] = Field(
        description="What the coordinates are: fractions of the image, from 0 to 1, or "
        "signed-fractions, from -1 to 1"
    )
    img_shape: ImageSize | None = Field(
        default=None, description="Height and width for clips without an image size"
    )


class SelectJointsOptions(Options):
    """Options of ``select-joints``."""

    joints: list[str] = Field(
        default=["*"],
        min_length=1,
        description="Joints to keep, in this order: names, patterns such as left_*, or groups: "
        "body, hands, left_hand, right_hand, feet, face",
    )
    without: list[str] = Field(
        default=[], description="Joints to leave out of these, in the same words"
    )
    name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$",
        examples=["my-hands"],
        description="The name of the layout that they are; by default that of a known layout with "
        "these joints in this order, or the old name and the number of joints",
    )


class MergeJointsOptions(Options):
    """Options of ``merge-joints``."""

    path: PathText = Field(description="The other dataset, in any format that is read")
    read: dict[str, Any] = Field(default={}, description="Options of its reader")
    parents: dict[str, str] = Field(
        default={},
        description="The parents of its joints among the clips' own; by default hands are at "
        "wrists",
    )
    name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$",
        examples=["body-and-hands"],
        description="The name of the layout that both are; by default that of a known layout with "
        "these joints in this order, or both names",
    )
    missing: Literal["refuse", "zero"] = Field(
        default="refuse",
        description="Whether a clip that the other dataset lacks fails or gets zeros",
    )


class MapLayoutOptions(Options):
    """Options of ``map-layout``."""

    to: LayoutName = Field(
        description="Name of a layout, such as coco17. Left stays left as the clip's layout has "
        "it: ntu25 has Kinect's, which is right to a model that finds joints in NTU's videos",
    )
    missing: Literal["refuse", "zero"] = Field(
        default="refuse",
        description="What to do about joints without a counterpart: quarantine the clip, or "
        "leave them empty",
    )
