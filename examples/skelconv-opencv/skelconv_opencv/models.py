"""The models, which import OpenCV. It runs on one thread: skelconv has a worker for each core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import Poses, as_plugin_error, layout_named, pip
from skelconv.vision import in_bgr, iou, open_file

if TYPE_CHECKING:
    from skelconv_opencv.plugin import HeatmapOptions, HogOptions

_Frames = Sequence[npt.NDArray[np.uint8]]
_Floats = npt.NDArray[np.float32]

# The crop around a box, and the colours of ImageNet, as these networks are trained.
_MARGIN = 1.25
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)


class HogDetector:
    """Finds people who stand upright (Dalal and Triggs, 2005).

    Parameters
    ----------
    options : HogOptions
        Who counts as found.
    """

    def __init__(self, options: HogOptions) -> None:
        cv2.setNumThreads(1)
        self._options = options
        if not hasattr(cv2, "HOGDescriptor"):
            raise PluginError(
                f"this build of OpenCV ({cv2.__version__}) has no HOG",
                hint=pip("install", "opencv-python-headless<5"),
            )
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
        self._smallest = self._hog.winSize  # width and height

    def detect(self, frames: _Frames) -> list[_Floats]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of ndarray of shape (N, 5)
            As `skelconv.plugin.Detector.detect` returns them.
        """
        return [self._boxes(frame) for frame in frames]

    def _boxes(self, frame: npt.NDArray[np.uint8]) -> _Floats:
        height, width = frame.shape[:2]
        if width < self._smallest[0] or height < self._smallest[1]:
            return np.zeros((0, 5), np.float32)
        # All windows: what OpenCV would merge depends on their order.
        windows, scores = self._hog.detectMultiScale(
            np.ascontiguousarray(in_bgr(frame)), winStride=(8, 8), scale=1.05, groupThreshold=0
        )
        corners = np.reshape(windows, (-1, 4)).astype(np.float32)
        corners[:, 2:] += corners[:, :2]
        found = np.column_stack([corners, np.reshape(scores, -1)]).astype(np.float32)
        found = found[found[:, 4] >= self._options.min_score]
        found = found[np.lexsort((*found.T[:4], -found[:, 4]))]
        kept: list[int] = []
        for row, overlaps in enumerate(iou(found, found)):
            if not (overlaps[kept] > self._options.overlap).any():
                kept.append(row)
        return found[kept]


class HeatmapModel:
    """Finds joints with a network that gives a heatmap for each.

    Parameters
    ----------
    options : HeatmapOptions
        The network.
    """

    def __init__(self, options: HeatmapOptions) -> None:
        cv2.setNumThreads(1)
        self.layout: str = options.layout
        self._height, self._width = options.input_size
        self._joints = len(layout_named(self.layout).joints)
        with as_plugin_error("OpenCV cannot use it", options.model):
            self._net = open_file(options.model, options.sha256, _read)
            given = self._heat(np.zeros((self._height, self._width, 3), np.uint8))
        if given.ndim != 3 or len(given) != self._joints:
            what = f"it gives the shape {given.shape}, not heatmaps of {self._joints} joints"
            raise PluginError(what, where=options.model)

    def estimate(self, frames: _Frames, boxes: Sequence[_Floats]) -> list[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : sequence of ndarray of shape (N, 4)
            The people of each frame.

        Returns
        -------
        list of Poses
            As `skelconv.plugin.PoseModel.estimate` returns them.
        """
        return [self._poses(frame, some) for frame, some in zip(frames, boxes, strict=True)]

    def _poses(self, frame: npt.NDArray[np.uint8], boxes: _Floats) -> Poses:
        keypoint = np.zeros((len(boxes), self._joints, 2), np.float32)
        score = np.zeros((len(boxes), self._joints), np.float32)
        for row, (left, top, right, bottom) in enumerate(boxes[:, :4].astype(np.float64)):
            # Pixels of the frame for one of the input; the box is whole in it, with a margin.
            scale = _MARGIN * max((right - left) / self._width, (bottom - top) / self._height)
            corner = np.array(
                [
                    (left + right - scale * self._width) / 2,
                    (top + bottom - scale * self._height) / 2,
                ]
            )
            matrix = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            crop = cv2.warpAffine(frame, matrix, (self._width, self._height), flags=flags)
            heat = self._heat(np.asarray(crop, np.uint8))
            places = heat.reshape(self._joints, -1).argmax(1)
            rows, columns = np.divmod(places, heat.shape[2])
            cell = scale * self._width / heat.shape[2], scale * self._height / heat.shape[1]
            keypoint[row] = corner + (np.column_stack([columns, rows]) + 0.5) * cell
            score[row] = heat.reshape(self._joints, -1).max(1).clip(0, 1)
        return Poses(keypoint, score)

    def _heat(self, crop: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        colours = (crop.astype(np.float32) / 255 - _MEAN) / _STD
        self._net.setInput(np.ascontiguousarray(colours.transpose(2, 0, 1)[None]))
        return np.asarray(self._net.forward())[0]


def _read(file: Path) -> Any:
    return cv2.dnn.readNetFromONNX(str(file))
