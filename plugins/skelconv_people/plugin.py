"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import TransformPlugin, hookimpl

if TYPE_CHECKING:
    from skelconv import Clip
    from skelconv_people.options import (
        FilterBoxesOptions,
        FilterPeopleOptions,
        JoinTracksOptions,
        KeepPeopleOptions,
        TrackPeopleOptions,
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
    from skelconv_people.options import (
        FilterBoxesOptions,
        FilterPeopleOptions,
        JoinTracksOptions,
        KeepPeopleOptions,
        TrackPeopleOptions,
    )

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
