"""The options of the transforms that make many clips of one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from skelconv.plugin import Options


class WindowsOptions(Options):
    """Options of ``windows``."""

    length: PositiveInt = Field(description="The number of frames of a window")
    stride: PositiveInt | None = Field(
        default=None,
        description="The number of frames from the start of a window to that of the next; by "
        "default the length, so that no two share a frame",
    )
    tail: Literal["drop", "pad", "keep"] = Field(
        default="drop",
        description="What becomes of frames behind the last whole window: drop; pad, one more "
        "window with zeros behind them; or keep, one more window that is shorter",
    )


class _LabelTable(Options):
    """A csv file with labels for clips that are made."""

    strip: str = Field(
        default="",
        description="An ending of the names in the csv file that is left out of ids, such as .mp4",
    )
    classes: tuple[str, ...] | Path = Field(
        default=(),
        description="The classes' names in the order of labels, or a file with one a line; by "
        "default those of the source, where it has these names, or else the names in the csv "
        "file, sorted",
    )
    first: NonNegativeInt = Field(
        default=0, description="The number of the first class, for labels that are numbers"
    )


class SegmentsOptions(_LabelTable):
    """Options of ``segments``."""

    csv: Path = Field(
        description="A csv file with the columns id, start and end, and, where they are wanted, "
        "label (a number or the class's name) and person. An empty start or end is that of the "
        "recording"
    )
    unit: Literal["frames", "seconds"] = Field(
        default="frames", description="What start and end are; seconds need fps"
    )
    fps: float | None = Field(
        default=None, ge=0.1, le=1000, description="The frames per second of all recordings"
    )
    end: Literal["excluded", "included"] = Field(
        default="excluded",
        description="Whether the frame with the number of the end is in the segment; for frames",
    )
    first_frame: Literal[0, 1] = Field(
        default=0, description="The number of a recording's first frame in the csv file"
    )
    beyond: Literal["refuse", "cut"] = Field(
        default="refuse",
        description="A segment that ends behind the recording is quarantined, or ends with it",
    )
    several: bool = Field(
        default=False,
        description="Whether a segment may be there with several labels, a row for each: the "
        "clip has all of them",
    )

    @model_validator(mode="after")
    def _of_one_unit(self) -> Self:
        if (self.unit == "seconds") != (self.fps is not None):
            raise ValueError("fps is needed for seconds, and for nothing else")
        if self.unit == "seconds" and (self.end == "included" or self.first_frame):
            raise ValueError("end and first_frame are for frames: a time is between two of them")
        return self


class SplitPeopleOptions(_LabelTable):
    """Options of ``split-people``."""

    csv: Path | None = Field(
        default=None,
        description="A csv file with the columns id, person and label, for people with labels of "
        "their own; by default each has that of the recording",
    )
    missing: Literal["refuse", "drop"] = Field(
        default="refuse",
        description="People whom the csv file does not have are quarantined, or dropped",
    )
