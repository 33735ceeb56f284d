"""Finders, with models that break their interface."""

from collections.abc import Sequence

import av
import numpy as np
import pytest

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import Poses
from skelconv_video.chunks import Frames
from skelconv_video.finders import ByDetector, ByPoseModel, Finder
from skelconv_video.guarded import GuardedDetector, GuardedOneStage
from skelconv_video.pictures import Converter
from skelconv_video.together import answered

BOX = [1, 1, 9, 9, 0.9]
T = 5


def frames() -> Frames:
    return Frames(lambda: iter([Converter().picture(av.VideoFrame(16, 12, "yuv420p"))] * T))


class Model:
    """Finds the same boxes in every frame, and gives too few answers."""

    layout = "coco17"

    def __init__(self, boxes: Sequence[Sequence[float]], short: int = 0) -> None:
        self._boxes = np.array(boxes, np.float32)
        self._short = short

    def detect(self, given: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [self._boxes] * (len(given) - self._short)

    def find(self, given: Sequence[np.ndarray]) -> list[tuple[np.ndarray, Poses]]:
        joints = np.broadcast_to(self._boxes[:, None, :2], (len(self._boxes), 17, 2))
        return [(boxes, Poses(joints, joints[..., 0])) for boxes in self.detect(given)]


def by_detector(model: Model, every: int = 1) -> Clip:
    return found(ByDetector(GuardedDetector("the detector 'toy'", model), every))


def by_pose_model(model: Model) -> Clip:
    return found(ByPoseModel(GuardedOneStage("the pose-model 'toy'", model)))


def found(finder: Finder) -> Clip:
    (clip,) = answered([finder("a", None, frames())])
    if isinstance(clip, Exception):
        raise clip
    return clip


@pytest.mark.parametrize("every", [1, 2])
def test_an_answer_too_few_ends_the_build(every: int) -> None:
    message = f"gave {len(range(0, T, every)) - 1} answers for {len(range(0, T, every))} frames"
    with pytest.raises(PluginError, match=message):
        by_detector(Model([BOX], short=1), every)


def test_an_answer_too_few_of_a_one_stage_model_ends_the_build() -> None:
    with pytest.raises(PluginError, match="the pose-model 'toy' gave 4 answers for 5 frames"):
        by_pose_model(Model([BOX], short=1))


@pytest.mark.parametrize("empty", [[5, 0, 5, 9, 0.8], [5, 3, 9, 3, 0.8], [1, 1, 4, 4, 0]])
def test_boxes_that_are_not_people_are_left_out_with_their_joints(empty: list[float]) -> None:
    clip = by_pose_model(Model([empty, BOX]))
    assert clip.num_person == 1
    assert (clip.keypoint == 1).all()
    np.testing.assert_array_equal(clip.fields["bbox"].values, [[BOX[:4]] * T])
    boxes = by_detector(Model([empty, BOX]))
    np.testing.assert_array_equal(boxes.fields["bbox"].values, [[BOX[:4]] * T])


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_reported(number: float) -> None:
    with pytest.raises(ClipError, match="numbers that are not finite"):
        by_detector(Model([[1, 1, 9, 9, number]]))
    model = Model([BOX])
    found = model.find([frames()])
    joints = np.full((1, 17, 2), number, np.float32)
    model.find = lambda given: [(found[0][0], Poses(joints, np.ones((1, 17))))] * len(given)
    with pytest.raises(ClipError, match="numbers that are not finite"):
        by_pose_model(model)
