"""The pose model ``rtmo``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rtmlib import RTMO
from rtmlib.tools.object_detection.post_processings import multiclass_nms

from skelconv.plugin import Poses, as_plugin_error
from skelconv.vision import in_bgr
from skelconv_rtmlib.session import GivenSession, check_outputs, layout_of, open_model

if TYPE_CHECKING:
    from skelconv_rtmlib.options import RtmoOptions


class _Tool(RTMO, GivenSession):  # type: ignore[misc]
    pass


class Rtmo:
    """Finds people and their joints with RTMO, frame by frame, as ``rtmlib.RTMO`` does.

    Lu et al., RTMO (2024). rtmlib prepares the frames, and its function and its threshold suppress
    people. Its code for the outputs is not used, since it returns no boxes, and a person of zeros
    for an empty frame.

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
        session, size = open_model(options)
        self._tool = _Tool(session, model_input_size=size)
        with as_plugin_error("it cannot be run", options.onnx):
            outputs = self._tool.inference(np.zeros((*size, 3), np.float32))
        check_outputs(outputs, (1, "N", 5), (1, "N", "V", 3), where=options.onnx)
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
        image, ratio = self._tool.preprocess(in_bgr(frame))
        (boxes,), (joints,) = self._tool.inference(image)[:2]
        boxes[:, :4] /= ratio
        joints[..., :2] /= ratio
        _, kept = multiclass_nms(boxes[:, :4], boxes[:, 4:], self._tool.nms_thr, self._min_score)
        best = np.zeros(0, np.intp) if kept is None else kept  # the highest score first
        people = joints[best]
        return boxes[best], Poses(people[..., :2].copy(), people[..., 2].copy())
