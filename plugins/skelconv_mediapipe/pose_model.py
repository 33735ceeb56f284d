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

from skelconv import Poses, as_plugin_error

JOINTS = 33


class BlazePose:
    """The joints of the most prominent person of each frame, by MediaPipe's solution ``Pose``.

    Each frame is taken as a still image. MediaPipe would rather look where the person was in the
    frame before and smooth the joints over time, but then a frame's joints would depend on what
    was shown before, if only the end of another video. Smoothing is a transform's task.

    The model is BlazePose's "full", complexity 1, the only one whose weights are in the package:
    MediaPipe downloads the others. It runs on the CPU, and gives the same bits each time.

    An object is for one thread at a time.

    Parameters
    ----------
    min_score : float
        The least score of MediaPipe's detector. A person whom it found is left out all the same
        where the model of joints gives less than 0.5 for there being one.

    Raises
    ------
    PluginError
        When the MediaPipe that is installed cannot be used.
    """

    layout = "blazepose33"

    def __init__(self, min_score: float = 0.5) -> None:
        hint = (
            "it is there in mediapipe 0.10.21, with protobuf 4, 5 or 6: "
            "pip install mediapipe==0.10.21 'protobuf<7'"
        )
        with as_plugin_error("MediaPipe's Pose cannot be made", hint=hint), _quiet():
            self._pose = _make(min_score)
            self.close = weakref.finalize(self, self._pose.close)
            # The models are loaded in threads of MediaPipe's own; a frame waits for them.
            self._pose.process(np.zeros((64, 64, 3), np.uint8))

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the person in each frame; see `skelconv.OneStagePoseModel`.

        A joint's score is its visibility: how sure the model is that it is in the frame and not
        hidden. Joints outside the frame are guessed, and score low. A person's score is the mean
        of the joints', and the box what the joints span within the frame.
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
    """Keep MediaPipe's chatter back.

    Its libraries write to the file descriptor of stderr, and no setting of theirs stops them.
    What goes wrong they raise.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            # Of what is to become of protobuf, in MediaPipe's code.
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
