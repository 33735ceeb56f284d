import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field
from skelconv.testing import check_transform
from skelconv_ntu.bodies import NtuBodies
from skelconv_ntu.filters_on_clips import FilterLength, FilterMotion, FilterSpread, PackBodies

ALL = [FilterLength(), FilterSpread(), FilterMotion(), PackBodies(), PackBodies(repair=True)]


def clip(*presence: list[int] | range, total: int = 40, wide: tuple[int, ...] = ()) -> Clip:
    """A body for each list of frames, each moving half as much as the one before."""
    rng = np.random.default_rng(5)
    shape = len(presence), total
    keypoint = rng.normal(size=(*shape, 25, 3)) * [0.5, 2, 1]
    keypoint[list(wide), ..., 0] *= 50
    keypoint /= 2.0 ** np.arange(len(presence)).reshape(-1, 1, 1, 1)
    here = np.zeros(shape, bool)
    for person, frames in enumerate(presence):
        here[person, frames] = True
    score = rng.random((*shape, 25)) * here[..., None]
    slot = np.where(here, here.cumsum(axis=0) - 1, -1).astype(np.int16)
    fields = {"slot": Field(slot, "MT"), "body_id": Field(np.arange(len(presence)) + 2**56, "M")}
    return Clip("x", keypoint * here[..., None, None], "ntu25", 3, score, fields=fields)


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: type(transform).__name__)
@pytest.mark.parametrize("given_clip", [clip(range(40)), clip(range(40), range(20), range(25, 40))])
def test_the_contract(transform, given_clip):
    result = check_transform(transform, given_clip)
    assert result.keypoint.dtype == given_clip.keypoint.dtype
    assert (result.layout, result.label, result.total_frames) == ("ntu25", 3, 40)


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: type(transform).__name__)
@pytest.mark.parametrize("changes", [{"layout": "coco17"}, {"keypoint": np.zeros((2, 40, 25, 2))}])
def test_another_layout_is_refused(transform, changes):
    with pytest.raises(ClipError, match="ntu25"):
        transform(clip(range(40), range(40)).replace(**changes))


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: type(transform).__name__)
def test_a_person_in_no_frame_is_left_out(transform):
    assert transform(clip([], range(5), [])).num_person == 1
    assert transform(clip([], [])).num_person == 0


def test_length():
    three = clip(range(11), range(12), range(30))
    kept = FilterLength()(three)
    np.testing.assert_array_equal(kept.keypoint, three.keypoint[1:])
    np.testing.assert_array_equal(kept.fields["body_id"].values, [2**56 + 1, 2**56 + 2])
    assert FilterLength(20)(three).num_person == 1
    with pytest.raises(ClipError, match="more than 30 frames"):
        FilterLength(30)(three)
    assert FilterLength(30, repair=True)(three).num_person == 3
    assert FilterLength(30)(clip(range(3))).num_person == 1


def test_spread():
    pair = clip(range(40), range(40), wide=(0,))
    kept = FilterSpread()(pair)
    np.testing.assert_array_equal(kept.keypoint, pair.keypoint[1:])
    both = clip(range(40), range(40), wide=(0, 1))
    with pytest.raises(ClipError, match="too wide"):
        FilterSpread()(both)
    assert FilterSpread(repair=True)(both).num_person == 2
    assert FilterSpread(width=1000)(both).num_person == 2


def test_motion_is_handed_on_from_the_spread_filter():
    three = clip(range(40), range(40), range(40))
    at_times = np.arange(40) < 20
    wide = three.keypoint.copy()
    wide[2, at_times, :, 0] *= 100
    three = three.replace(keypoint=wide)
    # By itself the last body moves most; without the frames in which it is too wide, least.
    order = FilterMotion(least=0, most=None)
    assert order(three).fields["body_id"].values[0] == 2**56 + 2
    handed_on = order(FilterSpread()(three))
    np.testing.assert_array_equal(handed_on.fields["body_id"].values - 2**56, [0, 1, 2])
    np.testing.assert_array_equal(handed_on.keypoint, wide)


def test_motion_within_limits():
    three = clip(range(40), range(40), range(40))
    # Variances are 0.25 + 4 + 1, and a fourth of it for each body that follows.
    kept = FilterMotion(least=0.5, most=5 / 4)(three)
    np.testing.assert_array_equal(kept.fields["body_id"].values - 2**56, [0])
    kept = FilterMotion(least=0.5, most=6 / 4)(three)
    np.testing.assert_array_equal(kept.fields["body_id"].values - 2**56, [0, 1])


def test_pack():
    three = clip(range(15), range(40), [*range(20, 25), *range(30, 35)])
    first, second, third = three.keypoint
    packed = PackBodies()(three)
    np.testing.assert_array_equal(packed.keypoint[1], second)
    np.testing.assert_array_equal(packed.keypoint[0, :15], first[:15])
    np.testing.assert_array_equal(
        packed.keypoint[0, 20:30], third[[*range(20, 25), *range(30, 35)]]
    )
    assert not packed.keypoint[0, 30:].any()
    repaired = PackBodies(repair=True)(three)
    np.testing.assert_array_equal(repaired.keypoint, [first + third, second])
    assert three.keypoint_score is not None
    assert repaired.keypoint_score is not None
    np.testing.assert_array_equal(
        repaired.keypoint_score,
        three.keypoint_score[[0, 1]] + [three.keypoint_score[2], 0 * second[..., 0]],
    )
    assert repaired.fields == packed.fields == {}
    given_clip = three.replace(fields={"copy": Field(three.keypoint, "MTVC")})
    for pack in (PackBodies(), PackBodies(repair=True), PackBodies(overlap=30)):
        followed = pack(given_clip)
        np.testing.assert_array_equal(followed.fields["copy"].values, followed.keypoint)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_in_this_order_they_choose_as_pyskl(recordings, as_clip, data):
    frames = data.draw(recordings)
    frames = [
        [b for i, b in enumerate(bodies) if b[0] not in [c[0] for c in bodies[:i]]]
        for bodies in frames
    ]
    given_clip = as_clip([bodies for bodies in frames if bodies] or [[]])
    chain = FilterLength(), FilterSpread(), FilterMotion(least=0, most=None), PackBodies()

    def chained() -> np.ndarray:
        result = given_clip
        for transform in chain:
            result = transform(result)
        return result.keypoint.astype(np.float32).astype(np.float16)

    try:
        theirs = NtuBodies("pyskl")(given_clip).keypoint
    except ClipError as error:
        if "more than 11" in error.reason or "too wide" in error.reason:
            with pytest.raises(ClipError, match=r"more than 11|too wide"):
                chained()
        else:
            assert not chained().any()
        return
    ours = chained()
    # PYSKL cuts off the ends, and swaps what is left.
    full = np.flatnonzero(ours.any(axis=(0, 2, 3)))
    if len(full):
        ours, theirs = (k[:, k.any(axis=(0, 2, 3))] for k in (ours, theirs))
        assert ours.shape == theirs.shape
        assert np.array_equal(ours, theirs) or np.array_equal(ours[::-1], theirs)
    else:
        assert not theirs.any()
