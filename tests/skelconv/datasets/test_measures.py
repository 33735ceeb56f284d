"""Measures of clips, against arithmetic done joint by joint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import MemoryReader, clip

import skelconv
from skelconv import Clip, Dataset
from skelconv.datasets.measures import joint_scores, missing_joints, missing_share


def some_missing(seed: int, share: float) -> Clip:
    rng = np.random.default_rng(seed)
    one = clip(f"clip{seed}", persons=2, frames=5, joints=4, layout="coco17", seed=seed)
    score = np.array(one.keypoint_score)
    score[rng.random(score.shape) < share] = 0
    return one.replace(keypoint_score=score)


@given(seed=st.integers(0, 1000), share=st.floats(0, 1))
def test_joints_of_persons_who_are_there(seed: int, share: float) -> None:
    one = some_missing(seed, share)
    scores = one.keypoint_score
    assert scores is not None
    rows = [scores[m, t].tolist() for m in range(2) for t in range(5) if scores[m, t].any()]
    missing = sum(row.count(0) for row in rows)
    assert missing_joints(one) == (missing, 4 * len(rows))
    if not rows:
        assert missing_share(one) == 1
        assert np.isnan(joint_scores(one)).all()
        return
    for joint, score in enumerate(joint_scores(one)):
        assert score == pytest.approx(sum(row[joint] for row in rows) / len(rows))


def test_without_scores_it_is_how_often_a_joint_is_there() -> None:
    keypoint = np.ones((1, 4, 25, 3), np.float32)
    keypoint[0, 1:, 3] = 0
    assert joint_scores(Clip("a", keypoint, "ntu25"))[2:5] == pytest.approx([1, 0.25, 1])


def test_statistics_of_a_dataset_count_as_those_of_a_clip() -> None:
    clips = [some_missing(seed, seed / 9) for seed in range(9)]
    counts = np.array([missing_joints(one) for one in clips]).sum(axis=0)
    assert skelconv.stats(Dataset(MemoryReader(clips))).missing_joints == counts[0] / counts[1]
