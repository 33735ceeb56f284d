"""The pose model ``rtmpose``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from rtmlib import RTMPose

from skelconv.plugin import Poses, as_plugin_error
from skelconv.vision import in_bgr, top_down
from skelconv_rtmlib.session import GivenSession, check_outputs, layout_of, open_model

if TYPE_CHECKING:
    from skelconv_rtmlib.options import RtmposeOptions

_BINS = 2  # of a pixel in each direction, as rtmlib expects


class _Tool(RTMPose, GivenSession):  # type: ignore[misc]
    pass


class _Cut(NamedTuple):
    """A person cut out of a frame, and the place of the cut."""

    image: npt.NDArray[np.float64]
    center: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class Rtmpose:
    """Finds joints with RTMPose, in batches of people of several frames.

    Jiang et al., RTMPose (2023). ``rtmlib.RTMPose`` cuts out each person, and maps the joints back
    to the frame. It would also run the model, but person by person, and on BGR.

    Parameters
    ----------
    options : RtmposeOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used, or the model has other joints than the
        layout.
    """

    def __init__(self, options: RtmposeOptions) -> None:
        self._options = options
        self._session, (height, width) = open_model(options)
        self._tool = _Tool(self._session, model_input_size=(width, height))
        batch = self._session.get_inputs()[0].shape[0]
        self._takes_any_batch = not isinstance(batch, int)
        self._batch: int = options.batch if self._takes_any_batch else batch
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
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
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
        """Return the model's input, filled up where the model takes only full batches."""
        images = [np.asarray(cut.image, np.float32).transpose(2, 0, 1) for cut in cuts]
        if not self._takes_any_batch:
            images += images[:1] * (self._batch - len(images))
        return np.stack(images)

    def _run(self, images: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        given: list[npt.NDArray[np.float32]] = self._session.run(
            None, {self._session.get_inputs()[0].name: images}
        )
        return given[:2]
