import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipError
from skelconv.testing import assert_same_clip, check_transform
from skelconv_transforms.space import pre_normalize_2d, pre_normalize_3d, scale_to

WHOLE = {
    "zaxis": (0, 1),
    "xaxis": (8, 4),
    "align_center": True,
    "align_spine": True,
    "align_shoulder": True,
}


def body(seed, persons=1, frames=6):
    """Bodies in metres, a few metres away, that stand and face any way."""
    rng = np.random.default_rng(seed)
    keypoint = rng.normal(0, 0.4, (persons, 1, 25, 3)) + rng.normal(
        0, 0.05, (persons, frames, 25, 3)
    )
    return clip(joints=25, channels=3, layout="ntu25", score=False, img_shape=None).replace(
        keypoint=keypoint + np.array([0.3, -0.2, 3])
    )


def turn(one, to):
    """The rotation that turns a vector to a unit vector, in the plane of both (Rodrigues)."""
    one = one / np.linalg.norm(one)
    axis = np.cross(one, to)
    sine, cosine = np.linalg.norm(axis), one @ to
    x, y, z = axis / sine
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + sine * cross + (1 - cosine) * cross @ cross


@given(
    seed=st.integers(0, 10**6),
    persons=st.integers(1, 2),
    dtype=st.sampled_from([np.float16, np.float32, np.float64]),
)
def test_the_whole_of_it_derived_another_way(seed, persons, dtype):
    whole = body(seed, persons)
    whole = whole.replace(keypoint=whole.keypoint.astype(dtype))
    result = check_transform(lambda one: pre_normalize_3d(one, **WHOLE), whole).keypoint
    assert result.dtype == (np.float64 if dtype == np.float64 else np.float32)
    points = whole.keypoint.astype(np.float64) - whole.keypoint[0, 0, 1]
    upright = turn(points[0, 0, 1] - points[0, 0, 0], np.array([0.0, 0, 1]))
    points = points @ upright.T
    sideways = turn(points[0, 0, 8] - points[0, 0, 4], np.array([1.0, 0, 0]))
    # The angles are in the dtype of the clip, as in MMAction2.
    tolerance = {np.float16: 0.1, np.float32: 5e-4, np.float64: 1e-11}[dtype]
    np.testing.assert_allclose(result, points @ sideways.T, rtol=0, atol=tolerance)


@given(seed=st.integers(0, 10**6))
def test_what_it_is_for(seed):
    whole = body(seed, persons=2)
    result = pre_normalize_3d(whole, **WHOLE).keypoint
    assert not result[0, 0, 1].any()
    across = result[0, 0, 8] - result[0, 0, 4]
    np.testing.assert_allclose(across[1:], 0, atol=1e-12)
    assert across[0] > 0
    standing = pre_normalize_3d(whole, **WHOLE | {"align_shoulder": False}).keypoint
    spine = standing[0, 0, 1] - standing[0, 0, 0]
    np.testing.assert_allclose(spine[:2], 0, atol=1e-12)
    assert spine[2] > 0
    for before, after in ((whole.keypoint, standing), (standing, result)):
        lengths = [np.linalg.norm(np.diff(points, axis=2), axis=-1) for points in (before, after)]
        np.testing.assert_allclose(*lengths, rtol=1e-9)


def test_the_person_in_more_frames_comes_first_and_decides_the_frames():
    two = body(1, persons=2)
    keypoint = two.keypoint.copy()
    keypoint[0, [0, 1, 5]] = 0
    keypoint[1, 2] = 0
    result = pre_normalize_3d(
        two.replace(keypoint=keypoint), **WHOLE | {"align_spine": False, "align_shoulder": False}
    ).keypoint
    kept = keypoint[::-1][:, [0, 1, 3, 4, 5]]
    np.testing.assert_allclose(
        result, np.where(kept.any(-1, keepdims=True), kept - kept[0, 0, 1], 0)
    )


def test_equally_long_persons_stay_in_order():
    two = body(2, persons=2)
    result = pre_normalize_3d(two, **WHOLE | {"align_spine": False, "align_shoulder": False})
    np.testing.assert_array_equal(result.keypoint[0], two.keypoint[0] - two.keypoint[0, 0, 1])


def test_a_missing_keypoint_stays_zeros_and_other_layouts_differ():
    whole = body(3).take("V", slice(20))
    keypoint = whole.keypoint.copy()
    keypoint[0, 2, 7] = 0
    result = pre_normalize_3d(whole.replace(keypoint=keypoint), **WHOLE).keypoint
    assert not result[0, 2, 7].any()
    assert not result[0, 0, 19].any()
    assert result[0, 0, 1].any()


def test_an_empty_clip_is_kept_as_it_is():
    empty = body(0).replace(keypoint=np.zeros((1, 3, 25, 3)))
    assert_same_clip(pre_normalize_3d(empty, **WHOLE), empty)


@pytest.mark.parametrize(
    ("wrong", "options", "message"),
    [
        (clip(), {}, "2 coordinates"),
        (body(0, persons=3), {}, "3 persons"),
        (body(0).take("V", slice(8)), {}, "8 keypoints"),
        (body(0).replace(keypoint=np.full((1, 2, 25, 3), 1e-9)), {}, "frames are empty"),
        (body(0).replace(keypoint=np.ones((1, 2, 25, 3), int)), {}, "type int64"),
        (body(0).replace(keypoint=np.full((1, 2, 25, 3), np.nan)), {}, "MMAction2 gives NaN"),
    ],
)
def test_what_cannot_be_normalized(wrong, options, message):
    with pytest.raises(ClipError, match=message):
        pre_normalize_3d(wrong, **WHOLE | options)


@given(seed=st.integers(0, 10**6), dtype=st.sampled_from(["f2", "f4", "f8"]))
def test_pixels_and_back(seed, dtype):
    one = clip(seed=seed, img_shape=(480, 640))
    one = one.replace(keypoint=one.keypoint.astype(dtype))
    result = check_transform(lambda given_clip: pre_normalize_2d(given_clip, img_shape=None), one)
    assert result.keypoint.dtype == one.keypoint.dtype
    back = (result.keypoint.astype(float) + 1) * [320, 240]
    np.testing.assert_allclose(back, one.keypoint, rtol=4 * np.finfo(dtype).eps, atol=0.5)


def test_the_corners_of_the_image_are_the_corners_of_the_range():
    corners = np.array([[[[0.0, 0], [1920, 1080], [960, 540], [0, 1080]]]])
    one = clip(img_shape=None).replace(keypoint=corners, keypoint_score=None)
    result = pre_normalize_2d(one, img_shape=(1080, 1920)).keypoint
    assert result.tolist() == [[[[-1, -1], [1, 1], [0, 0], [-1, 1]]]]
    with pytest.raises(ClipError, match="img_shape"):
        pre_normalize_2d(one, img_shape=None)


@given(seed=st.integers(0, 10**6), height=st.integers(1, 2000), width=st.integers(1, 2000))
def test_a_keypoint_keeps_its_share_of_the_image(seed, height, width):
    one = clip(seed=seed, img_shape=(480, 640))
    scaled = check_transform(
        lambda given_clip: scale_to(given_clip, img_shape=(height, width)), one
    )
    assert scaled.img_shape == (height, width)
    np.testing.assert_allclose(
        scaled.keypoint / [width, height], one.keypoint / [640, 480], rtol=1e-5
    )


def test_an_unknown_size_cannot_be_scaled():
    with pytest.raises(ClipError, match="img_shape"):
        scale_to(clip(img_shape=None), img_shape=(1, 1))


def test_what_does_not_fit_the_dtype_is_an_error():
    one = clip(img_shape=(1, 1))
    with pytest.raises(ClipError, match="too large for float16"):
        scale_to(one.replace(keypoint=one.keypoint.astype(np.float16)), img_shape=(9999, 9999))
