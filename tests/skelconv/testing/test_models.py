"""Checks of models: a good model passes, and each fault of a bad one is reported."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import toy_models

from skelconv.plugin import Poses
from skelconv.testing import check_detector, check_one_stage, check_pose_model

Frames = Sequence[np.ndarray]


def people() -> list[np.ndarray]:
    """Frames in which the toy models see one, two, three and no people."""
    made = []
    for count in (1, 2, 3, 0):
        frame = np.full((48, 64, 3), 10, np.uint8)
        for channel in range(count):
            frame[5:40, 20 * channel : 20 * channel + 10 + channel, channel] = 220
        made.append(frame)
    return made


def test_good_models_pass() -> None:
    assert [len(boxes) for boxes in check_detector(toy_models.Detector(), people())] == [1, 2, 3, 0]
    poses = check_pose_model(toy_models.PoseModel())
    assert [len(found.keypoint) for found in poses] == [2, 0, 1, 3, 2]
    found = check_one_stage(toy_models.OneStage(), people())
    assert [len(boxes) for boxes, _ in found] == [1, 2, 3, 0]


class Changed:
    """A toy model whose answers are changed, depending on the number of frames."""

    layout = "coco17"

    def __init__(self, change: Callable[[Any, int], Any]) -> None:
        self._change = change

    def detect(self, frames: Frames) -> list[Any]:
        return [self._change(toy_models.people(frame), len(frames)) for frame in frames]

    def find(self, frames: Frames) -> list[Any]:
        found = toy_models.OneStage().find(frames)
        return [(boxes, self._change(poses, len(frames))) for boxes, poses in found]

    def estimate(self, frames: Frames, boxes: Frames) -> list[Any]:
        found = toy_models.PoseModel().estimate(frames, boxes)
        return [self._change(poses, len(frames)) for poses in found]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda boxes, _: boxes.tolist(), "frame 0: boxes: a list, not an array"),
        (lambda boxes, _: boxes.astype(float), "boxes: of float64, not float32"),
        (lambda boxes, _: boxes[:, :4], r"boxes: of shape \(1, 4\), not \(N, 5\)"),
        (lambda boxes, _: boxes[::-1], "frame 1: boxes: the highest score is not first"),
        (lambda boxes, _: boxes * np.float32(np.nan), "not all of it is finite"),
        (lambda boxes, _: boxes[:, [2, 1, 0, 3, 4]], "not left, top, right, bottom"),
        (lambda boxes, count: boxes[:count], "frame 1: .* depend .*: 1 alone, 2 with"),
        (lambda boxes, count: boxes + np.float32(count), "its boxes depend on the other frames"),
    ],
)
def test_faults_of_a_detector(change: Callable[[Any, int], Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_detector(Changed(change), people())


def scaled(poses: Poses, factor: float) -> Poses:
    return poses._replace(keypoint=poses.keypoint * np.float32(factor))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda poses, _: tuple(poses), "frame 0: a tuple, not Poses"),
        (lambda poses, _: scaled(poses, np.nan), "keypoint: not all of it is finite"),
        (
            lambda poses, _: Poses(*(part[:, 1:] for part in poses)),
            r"keypoint of shape \(\d, 16, 2\), not \(\d, 17, 2 or 3\)",
        ),
        (
            lambda poses, _: poses._replace(keypoint_score=poses.keypoint_score[..., None]),
            r"keypoint_score of shape \(\d, 17, 1\)",
        ),
        (lambda poses, count: scaled(poses, count), "its skeletons depend on the other frames"),
    ],
)
@pytest.mark.parametrize("check", [check_pose_model, check_one_stage])
def test_faults_of_pose_models(
    check: Callable[..., Any], change: Callable[[Any, int], Any], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check(Changed(change), people())


class Faulty(toy_models.PoseModel):
    def __init__(self, fault: str) -> None:
        self._fault = fault

    def detect(self, frames: Frames) -> list[Any]:
        if self._fault == "one too few":
            return toy_models.Detector().detect(frames[1:])
        if self._fault == "writes":
            frames[0][0] = 0
        if self._fault == "writes as native code may":
            for frame in frames:
                frame.flags.writeable = True
                frame[0] = 0
        if self._fault == "no frames":
            np.stack(frames)
        return toy_models.Detector().detect(frames)

    def estimate(self, frames: Frames, boxes: Frames) -> list[Any]:
        if self._fault == "writes":
            boxes[0][0] = 0
        if self._fault == "order of size":
            boxes = [some[np.argsort(some[:, 2] - some[:, 0])] for some in boxes]
        return super().estimate(frames, boxes)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("one too few", "it gave 3 answers to 4 frames"),
        ("writes", "read-only"),
        ("writes as native code may", "it changed the frames that it was given"),
        ("no frames", "need at least one array"),
    ],
)
def test_what_a_detector_may_not_do(fault: str, words: str) -> None:
    with pytest.raises((AssertionError, ValueError), match=words):
        check_detector(Faulty(fault), [frame + np.uint8(1) for frame in people()])


@pytest.mark.parametrize(
    ("fault", "words"), [("writes", "read-only"), ("order of size", "boxes in another order")]
)
def test_what_a_pose_model_may_not_do(fault: str, words: str) -> None:
    with pytest.raises((AssertionError, ValueError), match=words):
        check_pose_model(Faulty(fault))


class Cutting(toy_models.PoseModel):
    """Its joints are moved by the brightest pixel of what it cut out, or of the frame."""

    cut_bytes = 10

    def __init__(self, fault: str = "") -> None:
        self._fault = fault

    def estimate(self, frames: Frames, boxes: Frames) -> list[Poses]:
        return self.estimate_cut(list(map(self.cut, frames, boxes)))

    def cut(self, frame: np.ndarray, boxes: np.ndarray) -> list[Any]:
        if self._fault == "one too few":
            boxes = boxes[1:]
        number = len(boxes) if self._fault == "knows the others" else 0
        seen = frame if self._fault == "keeps the frame" else frame.copy()
        return [(box, number, seen) for box in boxes]

    def estimate_cut(self, people: Any) -> list[Poses]:
        made = []
        for in_frame in people:
            boxes = np.array([box for box, _, _ in in_frame], np.float32).reshape(-1, 4)
            poses = super().estimate([boxes], [boxes])[0]
            moves = np.array([n / 1000 + seen.max() for _, n, seen in in_frame], np.float32)
            made.append(Poses(poses.keypoint + moves.reshape(-1, 1, 1), poses.keypoint_score))
        return made


def test_a_model_that_cuts_people_out() -> None:
    assert check_pose_model(Cutting())[0].keypoint.max() > 200


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("knows the others", "its skeletons differ when people are cut out alone"),
        ("keeps the frame", "its skeletons differ when people are cut out together"),
        ("one too few", "keypoint of shape"),
    ],
)
def test_what_a_model_that_cuts_people_out_may_not_do(fault: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_pose_model(Cutting(fault))


def test_there_must_be_frames() -> None:
    for check, model in (
        (check_detector, toy_models.Detector()),
        (check_pose_model, toy_models.PoseModel()),
        (check_one_stage, toy_models.OneStage()),
    ):
        with pytest.raises(AssertionError, match="no frames to check"):
            check(model, [])


def test_a_model_of_another_kind() -> None:
    with pytest.raises(AssertionError, match="no method detect"):
        check_detector(toy_models.PoseModel())
    with pytest.raises(AssertionError, match="no method estimate"):
        check_pose_model(toy_models.OneStage())
    with pytest.raises(AssertionError, match="no method find"):
        check_one_stage(toy_models.Detector())
