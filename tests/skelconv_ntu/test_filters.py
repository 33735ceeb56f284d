import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ntu import body

from skelconv import Clip, ClipError, Field
from skelconv_ntu import filters
from skelconv_ntu.filters import Body


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
    return Body(0, np.arange(frames), keypoint, np.arange(frames)).moving()


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


def test_no_body_left():
    bodies = [body([0]), body([1])]
    assert filters.any_of(bodies[:1], bodies, "all short", repair=True) == bodies[:1]
    assert filters.any_of([], bodies, "all short", repair=True) == bodies
    with pytest.raises(ClipError, match="all short; 'repair: true' would keep them"):
        filters.any_of([], bodies, "all short", repair=False)


def test_presence_by_slot_or_by_zeros():
    keypoint = np.zeros((1, 3, 25, 3))
    keypoint[0, 1, 7, 2] = 0.5
    clip = Clip("x", keypoint, "ntu25")
    assert filters.presence(clip).tolist() == [[False, True, False]]
    slot = Field(np.array([[0, 1, -1]], np.int16), "MT")
    assert filters.presence(clip.replace(fields={"slot": slot})).tolist() == [[True, True, False]]
