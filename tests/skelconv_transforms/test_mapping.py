import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipError, Field
from skelconv.plugin.loading import load_registry
from skelconv.testing import assert_same_clip, check_transform
from skelconv_transforms.mapping import map_layout

LAYOUTS = {
    offer.name: load_registry().layout(offer.name) for offer in load_registry().of_kind("layout")
}
NAMES = st.sampled_from(sorted(LAYOUTS))


def of(name, **keywords):
    return clip(layout=name, joints=len(LAYOUTS[name].joints), **keywords)


def mapped(one, to, missing="refuse"):
    return map_layout(one, to=to, missing=missing)


@given(here=NAMES, there=NAMES, seed=st.integers(0, 10**6))
def test_there_and_back_keeps_the_joints_that_both_have(here, there, seed):
    one = of(here, channels=3, seed=seed)
    away = check_transform(lambda each: mapped(each, there, "zero"), one)
    back = mapped(away, here, "zero")
    assert away.layout == there
    assert away.keypoint.shape == (1, 4, len(LAYOUTS[there].joints), 3)
    assert away.keypoint.dtype == one.keypoint.dtype
    for index, joint in enumerate(LAYOUTS[here].joints):
        if joint in LAYOUTS[there].joints:
            same = LAYOUTS[there].joints.index(joint)
            for result, place in ((away, same), (back, index)):
                np.testing.assert_array_equal(
                    result.keypoint[:, :, place], one.keypoint[:, :, index]
                )
                np.testing.assert_array_equal(
                    result.keypoint_score[:, :, place], one.keypoint_score[:, :, index]
                )


def test_a_layout_mapped_to_itself_is_the_same_to_the_bit():
    for name in LAYOUTS:
        joints = np.arange(len(LAYOUTS[name].joints))
        one = of(name, fields={"joint": Field(joints, "V"), "own": Field(np.arange(4), "T")})
        assert_same_clip(mapped(one, name), one)


@given(seed=st.integers(0, 10**6))
def test_openpose_from_coco(seed):
    """The order and the neck that Kinetics-skeleton has, by hand."""
    one = of("coco17", seed=seed)
    result = mapped(one, "openpose18")
    order = [0, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3]
    rest = [0, *range(2, 18)]
    np.testing.assert_array_equal(result.keypoint[:, :, rest], one.keypoint[:, :, order])
    neck = (one.keypoint[:, :, 5] + one.keypoint[:, :, 6]) / 2
    np.testing.assert_allclose(result.keypoint[:, :, 1], neck, rtol=1e-6)
    np.testing.assert_array_equal(
        result.keypoint_score[:, :, 1],
        np.minimum(one.keypoint_score[:, :, 5], one.keypoint_score[:, :, 6]),
    )


@given(seed=st.integers(0, 10**6))
def test_human36m_from_coco(seed):
    """As pose lifting does it, by hand."""
    keypoint = of("coco17", seed=seed).keypoint.astype(np.float64)
    result = mapped(of("coco17").replace(keypoint=keypoint), "h36m17").keypoint
    left_right = keypoint[:, :, [1, 5, 11]], keypoint[:, :, [2, 6, 12]]
    eyes, shoulders, hips = np.moveaxis((left_right[0] + left_right[1]) / 2, 2, 0)
    expected = {0: hips, 7: (hips + shoulders) / 2, 8: shoulders, 10: eyes, 9: keypoint[:, :, 0]}
    expected |= {3: keypoint[:, :, 16], 13: keypoint[:, :, 9]}
    for joint, values in expected.items():
        np.testing.assert_allclose(result[:, :, joint], values, rtol=1e-12)


def test_a_mean_is_missing_where_one_of_its_joints_is():
    one = of("coco17")
    keypoint = one.keypoint.copy()
    keypoint[0, 2, 5] = 0
    result = mapped(one.replace(keypoint=keypoint), "openpose18")
    assert not result.keypoint[0, 2, 1].any()
    assert result.keypoint[0, [0, 1, 3], 1].all()


def test_what_has_no_counterpart_is_named():
    with pytest.raises(ClipError) as refused:
        mapped(of("ntu25"), "coco17")
    reason = refused.value.reason
    assert "nose, left_eye, right_eye, left_ear, right_ear of coco17" in reason
    assert "shoulder" not in reason
    zeros = mapped(of("ntu25"), "coco17", "zero")
    assert not zeros.keypoint[:, :, :5].any()
    assert not zeros.keypoint_score[:, :, :5].any()
    assert zeros.keypoint[:, :, 5:].all()


def test_fields_for_each_keypoint_cannot_follow_into_a_mean():
    one = of("coco17", fields={"visible": Field(np.ones((1, 4, 17), bool), "MTV")})
    with pytest.raises(ClipError, match="openpose18: visible"):
        mapped(one, "openpose18")
    smaller = mapped(of("coco-wholebody133", fields={"n": Field(np.arange(133), "V")}), "coco17")
    assert smaller.fields["n"].values.tolist() == list(range(17))


def test_a_layout_that_is_not_known():
    with pytest.raises(ClipError, match="no layout 'coco71'"):
        mapped(clip(layout="coco71"), "coco17")
