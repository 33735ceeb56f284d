"""How much a person in one frame is like a person in another: by boxes, or by joints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from skelconv import BOX, Clip, ClipError, PluginError, boxes_of, layout_named
from skelconv.boxes import iou

Array = npt.NDArray[Any]

Place = tuple[int, int]
"""A person in a frame: the row and the frame."""

# How far from the right place people put a joint, in parts of a person's size: COCO's constants,
# https://cocodataset.org/#keypoints-eval. Joints of other names say nothing.
_SIGMAS = {
    "nose": 0.026,
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
}


class Likeness(Protocol):
    """A measure of 0 to 1, and where people are.

    Attributes
    ----------
    there : ndarray of shape (M, T)
        Who is in which frame.
    """

    there: npt.NDArray[np.bool_]

    def __init__(self, clip: Clip) -> None: ...

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return how much each of some is like each of others, (N, K)."""
        ...


class ByBoxes:
    """By the intersection over union of their boxes.

    Raises
    ------
    ClipError
        When the clip has none.
    """

    def __init__(self, clip: Clip) -> None:
        self._boxes, scores = boxes_of(clip)
        self.there = np.asarray(scores > 0)

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return the IoU of each pair."""
        return iou(_taken(self._boxes, some), _taken(self._boxes, others))


class ByJoints:
    """By object keypoint similarity (OKS), as COCO has it between a person and a finding.

    Joints count where both people's scores are above 0. The size of a pair is the mean of both
    people's areas: of their boxes, or without boxes of the rectangles about their joints. Joints
    that COCO does not know are left out.

    Raises
    ------
    ClipError
        When the clip's joints are not in pixels, or are none of COCO's.
    PluginError
        When its joints are not found yet.
    """

    def __init__(self, clip: Clip) -> None:
        joints, channels = clip.keypoint.shape[2:]
        if not joints:
            raise PluginError(
                "by oks, people are told by their joints, which are not known under 'people'",
                hint="link by iou there, or by oks under 'transforms'",
            )
        if channels != 2:
            raise ClipError("oks is for joints in pixels, and its are in 3D")
        names = layout_named(clip.layout).joints
        sigmas = np.array([_SIGMAS.get(_without_side(name), 0) for name in names])
        known = sigmas > 0
        if not known.any():
            raise ClipError(f"none of the joints of its layout {clip.layout!r} is one that oks has")
        self._variances = (2 * sigmas[known]) ** 2
        self._joints = clip.keypoint[:, :, known].astype(np.float64)
        if clip.keypoint_score is None:
            self._seen = np.asarray(self._joints.any(-1))
        else:
            self._seen = np.asarray(clip.keypoint_score[:, :, known] > 0)
        self.there = np.asarray(self._seen.any(-1))
        self._areas = self._of_boxes(clip) if BOX in clip.fields else self._of_joints()

    @staticmethod
    def _of_boxes(clip: Clip) -> Array:
        boxes = boxes_of(clip)[0].astype(np.float64)
        return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))

    def _of_joints(self) -> Array:
        seen = self._seen[..., np.newaxis]
        high = np.where(seen, self._joints, -np.inf).max(2)
        low = np.where(seen, self._joints, np.inf).min(2)
        return np.asarray(np.where(self.there[..., np.newaxis], high - low, 0).prod(-1))

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return the OKS of each pair; 0 where no joint is seen in both."""
        apart = _taken(self._joints, some)[:, np.newaxis] - _taken(self._joints, others)
        area = (_taken(self._areas, some)[:, np.newaxis] + _taken(self._areas, others)) / 2
        size = 2 * self._variances * (area[..., np.newaxis] + np.spacing(1))
        seen = _taken(self._seen, some)[:, np.newaxis] & _taken(self._seen, others)
        near = np.exp(-(apart**2).sum(-1) / size) * seen
        return np.asarray(near.sum(-1) / np.maximum(seen.sum(-1), 1))


def _taken(values: Array, places: Sequence[Place]) -> Array:
    rows, frames = np.array(places, np.intp).reshape(-1, 2).T
    return np.asarray(values[rows, frames])


def _without_side(joint: str) -> str:
    return joint.removeprefix("left_").removeprefix("right_")
