"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from skelconv.plugin import Options, TransformPlugin, hookimpl

if TYPE_CHECKING:
    from skelconv import Clip

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


def _create_filter(options: FilterBoxesOptions) -> Callable[[Clip], Clip]:
    from functools import partial

    from skelconv_people.choosing import filter_boxes

    return partial(filter_boxes, min_score=options.min_score, min_area=options.min_area)


def _create_filter_people(options: FilterPeopleOptions) -> Callable[[Clip], Clip]:
    from functools import partial

    from skelconv_people.choosing import filter_people

    return partial(
        filter_people,
        region=options.region,
        min_motion=options.min_motion,
        min_frames=options.min_frames,
    )


def _create_track(options: TrackPeopleOptions) -> Callable[[Clip], Clip]:
    from skelconv_people.similarity import ByBoxes, ByJoints, Similarity
    from skelconv_people.tracking import track_people

    similarity: type[Similarity] = ByBoxes if options.by == "boxes" else ByJoints
    return lambda clip: track_people(
        clip,
        similarity(clip),
        min_similarity=options.min_similarity,
        max_age=options.max_age,
        min_frames=options.min_frames,
    )


def _create_join(options: JoinTracksOptions) -> Callable[[Clip], Clip]:
    from skelconv_people.appearance import appearance_in
    from skelconv_people.joining import join_tracks
    from skelconv_people.similarity import ByBoxes

    return lambda clip: join_tracks(
        clip,
        ByBoxes(clip),
        max_gap=options.max_gap,
        min_similarity=options.min_similarity,
        appearance=appearance_in(clip) if options.appearance else None,
    )


def _create_keep(options: KeepPeopleOptions) -> Callable[[Clip], Clip]:
    from functools import partial

    from skelconv_people.choosing import keep_people

    return partial(keep_people, keep=options.keep, by=options.by)


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the transforms of people."""
    yield TransformPlugin(
        name="filter-boxes",
        summary="Leave out people whose boxes score low or are small, frame by frame",
        options=FilterBoxesOptions,
        on_boxes=True,
        create=_create_filter,
        example={"min_score": 0.5, "min_area": 1000},
    )
    yield TransformPlugin(
        name="track-people",
        summary="Link people over frames by their boxes or their joints: a row for each person",
        options=TrackPeopleOptions,
        on_boxes=lambda options: options.by == "boxes",
        create=_create_track,
        example={"by": "boxes", "min_similarity": 0.3, "max_age": 30},
    )
    yield TransformPlugin(
        name="join-tracks",
        summary="Join tracks of a person who was hidden, by motion, size and, on video, colours",
        options=JoinTracksOptions,
        on_boxes=True,
        on_appearance=lambda options: options.appearance,
        create=_create_join,
        example={"max_gap": 60},
    )
    yield TransformPlugin(
        name="filter-people",
        summary="Leave out people who do not move, are elsewhere or are there for a short time",
        options=FilterPeopleOptions,
        on_boxes=True,
        create=_create_filter_people,
        example={"min_motion": 0.03, "region": [0.1, 0, 0.9, 1]},
    )
    yield TransformPlugin(
        name="keep-people",
        summary="Keep the largest, most central, best, longest seen or most moving people",
        options=KeepPeopleOptions,
        on_boxes=True,
        create=_create_keep,
        example={"keep": 2, "by": "centre"},
    )
