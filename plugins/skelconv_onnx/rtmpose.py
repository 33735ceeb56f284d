"""The pose model ``rtmpose``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from skelconv.plugin import Poses, as_plugin_error
from skelconv.vision import in_bgr, top_down
from skelconv_onnx.session import check_outputs, layout_of, open_model, run

if TYPE_CHECKING:
    from skelconv_onnx.options import RtmposeOptions

_BINS = 2  # of a pixel in each direction
# A box is widened by this, as in training.
_PADDING = 1.25
# Of each colour in ImageNet, from 0 to 255.
_MEAN = np.array([123.675, 116.28, 103.53])
_STD = np.array([58.395, 57.12, 57.375])
# What becomes of each of the 256 values of each colour.
_NORMAL = ((np.arange(256)[np.newaxis, :, np.newaxis] - _MEAN) / _STD).astype(np.float32)


class _Cut(NamedTuple):
    """A person cut out of a frame, and the place of the cut: its corner and size in the frame."""

    image: npt.NDArray[np.uint8]
    corner: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]


class Rtmpose:
    """Finds joints with RTMPose, in batches of people of several frames.

    Jiang et al., RTMPose (2023). The joints are those of ``rtmlib.RTMPose`` where it is given RGB,
    as the models were trained; it runs them person by person.

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
        self._size = width, height
        batch = self._session.get_inputs()[0].shape[0]
        self._takes_any_batch = not isinstance(batch, int)
        self._batch: int = options.batch if self._takes_any_batch else batch
        self.cut_bytes = 3 * height * width
        blank = np.zeros((self._batch, 3, height, width), np.float32)
        with as_plugin_error("it cannot be run", options.model):
            outputs = run(self._session, blank)
        check_outputs(
            outputs,
            (self._batch, "V", _BINS * width),
            (self._batch, "V", _BINS * height),
            where=options.model,
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
        return self.estimate_cut(map(self.cut, frames, boxes))

    def cut(self, frame: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32]) -> list[_Cut]:
        """Cut people out of a frame; see `skelconv.plugin.CuttingPoseModel`.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : ndarray of shape (N, 4)
            Left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list
            What `estimate_cut` needs of each person.
        """
        return [self._cut(frame, box.astype(np.float64)) for box in boxes]

    def estimate_cut(self, people: Iterable[Sequence[_Cut]]) -> list[Poses]:
        """Find the joints of people who were cut out.

        Parameters
        ----------
        people : iterable of sequence
            For each frame what `cut` gave for each of its N people.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
        return top_down(
            people, joints=self._joints, batch=self._batch, prepare=self._ready, run=self._find
        )

    def _cut(self, frame: npt.NDArray[np.uint8], box: npt.NDArray[np.float64]) -> _Cut:
        """Cut out a box, widened on two sides to the shape of the input."""
        center = (box[:2] + box[2:]) / 2
        # Of a box without an area, something is cut out as well.
        width, height = np.maximum((box[2:] - box[:2]) * _PADDING, 1e-3)
        width = max(width, height * self._size[0] / self._size[1])
        size = np.array([width, width * self._size[1] / self._size[0]])
        corner = center - size / 2
        scale = self._size[0] / width
        matrix = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
        image = cv2.warpAffine(frame, matrix, self._size, flags=cv2.INTER_LINEAR)
        if self._options.channels == "bgr":
            image = in_bgr(image)
        return _Cut(np.asarray(image, np.uint8), corner, size)

    def _ready(self, cuts: Sequence[_Cut]) -> tuple[Sequence[_Cut], npt.NDArray[np.float32]]:
        """Return people and the model's input, filled up where it takes only full batches."""
        images = [cv2.LUT(cut.image, _NORMAL).transpose(2, 0, 1) for cut in cuts]
        if not self._takes_any_batch:
            images += images[:1] * (self._batch - len(images))
        return cuts, np.stack(images)

    def _find(
        self, ready: tuple[Sequence[_Cut], npt.NDArray[np.float32]]
    ) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]]:
        cuts, images = ready
        across, down = run(self._session, images)[:2]
        for cut, x, y in zip(cuts, across, down, strict=False):
            scores = (x.max(axis=1) + y.max(axis=1)) / 2
            joints = np.column_stack([x.argmax(axis=1), y.argmax(axis=1)]).astype(np.float64)
            joints[scores <= 0] = -1  # nowhere
            yield joints / _BINS / self._size * cut.size + cut.corner, scores
