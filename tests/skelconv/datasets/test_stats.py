"""What ``stats`` counts."""

import numpy as np
from support.memory import clip, dataset

from skelconv import stats


def test_counts() -> None:
    walking = clip("a", frames=2, persons=2, label=1)
    keypoint = walking.keypoint.copy()
    keypoint[1, 0] = 0  # the second person comes late
    keypoint[0, 1, :3] = 0  # three joints are lost
    keypoint[0, 1, 3, 0] = 0  # x = 0 alone is a place
    empty = clip("b", frames=3, label=(0, 1))
    empty = empty.replace(keypoint=np.zeros_like(empty.keypoint))
    counted = stats(
        dataset(
            walking.replace(keypoint=keypoint),
            empty,
            clip("c", frames=10, persons=0, label=None),
            splits={"train": [0, 1]},
            label_names=("walk", "run"),
        )
    )
    assert counted.clips == 3
    assert counted.frames == {"total": 15, "min": 2, "median": 3, "mean": 5, "max": 10}
    assert counted.persons == {0: 1, 1: 1, 2: 1}
    assert counted.shapes == {(17, 2, "float32"): 3}
    assert counted.empty_frames == 3 + 10
    assert counted.missing_joints == 3 / (3 * 17)
    assert counted.labels == {-1: 1, 0: 1, 1: 2}
    assert counted.splits == {"train": 2}


def test_a_joint_with_a_score_of_0_is_missing_wherever_it_is() -> None:
    one = clip("a", frames=4)
    score = one.keypoint_score.copy()
    score[0, 0] = 0
    score[0, 1, :2] = [0, np.nan]
    counted = stats(dataset(one.replace(keypoint_score=score)))
    assert counted.empty_frames == 1
    assert counted.missing_joints == 2 / (3 * 17)


def test_nothing_at_all() -> None:
    assert stats(dataset()).frames == {"total": 0}
