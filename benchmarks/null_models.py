"""A detector and a pose model that answer at once: two people who stand, for ``video_flow.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from skelconv import Array
from skelconv.plugin import DetectorPlugin, PoseModelPlugin, Poses, hookimpl

_JOINTS = 17
_WIDTH, _HEIGHT = 192, 256
_PEOPLE = np.array([[0.2, 0.2, 0.4, 0.9, 0.9], [0.5, 0.2, 0.7, 0.9, 0.8]], np.float32)


class NullDetector:
    """Finds the same two people in every frame."""

    def detect(self, frames: Sequence[Array]) -> list[Array]:
        """Return two boxes for each frame."""
        height, width = frames[0].shape[:2]
        boxes = _PEOPLE * np.array([width, height, width, height, 1], np.float32)
        return [boxes for _ in frames]


class NullPoseModel:
    """Finds all joints in the corner of the frame. It cuts people out as others do."""

    layout = "coco17"
    cut_bytes = 3 * _WIDTH * _HEIGHT

    def __init__(self) -> None:
        cv2.setNumThreads(1)

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> list[Poses]:
        """Return zeros for each box."""
        return self.estimate_cut(list(map(self.cut, frames, boxes)))

    def cut(self, frame: Array, boxes: Array) -> list[Array]:
        """Return what is in the boxes, in the size of the models' input."""
        corners = boxes.astype(int).tolist()
        return [
            cv2.resize(frame[top:bottom, left:right], (_WIDTH, _HEIGHT))
            for left, top, right, bottom in corners
        ]

    def estimate_cut(self, people: Sequence[Sequence[Array]]) -> list[Poses]:
        """Return zeros for each person."""
        shapes = [(len(in_frame), _JOINTS) for in_frame in people]
        return [
            Poses(np.zeros((*shape, 2), np.float32), np.ones(shape, np.float32)) for shape in shapes
        ]


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer the detector."""
    yield DetectorPlugin(
        name="null-detector", summary="Answers at once", create=lambda _: NullDetector()
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer the pose model."""
    yield PoseModelPlugin(
        name="null-pose", summary="Answers at once", create=lambda _: NullPoseModel()
    )
