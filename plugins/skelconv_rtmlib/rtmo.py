"""The pose model ``rtmo``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rtmlib import RTMO
from rtmlib.tools.object_detection.post_processings import multiclass_nms

from skelconv import Poses, as_plugin_error
from skelconv_rtmlib.session import (
    OwnSession,
    check_outputs,
    in_bgr,
    input_size,
    layout_of,
    open_session,
)

if TYPE_CHECKING:
    from skelconv_rtmlib.plugin import RtmoOptions


class _Tool(RTMO, OwnSession):  # type: ignore[misc]
    pass


class Rtmo:
    """People and their joints by RTMO, frame by frame, as ``rtmlib.RTMO`` finds them.

    Lu et al., RTMO (2024). Frames are prepared by rtmlib, and people are suppressed with its
    function and its threshold. What it makes of the outputs is done here, since it gives no
    boxes, and a person of zeros where there is nobody.

    Parameters
    ----------
    options : RtmoOptions
        Which model, and how it is run.

    Raises
    ------
    SkelconvError
        When the model cannot be used or has other joints than the layout, or the device is not
        there.
    """

    layout: str

    def __init__(self, options: RtmoOptions) -> None:
        self._min_score = options.min_score
        session = open_session(options)
        size = input_size(session, options)
        self._tool = _Tool(session, model_input_size=size)
        with as_plugin_error("it cannot be run", options.onnx):
            outputs = self._tool.inference(np.zeros((*size, 3), np.float32))
        check_outputs(outputs, (1, "N", 5), (1, "N", "V", 3), where=options.onnx)
        self.layout = layout_of(outputs[1].shape[2], options)

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the people in each frame; see `skelconv.OneStagePoseModel`."""
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
