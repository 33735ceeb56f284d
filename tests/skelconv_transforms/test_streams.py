import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipError
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_transform
from skelconv_transforms.streams import bone, motion

LAYOUTS = [offer.name for offer in load_registry().of_kind("layout")]


@given(layout=st.sampled_from(LAYOUTS), seed=st.integers(0, 10**6))
def test_bones_add_up_to_the_joints(layout, seed):
    skeleton = load_registry().layout(layout)
    one = clip(layout=layout, joints=len(skeleton.joints), channels=3, seed=seed)
    one = one.replace(keypoint=one.keypoint.astype(np.float64))
    bones = check_transform(bone, one)
    parents = dict(skeleton.bones)
    for joint in range(len(skeleton.joints)):
        total, at = np.zeros((1, 4, 3)), joint
        while at in parents:
            total = total + bones.keypoint[:, :, at]
            at = parents[at]
        assert not bones.keypoint[:, :, at].any()
        np.testing.assert_allclose(
            one.keypoint[:, :, at] + total, one.keypoint[:, :, joint], rtol=1e-9
        )
        both = one.keypoint_score[:, :, [joint, parents.get(joint, joint)]]
        np.testing.assert_allclose(bones.keypoint_score[:, :, joint], both.mean(-1), rtol=1e-6)


@given(seed=st.integers(0, 10**6), frames=st.integers(1, 6))
def test_motion_adds_up_to_the_last_frame(seed, frames):
    one = clip(frames=frames, seed=seed)
    one = one.replace(keypoint=one.keypoint.astype(np.float64))
    moved = check_transform(motion, one)
    np.testing.assert_allclose(
        one.keypoint[:, 0] + moved.keypoint.sum(1), one.keypoint[:, -1], rtol=1e-9
    )
    assert not moved.keypoint[:, -1].any()
    assert not moved.keypoint_score[:, -1].any()
    for frame in range(frames - 1):
        both = one.keypoint_score[:, frame : frame + 2]
        np.testing.assert_allclose(moved.keypoint_score[:, frame], both.mean(1), rtol=1e-6)


def test_bone_motion_is_the_motion_of_bones_and_the_bones_of_motion():
    one = clip(score=False)
    one = one.replace(keypoint=one.keypoint.astype(np.float64))
    np.testing.assert_allclose(motion(bone(one)).keypoint, bone(motion(one)).keypoint, atol=1e-9)


def test_bones_need_a_layout_that_fits():
    with pytest.raises(ClipError, match=r"5 keypoints, its layout coco17 17"):
        bone(clip(joints=5))
    with pytest.raises(ClipError, match="no layout 'coco18'"):
        bone(clip(layout="coco18"))
