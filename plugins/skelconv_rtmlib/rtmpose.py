"""The pose model ``rtmpose``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rtmlib import RTMPose

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
    from skelconv_rtmlib.plugin import RtmposeOptions

_BINS = 2  # a pixel and direction, as rtmlib takes it


class _Tool(RTMPose, OwnSession):  # type: ignore[misc]
    pass


class Rtmpose:
    """Joints by RTMPose, person by person, as ``rtmlib.RTMPose`` finds them.

    Jiang et al., RTMPose (2023). rtmlib has no batches, and there are none here. It feeds the
    model BGR, though MMPose trains on RGB; joints are to be those of rtmlib, so this is kept.

    Parameters
    ----------
    options : RtmposeOptions
        Which model, and how it is run.

    Raises
    ------
    SkelconvError
        When the model cannot be used or has other joints than the layout, or the device is not
        there.
    """

    layout: str

    def __init__(self, options: RtmposeOptions) -> None:
        session = open_session(options)
        height, width = input_size(session, options)
        self._tool = _Tool(session, model_input_size=(width, height))
        with as_plugin_error("it cannot be run", options.onnx):
            outputs = self._tool.inference(np.zeros((height, width, 3), np.float32))
        check_outputs(
            outputs, (1, "V", _BINS * width), (1, "V", _BINS * height), where=options.onnx
        )
        self._joints = outputs[0].shape[1]
        self.layout = layout_of(self._joints, options)

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame; see `skelconv.PoseModel`."""
        return [
            self._estimate(frame, in_frame) for frame, in_frame in zip(frames, boxes, strict=True)
        ]

    def _estimate(self, frame: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32]) -> Poses:
        if not len(boxes):  # rtmlib would take the whole frame for one
            return Poses(
                np.zeros((0, self._joints, 2), np.float32), np.zeros((0, self._joints), np.float32)
            )
        keypoint, score = self._tool(in_bgr(frame), boxes)
        return Poses(keypoint.astype(np.float32), score.astype(np.float32))
