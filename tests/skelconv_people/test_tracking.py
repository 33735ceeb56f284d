"""People followed from frame to frame: those who move fast, and what does not depend on order."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.boxes import Box, around, clip_of, members

from skelconv import Clip
from skelconv_people import plugin


def follow(clip: Clip, **options: object) -> Clip:
    descriptor = next(d for d in plugin.skelconv_transforms() if d.name == "track-people")
    transform: Callable[[Clip], Clip] = descriptor.create(descriptor.options(**options))
    return transform(clip)


def similarity(one: Box, other: Box) -> float:
    """The similarity of two boxes, from its definition."""
    (w, h), (v, g) = ((b[2] - b[0], b[3] - b[1]) for b in (one, other))
    x, y = ((one[i] + one[i + 2] - other[i] - other[i + 2]) / 2 for i in (0, 1))
    side = ((w + v) / 2 * (h + g) / 2) ** 0.5
    sizes = min(w, v) / max(w, v) * min(h, g) / max(h, g)
    return sizes / (1 + (x * x + y * y) / (side / 2) ** 2)


def matchings(rows: int, columns: int) -> Iterator[list[tuple[int, int]]]:
    """Yield all ways to pair some rows with some columns."""
    for count in range(min(rows, columns) + 1):
        for some in itertools.combinations(range(rows), count):
            for others in itertools.permutations(range(columns), count):
                yield list(zip(some, others, strict=True))


boxes = st.builds(
    around,
    st.floats(0, 150, width=16),
    st.floats(0, 150, width=16),
    st.floats(30, 60, width=16),
    st.floats(60, 140, width=16),
)


@given(
    st.lists(boxes, min_size=1, max_size=4, unique=True),
    st.lists(boxes, min_size=1, max_size=4, unique=True),
)
def test_the_best_pairs_are_made_first_of_all_ways_to_pair(
    first: list[Box], second: list[Box]
) -> None:
    """That is the way whose similarities, the highest first, are the highest."""
    ways = [
        (sorted((similarity(first[i], second[j]) for i, j in pairs), reverse=True), pairs)
        for pairs in matchings(len(first), len(second))
    ]
    best, expected = max(way for way in ways if all(value >= 0.3 for value in way[0]))
    if sum(way[0] == best for way in ways) > 1:
        return  # equal pairs: either is right
    result = follow(clip_of([first, second]))
    found = [pair for pair in members(result) if len(pair) == 2]
    assert found == [[i + 1, len(first) + j + 1] for i, j in sorted(expected)]


@st.composite
def scenes(draw: st.DrawFn) -> list[list[Box]]:
    """Draw people who walk about and are sometimes not seen, close to each other."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    people, frames = draw(st.integers(1, 5)), draw(st.integers(1, 15))
    start, speed = rng.uniform(0, 400, (people, 2)), rng.normal(0, 15, (people, 2))
    places = start[:, None] + speed[:, None] * np.arange(frames)[:, None]
    places += rng.normal(0, 2, places.shape)
    seen = rng.random((people, frames)) < 0.8
    return [
        [around(*places[m, t].tolist()) for m in range(people) if seen[m, t]] for t in range(frames)
    ]


@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_boxes_in_a_frame_changes_no_track(scene, random) -> None:  # type: ignore[no-untyped-def]
    if not any(scene):
        return
    order = [random.sample(range(len(frame)), len(frame)) for frame in scene]
    shuffled = [[frame[i] for i in new] for frame, new in zip(scene, order, strict=True)]
    found = follow(clip_of(scene)), follow(clip_of(shuffled))
    lefts = [
        {tuple(row.tolist()) for row in clip.fields["bbox"].values.reshape(clip.num_person, -1)}
        for clip in found
    ]
    assert lefts[0] == lefts[1]


@given(scenes())
def test_each_box_is_in_one_track(scene: list[list[Box]]) -> None:
    if not any(scene):
        return
    result = follow(clip_of(scene))
    assert sorted(itertools.chain(*members(result))) == [*range(1, sum(map(len, scene)) + 1)]
    ids = result.fields["track_id"].values.tolist()
    assert len(set(ids)) == result.num_person


def passing(seed: int, speed: float) -> tuple[Clip, dict[int, int]]:
    """Return two people who pass each other, and who is which box.

    Boxes tremble by 1 % to 2 %, and after the first frames one in ten is not seen.
    """
    rng = np.random.default_rng(seed)
    frames: list[list[Box]] = []
    who: list[int] = []
    for t in range(24):
        places = [(100 + speed * t, 300), (100 + speed * (23.5 - t), 340)]
        people = [m for m in rng.permutation(2).tolist() if t < 4 or rng.random() < 0.9]
        frames.append([around(*(places[m] + rng.normal(0, 1, 2)).tolist()) for m in people])
        who += people
    return clip_of(frames), dict(enumerate(who, 1))


@pytest.mark.parametrize("seed", range(10))
def test_people_who_move_by_more_than_their_width_each_frame_are_followed(seed: int) -> None:
    """As people who walk do at 3 frames a second."""
    clip, person = passing(seed, speed=44)
    tracks = members(follow(clip))
    assert [{person[box] for box in track} for track in tracks] in ([{0}, {1}], [{1}, {0}])


@pytest.mark.parametrize("seed", range(10))
def test_joints_are_compared_where_a_track_has_gone_on_to(seed: int) -> None:
    """People of one pose: in two frames without one of them nothing but the motion tells."""
    clip, person = passing(seed, speed=8)
    body = np.random.default_rng(0).uniform(-0.5, 0.5, (17, 2)) * (40, 100)
    table = clip.fields["bbox"].values
    joints = (table[:, :, None, :2] + table[:, :, None, 2:]) / 2 + body
    joints *= clip.fields["bbox_score"].values[..., None, None] > 0
    clip = clip.replace(keypoint=joints.astype(np.float32)).without("bbox", "bbox_score")
    tracks = members(follow(clip, by="joints", min_similarity=0.25))
    assert [{person[box] for box in track} for track in tracks] in ([{0}, {1}], [{1}, {0}])


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(2, 20))
def test_people_apart_have_the_same_tracks_backwards(seed: int, people: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    speed = rng.uniform(-12, 12, (people, 2))
    scene = [
        [around(*(np.array([2000 * m, 0]) + speed[m] * t).tolist()) for m in range(people)]
        for t in range(frames)
    ]
    backwards = [row[::-1] for row in follow(clip_of(scene[::-1])).fields["bbox"].values.tolist()]
    assert follow(clip_of(scene)).fields["bbox"].values.tolist() == backwards


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_box_that_is_nowhere_is_nobody(wrong: float) -> None:
    scene = [[around(100 + t, 200), around(wrong if t == 2 else 400, 200)] for t in range(5)]
    tracks = members(follow(clip_of(scene)))
    assert tracks == [[1, 3, 5, 7, 9], [2, 4, 8, 10]]
