"""The pose model ``mediapipe``."""

from __future__ import annotations

import os
import sys
import warnings
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv.plugin import Poses, as_plugin_error
from skelconv.text import pip_install

JOINTS = 33


class BlazePose:
    """Finds the joints of the most prominent person of each frame with MediaPipe's ``Pose``.

    Each frame is taken as a still image. By default MediaPipe looks where the person was in the
    frame before and smooths the joints over time; a frame's joints would then depend on earlier
    frames, even of another video. Smoothing is a transform's task.

    The model is BlazePose's "full", complexity 1, the only one whose weights are in the package:
    MediaPipe downloads the others. It runs on the CPU, and gives the same bits each time.

    Only one thread at a time may use an object.

    Parameters
    ----------
    min_score : float
        The minimum score of MediaPipe's detector. A person that it found is also left out where
        the model of joints scores the presence of a person below 0.5.

    Raises
    ------
    PluginError
        When the MediaPipe that is installed cannot be used.
    """

    layout = "blazepose33"

    def __init__(self, min_score: float = 0.5) -> None:
        hint = "mediapipe 0.10.21 has it, with protobuf 4, 5 or 6: " + pip_install(
            "mediapipe==0.10.21", "protobuf<7"
        )
        with as_plugin_error("MediaPipe's Pose cannot be made", hint=hint), _quiet():
            self._pose = _make(min_score)
            self.close = weakref.finalize(self, self._pose.close)
            # MediaPipe loads the models in threads; the first frame waits for them.
            self._pose.process(np.zeros((64, 64, 3), np.uint8))

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the person in each frame, and the joints.

        The score of a joint is its visibility: how sure the model is that it is in the frame and
        not hidden. Joints outside the frame are guessed, and score low. The score of a person is
        the mean score of the joints, and the box is the extent of the joints within the frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame, left, top, right, bottom and score of the person, and the joints; N is
            0 or 1.
        """
        return [self._find(frame) for frame in frames]

    def _find(self, frame: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], Poses]:
        found = self._pose.process(np.ascontiguousarray(frame)).pose_landmarks
        people = [] if found is None else [found.landmark]
        table = np.array(
            [[(joint.x, joint.y, joint.visibility) for joint in person] for person in people],
            np.float32,
        ).reshape(-1, JOINTS, 3)
        size = np.array((frame.shape[1], frame.shape[0]), np.float32)
        keypoint, score = table[..., :2] * size, np.ascontiguousarray(table[..., 2])
        inside = keypoint.clip(0, size)
        boxes = np.column_stack((inside.min(1), inside.max(1), score.mean(1)))
        return boxes, Poses(keypoint, score)


def _make(min_score: float) -> Any:
    from mediapipe import solutions

    return solutions.pose.Pose(
        static_image_mode=True, model_complexity=1, min_detection_confidence=min_score
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide MediaPipe's output.

    Its libraries write to the file descriptor of stderr, and have no setting to stop it. They
    raise their errors.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            # About the future of protobuf, in MediaPipe's code.
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
