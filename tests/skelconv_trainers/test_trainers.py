"""What each trainer needs."""

import pytest
from support.memory import clip

from skelconv import Clip
from skelconv.plugin import Trainer
from skelconv.testing import check_trainer
from skelconv_trainers.trainers import CTRGCN, POSEC3D, STGCN

KINECT = {"joints": 25, "channels": 3, "layout": "ntu25"}


@pytest.mark.parametrize(
    ("trainer", "good"),
    [
        (POSEC3D, clip()),
        (POSEC3D, clip(persons=39)),
        (STGCN, clip(persons=2)),
        (STGCN, clip(joints=18, layout="openpose18")),
        (STGCN, clip(score=False, img_shape=None, **KINECT)),
        (CTRGCN, clip(persons=2, score=False, img_shape=None, **KINECT)),
    ],
)
def test_clips_that_a_trainer_can_use(trainer: Trainer, good: Clip) -> None:
    assert check_trainer(trainer, [good]) == [[]]


@pytest.mark.parametrize(
    ("trainer", "bad", "fault"),
    [
        (POSEC3D, clip(channels=3), "the trainer takes 2 coordinates, and these have 3"),
        (POSEC3D, clip(score=False), "the trainer needs keypoint_score in 2D"),
        (POSEC3D, clip(img_shape=None), "the trainer needs img_shape in 2D"),
        (
            POSEC3D,
            clip(joints=26, layout="halpe26"),
            "the trainer's configs are for coco17: for halpe26, set in_channels, left_kp and "
            "right_kp",
        ),
        (STGCN, clip(score=False), "the trainer needs keypoint_score in 2D"),
        (STGCN, clip(img_shape=None), "the trainer needs img_shape in 2D"),
        (STGCN, clip(label=None), "the trainer needs a label"),
        (
            STGCN,
            clip(joints=25, layout="openpose25"),
            "the layout is openpose25, and the trainer's graphs are of ntu25 or coco17 or "
            "openpose18",
        ),
        (
            STGCN,
            clip(persons=39),
            "the trainer takes the first 2 rows of persons: 148 of 156 person-frames would be lost",
        ),
        (
            CTRGCN,
            clip(**KINECT | {"channels": 2}),
            "the trainer takes 3 coordinates, and these have 2",
        ),
        (
            CTRGCN,
            clip(persons=3, **KINECT),
            "the trainer takes the first 2 rows of persons: 4 of 12 person-frames would be lost",
        ),
        (CTRGCN, clip(label=(1, 2), **KINECT), "the trainer needs one label, not several"),
    ],
)
def test_what_a_trainer_needs(trainer: Trainer, bad: Clip, fault: str) -> None:
    assert check_trainer(trainer, [bad]) == [[fault]]


def test_rows_in_which_nobody_is_are_not_lost() -> None:
    padded = clip(persons=4)
    padded.keypoint[2:] = 0
    assert check_trainer(STGCN, [padded]) == [[]]
