"""What each trainer needs."""

import pytest
from support.memory import clip

from skelconv import Clip
from skelconv.plugin import Trainer
from skelconv.testing import check_trainer
from skelconv_trainers.ctrgcn import CTRGCN
from skelconv_trainers.posec3d import PoseC3D
from skelconv_trainers.stgcn import STGCN

KINECT = {"joints": 25, "channels": 3, "layout": "ntu25"}


@pytest.mark.parametrize(
    ("trainer", "good"),
    [
        (PoseC3D(), clip()),
        (STGCN(), clip()),
        (STGCN(), clip(score=False, **KINECT)),
        (CTRGCN(), clip(persons=2, score=False, img_shape=None, **KINECT)),
    ],
)
def test_clips_that_a_trainer_can_use(trainer: Trainer, good: Clip) -> None:
    assert check_trainer(trainer, [good]) == [[]]


@pytest.mark.parametrize(
    ("trainer", "bad", "fault"),
    [
        (PoseC3D(), clip(channels=3), "posec3d draws heatmaps of 2D keypoints"),
        (PoseC3D(), clip(score=False), "posec3d needs keypoint_score"),
        (PoseC3D(), clip(img_shape=None), "posec3d needs img_shape"),
        (STGCN(), clip(score=False), "stgcn needs keypoint_score with 2D keypoints"),
        (STGCN(), clip(label=None), "stgcn needs a label"),
        (CTRGCN(), clip(), "ctrgcn is trained on 25 joints in 3D"),
        (CTRGCN(), clip(persons=3, **KINECT), "ctrgcn takes at most two persons"),
        (CTRGCN(), clip(label=(1, 2), **KINECT), "ctrgcn needs one label, not several"),
    ],
)
def test_what_a_trainer_needs(trainer: Trainer, bad: Clip, fault: str) -> None:
    ((found,),) = check_trainer(trainer, [bad])
    assert found.startswith(fault)
