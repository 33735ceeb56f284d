"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from skelconv import Options, TransformPlugin, hookimpl

if TYPE_CHECKING:
    from skelconv import Clip


class FilterBoxesOptions(Options):
    """Options of ``filter-boxes``."""

    min_score: float = Field(default=0, ge=0, le=1, description="Leave out boxes that score less")
    min_area: float = Field(default=0, ge=0, description="Leave out smaller ones, in square pixels")


class TrackPeopleOptions(Options):
    """Options of ``track-people``."""

    by: Literal["iou", "oks"] = Field(
        default="iou",
        description="What tells a person: iou, the overlap of boxes; oks, the nearness of joints "
        "in 2D, which can be used under 'transforms' alone",
    )
    least: float = Field(
        default=0.3, gt=0, le=1, description="The least IoU or OKS with where a person was last"
    )
    lost: int = Field(
        default=10, ge=0, description="Frames for which a person may be lost, and be the same"
    )
    min_frames: int = Field(
        default=1, ge=1, description="Leave out who is in fewer frames than this"
    )


class KeepPeopleOptions(Options):
    """Options of ``keep-people``."""

    keep: int = Field(ge=1, description="How many at most")
    by: Literal["area", "centre", "score", "length"] = Field(
        description="The largest, those nearest to the middle of the frame, the highest scores (in "
        "the mean over the frames that a person is in), or those in the most frames"
    )


def create_filter(options: FilterBoxesOptions) -> Callable[[Clip], Clip]:
    """Make the transform ``filter-boxes``."""
    from functools import partial

    from skelconv_people.choice import filter_boxes

    return partial(filter_boxes, min_score=options.min_score, min_area=options.min_area)


def create_track(options: TrackPeopleOptions) -> Callable[[Clip], Clip]:
    """Make the transform ``track-people``."""
    from skelconv_people.likeness import ByBoxes, ByJoints, Likeness
    from skelconv_people.tracking import track_people

    likeness: type[Likeness] = ByBoxes if options.by == "iou" else ByJoints
    return lambda clip: track_people(
        clip,
        likeness(clip),
        least=options.least,
        lost=options.lost,
        min_frames=options.min_frames,
    )


def create_keep(options: KeepPeopleOptions) -> Callable[[Clip], Clip]:
    """Make the transform ``keep-people``."""
    from functools import partial

    from skelconv_people.choice import keep_people

    return partial(keep_people, keep=options.keep, by=options.by)


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer what is done with people's boxes."""
    yield TransformPlugin(
        name="filter-boxes",
        summary="Leave out people whose boxes score low or are small, frame by frame",
        options=FilterBoxesOptions,
        on_boxes=True,
        create=create_filter,
        example={"min_score": 0.5, "min_area": 1000},
    )
    yield TransformPlugin(
        name="track-people",
        summary="Link people over frames by their boxes or their joints: a row for each person",
        options=TrackPeopleOptions,
        on_boxes=lambda options: options.by == "iou",
        create=create_track,
        example={"by": "iou", "least": 0.3, "lost": 10},
    )
    yield TransformPlugin(
        name="keep-people",
        summary="Keep the largest, most central, best or longest seen people, by their boxes",
        options=KeepPeopleOptions,
        on_boxes=True,
        create=create_keep,
        example={"keep": 2, "by": "centre"},
    )
