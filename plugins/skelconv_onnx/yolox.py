"""The detector ``yolox``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv_onnx.images import best_of, fitted
from skelconv_onnx.session import check_outputs, open_model, run

if TYPE_CHECKING:
    from skelconv_onnx.options import YoloxOptions

_STRIDES = (8, 16, 32)


class Yolox:
    """Finds people with YOLOX, frame by frame.

    Ge et al., YOLOX (2021). The boxes are those of ``rtmlib.YOLOX``, with their scores, of one
    class alone, and with any minimum score also where suppression is part of the model.

    There are no batches: most published models include suppression, which takes one frame.

    Parameters
    ----------
    options : YoloxOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used.
    """

    def __init__(self, options: YoloxOptions) -> None:
        self._options = options
        self._session, self._size = open_model(options)
        self._grid, self._stride = _cells(self._size)
        with as_plugin_error("it cannot be run", options.model):
            self.detect([np.zeros((*self._size, 3), np.uint8)])

    def detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[npt.NDArray[np.float32]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of ndarray of shape (N, 5)
            For each frame, left, top, right and bottom in pixels, and the score; the highest
            score first.
        """
        return [self._detect(frame) for frame in frames]

    def _detect(self, frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        image, ratio = fitted(frame, self._size)
        outputs = run(self._session, image)
        check_outputs(outputs, (1, "N", "5, or 5 and classes"), where=self._options.model)
        if outputs[0].shape[2] == 5:
            found = self._suppressed(outputs)
            found[:, :4] /= ratio
        else:
            cells = self._raw(outputs[0][0])
            cells[:, :4] /= ratio
            found = cells[cells[:, 4] > self._options.min_score]
            found = found[best_of(found[:, :4], found[:, 4])]
        return found[np.argsort(-found[:, 4], kind="stable")].astype(np.float32, copy=False)

    def _suppressed(self, outputs: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        """Return the boxes (N, 5) of a model that includes suppression."""
        boxes = outputs[0][0]
        wanted = boxes[:, 4] > self._options.min_score
        if len(outputs) > 1:
            check_outputs(outputs[1:], (1, len(boxes)), where=self._options.model)
            wanted &= outputs[1][0] == self._options.category
        return np.asarray(boxes[wanted])

    def _raw(self, cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the boxes (N, 5) of all cells of a model's last layer."""
        classes = cells.shape[1] - 5
        if classes < 1 or len(cells) != len(self._grid):
            raise PluginError(
                f"its output is {cells.shape}, where ({len(self._grid)}, 5 and classes) is "
                f"expected for images of {self._size[0]} x {self._size[1]}",
                where=self._options.model,
            )
        if self._options.category >= classes:
            what = f"there is no class {self._options.category}: it has {classes}"
            raise PluginError(what, where=self._options.model, hint="classes are counted from 0")
        centre = (cells[:, :2] + self._grid) * self._stride
        half = np.exp(cells[:, 2:4]) * self._stride / 2
        score = cells[:, 4] * cells[:, 5 + self._options.category]
        return np.column_stack([centre - half, centre + half, score])


def _cells(size: tuple[int, int]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return x and y (N, 2) of all cells, in cells, and their sizes (N, 1) in pixels."""
    places, sizes = [], []
    for stride in _STRIDES:
        rows, columns = np.mgrid[: size[0] // stride, : size[1] // stride]
        places.append(np.column_stack([columns.ravel(), rows.ravel()]))
        sizes.append(np.full((rows.size, 1), stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(sizes).astype(np.float32)
