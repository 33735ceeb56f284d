"""The pose model ``rtmpose``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from rtmlib import RTMPose

from skelconv import Poses, as_plugin_error, top_down
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


class _Cut(NamedTuple):
    """A person cut out of a frame, and where from."""

    image: npt.NDArray[np.float64]
    center: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class Rtmpose:
    """Joints by RTMPose, whole batches of people of many frames at once.

    Jiang et al., RTMPose (2023). Each person is cut out, and found again in the frame, by
    ``rtmlib.RTMPose``; in between, rtmlib would run the model person by person, and on BGR.

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
        self._options = options
        self._session = open_session(options)
        height, width = input_size(self._session, options)
        self._tool = _Tool(self._session, model_input_size=(width, height))
        together = self._session.get_inputs()[0].shape[0]
        self._any_number = not isinstance(together, int)
        self._batch: int = options.batch if self._any_number else together
        blank = np.zeros((self._batch, 3, height, width), np.float32)
        with as_plugin_error("it cannot be run", options.onnx):
            outputs = self._run(blank)
        check_outputs(
            outputs,
            (self._batch, "V", _BINS * width),
            (self._batch, "V", _BINS * height),
            where=options.onnx,
        )
        self._joints = outputs[0].shape[1]
        self.layout = layout_of(self._joints, options)

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame; see `skelconv.PoseModel`."""
        return top_down(
            frames,
            boxes,
            joints=self._joints,
            batch=self._batch,
            turn=in_bgr if self._options.channels == "bgr" else None,
            prepare=self._cut_out,
            run=self._find,
        )

    def _cut_out(
        self, people: Sequence[tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]]
    ) -> list[_Cut]:
        return [_Cut(*self._tool.preprocess(frame, box)) for frame, box in people]

    def _find(
        self, cuts: Sequence[_Cut]
    ) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]]:
        for cut, x, y in zip(cuts, *self._run(self._stacked(cuts)), strict=False):
            joints, scores = self._tool.postprocess(
                (x[np.newaxis], y[np.newaxis]), cut.center, cut.scale
            )
            yield joints[0], scores[0]

    def _stacked(self, cuts: Sequence[_Cut]) -> npt.NDArray[np.float32]:
        """Return the model's input: as many as it takes, where it takes so many and no fewer."""
        images = [np.asarray(cut.image, np.float32).transpose(2, 0, 1) for cut in cuts]
        if not self._any_number:
            images += images[:1] * (self._batch - len(images))
        return np.stack(images)

    def _run(self, images: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        given: list[npt.NDArray[np.float32]] = self._session.run(
            None, {self._session.get_inputs()[0].name: images}
        )
        return given[:2]
