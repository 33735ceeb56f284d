import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipDropped, ClipError, Field
from skelconv.testing import assert_same_clip, check_transform
from skelconv_transforms import frames

FRAMES = st.integers(1, 12)


def numbered(count, **keywords):
    return clip(frames=count, fields={"number": Field(np.arange(count), "T")}, **keywords)


def numbers(of):
    return of.fields["number"].values.tolist()


@given(empty=st.lists(st.booleans(), min_size=1, max_size=8))
def test_empty_frames_are_dropped_or_marked(empty):
    full = numbered(len(empty), persons=2)
    keypoint = full.keypoint.copy()
    keypoint[:, empty] = 0
    some = full.replace(keypoint=keypoint)
    marked = check_transform(frames.mark_empty_frames, some)
    assert marked.fields["empty_frames"].values.tolist() == empty
    assert_same_clip(marked.without("empty_frames"), some)
    if all(empty):
        with pytest.raises(ClipDropped, match="all its frames are empty"):
            frames.drop_empty_frames(some)
    else:
        dropped = check_transform(frames.drop_empty_frames, some)
        assert numbers(dropped) == [t for t, is_empty in enumerate(empty) if not is_empty]
        assert_same_clip(dropped, some.take("T", numbers(dropped)))


def test_a_frame_with_one_keypoint_of_one_person_is_not_empty():
    keypoint = np.zeros((2, 3, 17, 2), np.float32)
    keypoint[1, 1, 4, 1] = 1
    one = clip().replace(keypoint=keypoint, keypoint_score=None)
    np.testing.assert_array_equal(frames.drop_empty_frames(one).keypoint, keypoint[:, 1:2])


@given(count=FRAMES, length=FRAMES, mode=st.sampled_from(["zero", "edge"]))
def test_pad(count, length, mode):
    short = numbered(count)
    padded = check_transform(lambda one: frames.pad(one, length=length, mode=mode), short)
    assert padded.total_frames == max(count, length)
    assert_same_clip(padded.take("T", slice(count)), short)
    for frame in range(count, length):
        if mode == "zero":
            assert not padded.keypoint[:, frame].any()
            assert not padded.keypoint_score[:, frame].any()
            assert numbers(padded)[frame] == 0
        else:
            assert_same_clip(padded.take("T", [frame]), short.take("T", [count - 1]))


@given(count=FRAMES, length=FRAMES)
def test_loop(count, length):
    short = numbered(count)
    looped = check_transform(lambda one: frames.loop(one, length=length), short)
    repeated = list(range(count)) * 12
    assert numbers(looped) == repeated[: max(count, length)]
    assert_same_clip(looped, short.take("T", numbers(looped)))


@given(
    count=FRAMES,
    length=FRAMES,
    position=st.sampled_from(["start", "center", "random"]),
    seed=st.integers(-5, 5),
)
def test_crop(count, length, position, seed):
    long = numbered(count)
    cropped = check_transform(
        lambda one: frames.crop(one, length=length, position=position, seed=seed), long
    )
    start = numbers(cropped)[0]
    assert numbers(cropped) == list(range(start, start + min(count, length)))
    assert_same_clip(cropped, long.take("T", numbers(cropped)))
    if position == "start":
        assert start == 0
    if position == "center":
        behind = count - start - cropped.total_frames
        assert behind - start in (0, 1)


def test_a_random_crop_depends_on_the_seed_and_the_name_alone():
    def start(seed, name, other):
        long = numbered(1000, seed=other).replace(id=name)
        return numbers(frames.crop(long, length=1, position="random", seed=seed))[0]

    assert start(1, "a", 0) == start(1, "a", 7)
    starts = [start(seed, f"clip{name}", 0) for seed in (1, 2) for name in range(40)]
    assert len(set(starts)) > 70
    assert 400 < np.mean(starts) < 600
    assert min(starts) < 100
    assert max(starts) > 900


@given(count=FRAMES, length=FRAMES)
def test_resampling_a_straight_motion_gives_points_on_the_line(count, length):
    line = numbered(count)
    keypoint = np.ones_like(line.keypoint) * (1 + np.arange(count))[:, np.newaxis, np.newaxis]
    line = line.replace(keypoint=keypoint.astype(np.float32), keypoint_score=None)
    resampled = check_transform(
        lambda one: frames.resample(one, length=length, fps=None, source_fps=None, method="linear"),
        line,
    )
    expected = 1 + np.linspace(0, count - 1, length)
    np.testing.assert_allclose(resampled.keypoint[0, :, 3, 1], expected, rtol=1e-6)
    assert np.abs(np.array(numbers(resampled)) + 1 - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("method", ["linear", "nearest"])
def test_a_fourth_of_the_frames_are_frames(method):
    many = numbered(17)
    few = frames.resample(many, length=None, fps=30, source_fps=120, method=method)
    assert_same_clip(few, many.take("T", [0, 4, 8, 12, 16]))


def test_a_rate_that_is_no_longer_true_is_left_out():
    many = numbered(17)
    rated = many.replace(fields={**many.fields, "fps": Field(np.array(120.0), "")})
    few = frames.resample(rated, length=5, fps=None, source_fps=None, method="nearest")
    assert set(few.fields) == {"number"}


def test_more_frames_a_second_than_there_are():
    two = numbered(2, score=True)
    many = frames.resample(two, length=None, fps=29.97, source_fps=9.99, method="linear")
    weights = np.array([0, 1 / 3, 2 / 3, 1])
    for values, between in (
        (two.keypoint, many.keypoint),
        (two.keypoint_score, many.keypoint_score),
    ):
        shape = (4, *(1,) * (values.ndim - 2))
        expected = values[:, :1] * (1 - weights.reshape(shape)) + values[:, 1:] * weights.reshape(
            shape
        )
        np.testing.assert_allclose(between, expected, rtol=1e-5)
    assert numbers(many) == [0, 0, 1, 1]


def test_nothing_is_interpolated_from_a_missing_keypoint():
    two = numbered(2, joints=2)
    keypoint = two.keypoint.copy()
    keypoint[0, 1, 0] = 0
    many = frames.resample(
        two.replace(keypoint=keypoint), length=5, fps=None, source_fps=None, method="linear"
    )
    first = two.keypoint[0, 0, 0]
    np.testing.assert_array_equal(
        many.keypoint[0, :, 0], [first, first, first, 0 * first, 0 * first]
    )
    assert (many.keypoint[0, :, 1] > 0).all()


def test_a_clip_without_frames_cannot_be_lengthened_but_with_zeros():
    none = clip(frames=0)
    assert frames.pad(none, length=2, mode="zero").total_frames == 2
    with pytest.raises(ClipError, match="no frames"):
        frames.pad(none, length=2, mode="edge")
    with pytest.raises(ClipError, match="no frames"):
        frames.loop(none, length=2)
    with pytest.raises(ClipError, match="no frames"):
        frames.resample(none, length=2, fps=None, source_fps=None, method="linear")
