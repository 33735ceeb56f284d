import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field, Layout, PluginError
from skelconv.plugin import layout_named
from skelconv_people.similarity import ByJoints

M, T, V = 3, 4, 17


def test_similarity_is_one_to_the_same_person_and_zero_far_away(
    random_clip: Callable[..., Clip],
) -> None:
    clip = random_clip(0, boxes=False)
    far = clip.keypoint.copy()
    far[1] += 5000
    similarity = ByJoints(clip.replace(keypoint=far))
    assert similarity([(0, 0)], [(0, 0), (1, 0)]).tolist() == [[1, 0]]


def test_a_person_without_joints_is_not_present(random_clip: Callable[..., Clip]) -> None:
    clip = random_clip(0, boxes=False)
    score = clip.keypoint_score.copy()
    score[1, 2] = 0
    similarity = ByJoints(clip.replace(keypoint_score=score))
    assert similarity.present.sum() == M * T - 1
    assert not similarity.present[1, 2]
    assert similarity([(0, 0)], [(1, 2)]).tolist() == [[0]]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("stray", [0, 900, np.nan, np.inf])
def test_what_a_missing_joint_has_changes_nothing(
    seed: int, stray: float, random_clip: Callable[..., Clip]
) -> None:
    rng = np.random.default_rng(seed)
    clip = random_clip(seed, boxes=bool(seed % 2))
    score = clip.keypoint_score.copy()
    lost = rng.random(score.shape) < 0.3
    score[lost] = rng.choice([0, np.nan], lost.sum())
    clip = clip.replace(keypoint_score=score)
    keypoint = np.where(lost[..., np.newaxis], np.float32(stray), clip.keypoint)
    one, other = ByJoints(clip), ByJoints(clip.replace(keypoint=keypoint))
    np.testing.assert_array_equal(one.present, other.present)
    people = [(m, t) for m in range(M) for t in range(T)]
    found = one(people, people)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, other(people, people))


@given(distance=st.floats(0, 200), side=st.floats(1, 400), joint=st.sampled_from([0, 5, 9, 11, 16]))
def test_the_similarity_of_one_joint_by_hand(distance: float, side: float, joint: int) -> None:
    """In the last bits too, which NumPy's own exponential has as the processor has them."""
    keypoint = np.zeros((1, 2, V, 2))
    keypoint[0, :, joint] = [[300, 300], [300 + distance, 300]]
    boxes = np.broadcast_to([200, 200, 200 + side, 200 + side], (1, 2, 4))
    fields = {"bbox": Field(boxes, "MTB"), "bbox_score": Field(np.ones((1, 2)), "MT")}
    clip = Clip("a", keypoint, "coco17", fields=fields)
    sigma = {0: 0.026, 5: 0.079, 9: 0.062, 11: 0.107, 16: 0.089}[joint]
    moved = keypoint[0, 1, joint, 0] - 300
    area = (200 + side - 200) ** 2
    exponent = moved**2 / (2 * (2 * sigma) ** 2 * area)
    found = ByJoints(clip)([(0, 0)], [(0, 1)])[0, 0]
    # A last bit of the exponent is as many last bits of the result as the exponent is large.
    few = 1e-13 + 8 * np.finfo(float).eps * exponent
    assert found == pytest.approx(math.exp(-exponent), rel=few, abs=1e-300)


def test_joints_that_coco_does_not_have_are_not_used(random_clip: Callable[..., Clip]) -> None:
    """OpenPose's neck, joint 1 of 18."""
    clip = random_clip(0, boxes=True)
    neck = np.full((M, T, 1, 2), 7, np.float32)
    openpose = clip.replace(
        keypoint=np.concatenate([clip.keypoint, neck * np.arange(T)[:, None, None]], 2)[
            :, :, [0, 17, *range(1, 17)]
        ],
        keypoint_score=None,
        layout="openpose18",
    )
    still = ByJoints(openpose)([(0, 0)], [(0, 1)])
    moved = openpose.keypoint.copy()
    moved[:, :, 1] = 900
    assert ByJoints(openpose.replace(keypoint=moved))([(0, 0)], [(0, 1)]) == still


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"keypoint": np.zeros((M, T, 0, 2)), "keypoint_score": None}, "under 'people'"),
        ({"keypoint": np.zeros((M, T, V, 3))}, "3D"),
        ({"layout": "toe17"}, "none of the joints of its layout 'toe17'"),
    ],
)
def test_clips_without_joints_of_coco_in_2d_are_refused(
    change: dict[str, Any],
    reason: str,
    random_clip: Callable[..., Clip],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    toes = Layout("toe17", "Toes.", tuple(f"toe_{number}" for number in range(V)), ())
    layouts = {"coco17": layout_named("coco17"), "toe17": toes}
    monkeypatch.setattr("skelconv_people.similarity.layout_named", layouts.get)
    with pytest.raises((ClipError, PluginError), match=reason):
        ByJoints(random_clip(0, boxes=False).replace(**change))
