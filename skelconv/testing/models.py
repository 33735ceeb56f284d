"""Checks of detectors and pose models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from skelconv.data.clip import Array
from skelconv.plugin.interfaces.models import (
    CuttingPoseModel,
    Detector,
    OneStagePoseModel,
    PoseModel,
    Poses,
)
from skelconv.testing.arrays import (
    check_array,
    check_unchanged,
    moving_shapes,
    read_only,
    some_boxes,
)
from skelconv.testing.clips import joints_of

T = TypeVar("T")

# How far the answers to a frame may differ by the other frames: batches round differently.
_PIXELS = 0.05
_SCORE = 1e-3


def check_detector(detector: Detector, frames: Sequence[Array] | None = None) -> list[Array]:
    """Check a detector on frames: all at once, each alone, one that is black, and none.

    Parameters
    ----------
    detector : Detector
        The detector.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.

    Returns
    -------
    list of ndarray of shape (N, 5)
        The boxes of each frame, to check further.
    """
    assert isinstance(detector, Detector), "it has no method detect"
    frames = moving_shapes() if frames is None else frames
    shown = read_only(frames)

    def _detect(frames: Sequence[Array], names: Sequence[str]) -> list[Array]:
        found = _one_each(detector.detect(frames), frames)
        for boxes, name in zip(found, names, strict=True):
            _check_boxes(boxes, name)
        return found

    names = _names(shown)
    found = _detect(shown, names)
    for frame, boxes, name in zip(shown, found, names, strict=True):
        (alone,) = _detect([frame], [name])
        _check_same_boxes(boxes, alone, name)
    _detect([np.zeros_like(shown[0])], ["a black frame"])
    _detect([], [])
    check_unchanged(shown, frames, "frames")
    return found


def check_pose_model(
    model: PoseModel,
    frames: Sequence[Array] | None = None,
    boxes: Sequence[Array] | None = None,
) -> list[Poses]:
    """Check a pose model on frames: all at once, each alone, without boxes, and none.

    One that cuts people out of frames must give the same, to the bit, when people who are cut out
    with others, or alone, are asked for afterwards.

    Parameters
    ----------
    model : PoseModel
        The pose model.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.
    boxes : sequence of ndarray of shape (N, 4), optional
        The boxes of each frame, float32; by default two, none, one, three and
        again, some of them partly outside the frame.

    Returns
    -------
    list of Poses
        The skeletons of each frame, to check further.
    """
    assert isinstance(model, PoseModel), "it has no method estimate, or no layout"
    joints = joints_of(model.layout)
    frames = moving_shapes() if frames is None else frames
    shown = read_only(frames)
    boxes = some_boxes(frames) if boxes is None else boxes
    given = read_only(boxes)

    def _estimate(
        frames: Sequence[Array], boxes: Sequence[Array], names: Sequence[str]
    ) -> list[Poses]:
        found = _one_each(model.estimate(frames, boxes), frames)
        for poses, some, name in zip(found, boxes, names, strict=True):
            _check_poses(poses, len(some), joints, name)
        return found

    names = _names(shown)
    found = _estimate(shown, given, names)
    for frame, some, poses, name in zip(shown, given, found, names, strict=True):
        (alone,) = _estimate([frame], [some], [name])
        _check_same_poses(poses, alone, name)
        (turned,) = _estimate([frame], [some[::-1]], [name])
        in_order = Poses(turned.keypoint[::-1], turned.keypoint_score[::-1])
        _check_same_poses(poses, in_order, f"{name}, its boxes in another order")
    _estimate(shown, [some[:0] for some in given], [f"{name} without boxes" for name in names])
    _estimate([], [], [])
    if isinstance(model, CuttingPoseModel):
        _check_cut(model, shown, given, found)
    check_unchanged(shown, frames, "frames")
    check_unchanged(given, boxes, "boxes")
    return found


def _check_cut(
    model: CuttingPoseModel,
    frames: Sequence[Array],
    boxes: Sequence[Array],
    found: Sequence[Poses],
) -> None:
    """Check that people who are cut out have the joints of those in frames that are gone."""
    together, alone = [], []
    for frame, some in zip(frames, boxes, strict=True):
        seen = frame.copy()
        together.append(model.cut(seen, some))
        assert len(together[-1]) == len(some), f"it cut {len(together[-1])} of {len(some)} people"
        alone.append([model.cut(seen, some[n : n + 1])[0] for n in range(len(some))])
        seen[:] = 0
    for people, how in ((together, "cut out together"), (alone, "cut out alone")):
        cut = _one_each(model.estimate_cut(people), frames)
        for poses, wanted, name in zip(cut, found, _names(frames), strict=True):
            what = f"{name}: its skeletons differ when people are {how}"
            np.testing.assert_array_equal(poses.keypoint, wanted.keypoint, err_msg=what)
            np.testing.assert_array_equal(poses.keypoint_score, wanted.keypoint_score, err_msg=what)


def check_one_stage(
    model: OneStagePoseModel, frames: Sequence[Array] | None = None
) -> list[tuple[Array, Poses]]:
    """Check a one-stage pose model on frames: all at once, each alone, a black one, and none.

    Parameters
    ----------
    model : OneStagePoseModel
        The pose model.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.

    Returns
    -------
    list of (ndarray of shape (N, 5), Poses)
        The boxes and skeletons of each frame, to check further.
    """
    assert isinstance(model, OneStagePoseModel), "it has no method find, or no layout"
    joints = joints_of(model.layout)
    frames = moving_shapes() if frames is None else frames
    shown = read_only(frames)

    def _find(frames: Sequence[Array], names: Sequence[str]) -> list[tuple[Array, Poses]]:
        found = _one_each(model.find(frames), frames)
        for (boxes, poses), name in zip(found, names, strict=True):
            _check_boxes(boxes, name)
            _check_poses(poses, len(boxes), joints, name)
        return found

    names = _names(shown)
    found = _find(shown, names)
    for frame, (boxes, poses), name in zip(shown, found, names, strict=True):
        ((boxes_alone, poses_alone),) = _find([frame], [name])
        _check_same_boxes(boxes, boxes_alone, name)
        _check_same_poses(poses, poses_alone, name)
    _find([np.zeros_like(shown[0])], ["a black frame"])
    _find([], [])
    check_unchanged(shown, frames, "frames")
    return found


def _names(frames: Sequence[Array]) -> list[str]:
    return [f"frame {number}" for number in range(len(frames))]


def _one_each(found: Sequence[T], frames: Sequence[Array]) -> list[T]:
    assert len(found) == len(frames), f"it gave {len(found)} answers to {len(frames)} frames"
    return list(found)


def _check_boxes(boxes: Array, name: str) -> None:
    what = f"{name}: boxes"
    check_array(boxes, what)
    assert boxes.ndim == 2 and boxes.shape[1] == 5, f"{what}: of shape {boxes.shape}, not (N, 5)"
    assert (boxes[:, :2] <= boxes[:, 2:4]).all(), f"{what}: not left, top, right, bottom"
    assert (np.diff(boxes[:, 4]) <= 0).all(), f"{what}: the highest score is not first"


def _check_poses(poses: Poses, count: int, joints: int, name: str) -> None:
    assert isinstance(poses, Poses), f"{name}: a {type(poses).__name__}, not Poses"
    keypoint, score = poses
    check_array(keypoint, f"{name}: keypoint")
    check_array(score, f"{name}: keypoint_score")
    expected = (count, joints)
    assert keypoint.ndim == 3 and keypoint.shape[:2] == expected and keypoint.shape[2] in (2, 3), (
        f"{name}: keypoint of shape {keypoint.shape}, not ({count}, {joints}, 2 or 3)"
    )
    assert score.shape == expected, f"{name}: keypoint_score of shape {score.shape}, not {expected}"


def _check_same_boxes(boxes: Array, alone: Array, name: str) -> None:
    what = f"{name}: its boxes depend on the other frames"
    assert boxes.shape == alone.shape, f"{what}: {len(alone)} alone, {len(boxes)} with the others"
    np.testing.assert_allclose(boxes[:, :4], alone[:, :4], 0, _PIXELS, err_msg=what)
    np.testing.assert_allclose(boxes[:, 4], alone[:, 4], 0, _SCORE, err_msg=what)


def _check_same_poses(poses: Poses, alone: Poses, name: str) -> None:
    what = f"{name}: its skeletons depend on the other frames"
    np.testing.assert_allclose(poses.keypoint, alone.keypoint, 0, _PIXELS, err_msg=what)
    np.testing.assert_allclose(poses.keypoint_score, alone.keypoint_score, 0, _SCORE, err_msg=what)
