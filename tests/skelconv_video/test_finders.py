"""Finders with models that say what no model should."""

from collections.abc import Sequence

import numpy as np
import pytest

from skelconv import ClipError, PluginError, Poses
from skelconv_video.chunks import Frames
from skelconv_video.finders import ByDetector, ByPoseModel

BOX = [1, 1, 9, 9, 0.9]
T = 5


def frames() -> Frames:
    return Frames(lambda: iter([np.zeros((12, 16, 3), np.uint8)] * T))


class Model:
    """Finds the same boxes in every frame, and in the last ones nothing at all."""

    layout = "coco17"

    def __init__(self, boxes: Sequence[Sequence[float]], short: int = 0) -> None:
        self._boxes = np.array(boxes, np.float32)
        self._short = short

    def detect(self, given: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [self._boxes] * (len(given) - self._short)

    def find(self, given: Sequence[np.ndarray]) -> list[tuple[np.ndarray, Poses]]:
        joints = np.broadcast_to(self._boxes[:, None, :2], (len(self._boxes), 17, 2))
        return [(boxes, Poses(joints, joints[..., 0])) for boxes in self.detect(given)]


@pytest.mark.parametrize("every", [1, 2])
def test_an_answer_too_few_ends_the_build(every: int) -> None:
    told = f"gave {len(range(0, T, every)) - 1} answers of {len(range(0, T, every))} frames"
    with pytest.raises(PluginError, match=told):
        ByDetector(Model([BOX], short=1), every)("a", None, frames())


def test_an_answer_too_few_of_a_one_stage_model_ends_the_build() -> None:
    with pytest.raises(PluginError, match="gave 4 answers of 5 frames"):
        ByPoseModel(Model([BOX], short=1))("a", None, frames())


@pytest.mark.parametrize("nobody", [[5, 0, 5, 9, 0.8], [5, 3, 9, 3, 0.8], [1, 1, 4, 4, 0]])
def test_boxes_that_are_nobody_are_left_out_with_their_joints(nobody: list[float]) -> None:
    clip = ByPoseModel(Model([nobody, BOX]))("a", None, frames())
    assert clip.num_person == 1
    assert (clip.keypoint == 1).all()
    np.testing.assert_array_equal(clip.fields["bbox"].values, [[BOX[:4]] * T])
    boxes = ByDetector(Model([nobody, BOX]))("a", None, frames())
    np.testing.assert_array_equal(boxes.fields["bbox"].values, [[BOX[:4]] * T])


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_told(number: float) -> None:
    """And not taken for nobody."""
    with pytest.raises(ClipError, match="numbers that are not finite"):
        ByDetector(Model([[1, 1, 9, 9, number]]))("a", None, frames())
    model = Model([BOX])
    found = model.find([frames()])
    joints = np.full((1, 17, 2), number, np.float32)
    model.find = lambda given: [(found[0][0], Poses(joints, np.ones((1, 17))))] * len(given)
    with pytest.raises(ClipError, match="numbers that are not finite"):
        ByPoseModel(model)("a", None, frames())
