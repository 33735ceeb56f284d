from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field
from skelconv_ntu import filters
from skelconv_ntu.filters import Body


def body(frame: list[int] | range, person: int = 0, motion: float = 0) -> Body:
    rng = np.random.default_rng(person)
    keypoint = rng.normal(size=(len(frame), 25, 3)).astype(np.float32)
    return Body(person, np.array(frame, np.intp), keypoint, np.float32(motion))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 300), st.floats(-4, 3))
def test_motion_is_to_the_bit_what_numpy_makes_of_the_peers_expression(seed, frames, scale):
    rng = np.random.default_rng(seed)
    joints = 10**scale * rng.normal(size=(frames, 25, 3)) + 3 * rng.normal(size=3)
    keypoint = joints.astype(np.float32)
    theirs = np.sum(np.var(np.vstack(list(keypoint)), axis=0))
    ours = filters.motion_of(keypoint)
    assert ours.dtype == theirs.dtype == np.float32
    assert ours.tobytes() == theirs.tobytes()


def box(width: float, height: float) -> np.ndarray:
    keypoint = np.zeros((1, 25, 3), np.float32)
    keypoint[0, 3, 0], keypoint[0, 4, 1] = width, -height
    return keypoint


@pytest.mark.parametrize(
    ("width", "height", "narrow"),
    [(0.75, 1, True), (1, 1, False), (0, 0, True), (4, 5, True), (4 + 2**-20, 5, False)],
)
def test_a_body_is_narrow_up_to_four_fifths_of_its_height(width, height, narrow):
    assert filters.are_narrow(box(width, height)).tolist() == [narrow]


def test_four_fifths_of_a_height_are_not_rounded_to_float32():
    # The float32 next to 0.8 is above it: with all in float32 this would be narrow.
    assert float(np.float32(0.8)) > 0.8
    assert filters.are_narrow(box(np.float32(0.8), 1)).tolist() == [False]


def spread(bad: int, frames: int) -> Body:
    keypoint = np.repeat(box(0.5, 1), frames, axis=0)
    keypoint[:bad, 3, 0] = 9
    return Body(0, np.arange(frames), keypoint).moving()


@pytest.mark.parametrize(("bad", "kept"), [(0, True), (69, True), (70, False), (100, False)])
def test_a_body_with_a_share_of_bad_frames_is_noise(bad, kept):
    assert bool(filters.not_wide([spread(bad, 100)])) == kept


def test_bad_frames_do_not_count_for_the_motion():
    (kept,) = filters.not_wide([spread(40, 100)])
    assert kept.motion == spread(0, 60).motion < spread(40, 100).motion


def test_more_than_eleven_frames():
    short, long = body(range(11)), body(range(12))
    assert filters.lasting([short, long]) == [long]
    assert filters.lasting([short, long], longer_than=10) == [short, long]


def test_by_motion():
    bodies = [body([0], motion=motion) for motion in (1, 3, 1, 2)]
    assert filters.by_motion(bodies) == [bodies[1], bodies[3], bodies[0], bodies[2]]


def test_the_first_body_is_kept_however_it_moves():
    bodies = [body([0], motion=motion) for motion in (9, 2.5, 1.5, 0.05)]
    assert filters.within_motion(bodies) == [bodies[0], bodies[2]]
    assert filters.within_motion([]) == []


def test_nobody_left():
    everybody = [body([0]), body([1])]
    assert filters.any_of(everybody[:1], everybody, "all short", mend=True) == everybody[:1]
    assert filters.any_of([], everybody, "all short", mend=True) == everybody
    with pytest.raises(ClipError, match="all short; 'mend: true' would keep them"):
        filters.any_of([], everybody, "all short", mend=False)


frames = st.sets(st.integers(0, 12), min_size=1).map(sorted)


@given(st.lists(frames, max_size=6))
def test_packed_by_frame_nobody_overlaps_and_nobody_is_lost_without_need(presences):
    bodies = [body(frames, person) for person, frames in enumerate(presences)]
    packed = filters.pack_by_frame(bodies)
    for track in packed:
        for one, other in combinations(track, 2):
            assert set(one.frame.tolist()).isdisjoint(other.frame.tolist())
    there = filters.occupied(packed, 13)
    for lost in set(range(len(bodies))) - {one.person for track in packed for one in track}:
        assert all(track[bodies[lost].frame].any() for track in there)
    tracks = filters.place(packed, 13, mend=True)
    for track, bodies_on_it in zip(tracks, packed, strict=True):
        for one in bodies_on_it:
            np.testing.assert_array_equal(track[one.frame], one.keypoint)


@given(st.lists(frames, max_size=6), st.integers(0, 2))
def test_packed_by_interval_bodies_share_at_most_the_frames_that_they_may(presences, overlap):
    bodies = [body(frames, person) for person, frames in enumerate(presences)]
    packed = filters.pack(bodies, overlap=overlap)
    assert sum(map(len, packed)) >= min(2, len(bodies))
    for track in packed:
        for one, other in combinations(track, 2):
            spans = [set(range(b.frame[0], filters.stop_of(b))) for b in (one, other)]
            assert len(spans[0] & spans[1]) <= overlap


def test_what_is_between_two_intervals_is_taken():
    bodies = [body(span, n) for n, span in enumerate([range(3), range(7, 9), range(4, 6)])]
    assert filters.pack(bodies) == [bodies[:2], bodies[2:]]
    assert filters.pack(bodies, tracks=1) == [bodies[:2]]


def test_the_second_track_is_taken_from_frame_0():
    bodies = [body(span, n) for n, span in enumerate([range(9), range(5, 9), range(3)])]
    assert filters.pack(bodies) == [bodies[:1], bodies[1:2]]
    assert filters.pack_by_frame(bodies) == [bodies[:1], bodies[1:]]


def test_presence_by_slot_or_by_zeros():
    keypoint = np.zeros((1, 3, 25, 3))
    keypoint[0, 1, 7, 2] = 0.5
    clip = Clip("x", keypoint, "ntu25")
    assert filters.presence(clip).tolist() == [[False, True, False]]
    slot = Field(np.array([[0, 1, -1]], np.int16), "MT")
    assert filters.presence(clip.replace(fields={"slot": slot})).tolist() == [[True, True, False]]
