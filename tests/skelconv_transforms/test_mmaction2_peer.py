"""The transforms that promise MMAction2's results, against its own, which come in its wheel."""

import numpy as np
import pytest

from skelconv import Clip
from skelconv_transforms.frames import loop, pad
from skelconv_transforms.space import pre_normalize_2d, pre_normalize_3d
from skelconv_transforms.streams import bone, motion

DTYPES = ["float16", "float32", "float64"]
WHOLE = {
    "zaxis": (0, 1),
    "xaxis": (8, 4),
    "align_center": True,
    "align_spine": True,
    "align_shoulder": True,
}


@pytest.fixture(scope="module")
def peer():
    from mmaction.datasets import transforms

    return transforms


def people(rng, dtype):
    """One or two people who stand before a camera, with frames and joints missing."""
    persons, frames = int(rng.integers(1, 3)), int(rng.integers(1, 60))
    place = np.array([0.3, -0.2, 3])
    keypoint = rng.normal(0, 0.4, (persons, 1, 25, 3))
    keypoint = keypoint + rng.normal(0, 0.05, (persons, frames, 25, 3)) + place
    keypoint *= rng.random((persons, frames, 1, 1)) < 0.9
    keypoint *= rng.random((persons, frames, 25, 1)) < 0.95
    keypoint[0, 0] = rng.normal(0, 0.4, (25, 3)) + place
    return keypoint.astype(dtype)


def given(keypoint, **more):
    """Return what MMAction2's transforms take, which they change."""
    return {"keypoint": keypoint.copy(), "total_frames": keypoint.shape[1], **more}


@pytest.mark.parametrize("dtype", DTYPES)
def test_pre_normalize_3d(dtype, peer):
    rng = np.random.default_rng(0)
    for _ in range(60):
        keypoint = people(rng, dtype)
        expected = peer.PreNormalize3D().transform(given(keypoint))["keypoint"]
        assert expected.dtype == np.float64
        found = pre_normalize_3d(Clip("a", keypoint, "ntu25"), **WHOLE).keypoint
        assert found.dtype == ("float64" if dtype == "float64" else "float32")
        assert found.shape == expected.shape
        # A zero there may be 1e-16 here, and the other way round; 32 bits are the same, or next
        # to each other where the 64 are next to the middle between them.
        last_bit = 0 if dtype == "float64" else np.finfo(np.float32).eps
        np.testing.assert_allclose(found, expected, rtol=last_bit / 2 * 1.000001, atol=1e-14)


@pytest.mark.parametrize("some", [{"align_spine": False}, {"align_shoulder": False}])
def test_pre_normalize_3d_in_part(some, peer):
    rng = np.random.default_rng(1)
    for _ in range(20):
        keypoint = people(rng, "float16")
        expected = peer.PreNormalize3D(**some).transform(given(keypoint))["keypoint"]
        found = pre_normalize_3d(Clip("a", keypoint, "ntu25"), **WHOLE | some).keypoint
        np.testing.assert_allclose(found, expected, rtol=6e-8, atol=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
def test_pre_normalize_2d(dtype, peer):
    rng = np.random.default_rng(2)
    for shape in ((1080, 1920), (333, 501)):
        keypoint = rng.uniform(0, 1900, (2, 9, 17, 2)).astype(dtype)
        keypoint[rng.random((2, 9, 17)) < 0.1] = 0
        expected = peer.PreNormalize2D().transform(given(keypoint, img_shape=shape))["keypoint"]
        clip = Clip("a", keypoint, "coco17", img_shape=shape)
        found = pre_normalize_2d(clip, img_shape=None).keypoint
        assert found.dtype == expected.dtype == dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("layout", "name", "joints"),
    [("ntu25", "nturgb+d", 25), ("coco17", "coco", 17), ("openpose18", "openpose", 18)],
)
def test_streams(dtype, layout, name, joints, peer):
    """In 2D, MMAction2 has the score as a third coordinate."""
    rng = np.random.default_rng(3)
    keypoint = rng.normal(0, 300, (2, 9, joints, 3)).astype(dtype)
    score = None
    if joints != 25:
        score = rng.random((2, 9, joints)).astype(dtype)
        keypoint[..., 2] = score
    points = keypoint if score is None else keypoint[..., :2]
    clip = Clip("a", points, layout, keypoint_score=score)
    bones = peer.JointToBone(name).transform(given(keypoint))["keypoint"]
    motions = peer.ToMotion(name).transform(given(keypoint))["motion"]
    assert bones.dtype == np.float32
    assert motions.dtype == dtype
    for expected, found in ((bones, bone(clip)), (motions, motion(clip))):
        assert found.keypoint.dtype == dtype
        results = [found.keypoint] if score is None else [found.keypoint, found.keypoint_score]
        results = [part.reshape(2, 9, joints, -1) for part in results]
        theirs = np.concatenate(results, -1).astype(expected.dtype)
        np.testing.assert_array_equal(theirs, expected)


@pytest.mark.parametrize("frames", [1, 7, 20])
def test_pad_and_loop(frames, peer):
    keypoint = np.random.default_rng(4).random((2, frames, 17, 2)).astype(np.float16)
    clip = Clip("a", keypoint, "coco17")
    for mode, found in (
        ("zero", pad(clip, length=20, mode="zero")),
        ("loop", loop(clip, length=20)),
    ):
        expected = peer.PadTo(20, mode).transform(given(keypoint))["keypoint"]
        np.testing.assert_array_equal(found.keypoint, expected)
