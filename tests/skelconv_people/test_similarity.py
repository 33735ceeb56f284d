from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from skelconv import Clip, ClipError, Layout, PluginError
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
