"""Finders, with models that break their interface."""

from collections.abc import Sequence

import av
import numpy as np
import pytest

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import Poses
from skelconv.vision import appearance_of
from skelconv_video.box_files import ClipBoxes
from skelconv_video.chunks import Frames
from skelconv_video.finders import ByBoxes, ByDetector, ByPoseModel, Finder
from skelconv_video.guarded import GuardedDetector, GuardedOneStage
from skelconv_video.pictures import Converter
from skelconv_video.together import answered

BOX = [1, 1, 9, 9, 0.9]
T = 5


# Brighter to the right, so that people in other places look different.
IMAGE = np.broadcast_to(np.arange(0, 256, 16, np.uint8)[:, np.newaxis], (12, 16, 3))


def frames() -> Frames:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(IMAGE))
    return Frames(lambda: iter([Converter().picture(frame)] * T))


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


@pytest.mark.parametrize("empty", [[], [[5, 0, 5, 9, 0.8]]])
def test_who_asks_is_told_what_people_look_like_where_they_were_found(
    empty: list[list[float]],
) -> None:
    """Frames between those that the detector saw are made up, and were not looked at."""
    boxes = [*empty, BOX, [2, 3, 12, 8, 0.5]]
    model = Model(boxes)
    given = np.array(boxes, np.float32)
    detector, one_stage = GuardedDetector("toy", model), GuardedOneStage("toy", model)
    every = np.ones((2, T), bool)
    of_all = ClipBoxes(dict.fromkeys(range(T), given), T, "")
    ways: list[tuple[Finder, np.ndarray]] = [
        (ByDetector(detector, appearance=True), every),
        (ByDetector(detector, 2, appearance=True), every & (np.arange(T) % 2 == 0)),
        (ByPoseModel(one_stage, appearance=True), every),
        (ByBoxes(lambda *_: of_all, appearance=True), every),
    ]
    people = appearance_of(IMAGE, given[-2:])
    assert not np.array_equal(*people)
    for finder, seen in ways:
        clip = found(finder)
        rows = clip.fields["appearance_row"].values
        np.testing.assert_array_equal(rows > 0, seen)
        for m, t in np.argwhere(seen):
            counts = clip.fields["appearance"].values[rows[m, t] - 1]
            np.testing.assert_array_equal(counts, people[m])
    assert "appearance" not in by_detector(model).fields
