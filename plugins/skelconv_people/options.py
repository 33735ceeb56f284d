"""Options of the transforms of people."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from skelconv.plugin import Options

Fraction = Annotated[float, Field(ge=0, le=1)]


class FilterBoxesOptions(Options):
    """Options of ``filter-boxes``."""

    min_score: float = Field(default=0, ge=0, le=1, description="The minimum score of a box")
    min_area: float = Field(
        default=0, ge=0, description="The minimum area of a box, in square pixels"
    )


class TrackPeopleOptions(Options):
    """Options of ``track-people``."""

    by: Literal["boxes", "joints"] = Field(
        default="boxes",
        description="What is compared: boxes, their distance and sizes; joints, their distance in "
        "2D (OKS), which can be used only under 'transforms'",
    )
    min_similarity: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="The minimum similarity of a person and a track that has gone on as it did: "
        "of boxes of one size 0.5 at half of their size from each other, 0.2 at all of it; "
        "of joints the OKS",
    )
    max_age: int = Field(
        default=30, ge=0, description="The maximum number of frames that a track can skip"
    )
    min_frames: int = Field(
        default=1, ge=1, description="Leave out people in fewer frames than this"
    )


class JoinTracksOptions(Options):
    """Options of ``join-tracks``."""

    max_gap: int = Field(
        default=60, ge=0, description="The maximum number of frames between two tracks of a person"
    )
    min_similarity: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="The minimum similarity of the end of one track and the beginning of the "
        "other, as track-people measures it by boxes; a sixth of it for people who look alike",
    )
    appearance: bool = Field(
        default=True,
        description="Under 'people', where frames are at hand, compare also the colours of people",
    )


class FilterPeopleOptions(Options):
    """Options of ``filter-people``."""

    region: tuple[Fraction, Fraction, Fraction, Fraction] | None = Field(
        default=None,
        description="Left, top, right and bottom in fractions of the frame: the centre of a "
        "person must be in it in at least half of the frames that the person is in",
    )
    min_motion: float = Field(
        default=0,
        ge=0,
        description="The minimum motion: how far joints, or without joints the corners of boxes, "
        "are from their mean places, in sizes of the person. That of a poster is near 0",
    )
    min_frames: int = Field(
        default=1, ge=1, description="Leave out people in fewer frames than this"
    )

    @model_validator(mode="after")
    def _region_has_an_inside(self) -> Self:
        if self.region is not None:
            left, top, right, bottom = self.region
            if left >= right or top >= bottom:
                raise ValueError(
                    "region must be left, top, right, bottom, with left < right and top < bottom"
                )
        return self


class KeepPeopleOptions(Options):
    """Options of ``keep-people``."""

    keep: int = Field(ge=1, description="How many at most")
    by: Literal["area", "centre", "score", "length", "total_score", "motion"] = Field(
        description="Those with the largest boxes, nearest to the centre of the frame or with the "
        "highest scores, as a mean over the frames that a person is in; those in the most frames; "
        "those with the largest sum of scores, which is length and score together; or those who "
        "move most, as filter-people measures it"
    )
