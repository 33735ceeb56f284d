"""The pose model ``rtmo``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from skelconv.plugin import Poses, as_plugin_error
from skelconv_onnx.images import best_of, fitted
from skelconv_onnx.session import check_outputs, layout_of, open_model, run

if TYPE_CHECKING:
    from skelconv_onnx.options import RtmoOptions


class Rtmo:
    """Finds people and their joints with RTMO, frame by frame.

    Lu et al., RTMO (2024). The joints are those of ``rtmlib.RTMO``, with the boxes, and nobody in
    an empty frame.

    Parameters
    ----------
    options : RtmoOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used, or the model has other joints than the
        layout.
    """

    def __init__(self, options: RtmoOptions) -> None:
        self._min_score = options.min_score
        self._session, self._size = open_model(options)
        with as_plugin_error("it cannot be run", options.model):
            outputs = run(self._session, np.zeros((1, 3, *self._size), np.float32))
        check_outputs(outputs, (1, "N", 5), (1, "N", "V", 3), where=options.model)
        self.layout = layout_of(outputs[1].shape[2], options)

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the people in each frame, and their joints.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame, left, top, right, bottom and score of each person, the highest score
            first, and their joints.
        """
        return [self._find(frame) for frame in frames]

    def _find(self, frame: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], Poses]:
        image, ratio = fitted(frame, self._size)
        (boxes,), (joints,) = run(self._session, image)[:2]
        wanted = boxes[:, 4] > self._min_score
        boxes, joints = boxes[wanted], joints[wanted]
        boxes[:, :4] /= ratio
        joints[..., :2] /= ratio
        best = best_of(boxes[:, :4], boxes[:, 4])
        people = joints[best]
        return boxes[best], Poses(people[..., :2].copy(), people[..., 2].copy())
