"""The models, which import PyTorch and Ultralytics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from ultralytics import YOLO

from skelconv import PluginError
from skelconv.plugin import Poses, as_plugin_error, layout_named
from skelconv.vision import in_bgr, torch_device, torch_inference

if TYPE_CHECKING:
    from skelconv_ultralytics.plugin import UltralyticsOptions, UltralyticsPoseOptions

_Frames = Sequence[npt.NDArray[np.uint8]]
_Floats = npt.NDArray[np.float32]


class _Model:
    def __init__(self, options: UltralyticsOptions, task: str) -> None:
        if not options.trust:
            raise PluginError(
                "loading a .pt file runs what is in it",
                where=options.model,
                hint="set `trust: true` if it is from a place whose programs you would run",
            )
        self._options = options
        self._device = torch_device(options)
        with as_plugin_error("Ultralytics cannot load it", options.model):
            self.yolo = YOLO(options.model)
        if self.yolo.task != task:
            raise PluginError(f"it is a model of the task {self.yolo.task}", where=options.model)

    def __call__(self, frame: npt.NDArray[np.uint8]) -> Any:
        """Return Ultralytics' results of one frame; in a batch they would depend on the others."""
        with torch_inference(self._options):
            (found,) = self.yolo.predict(
                np.ascontiguousarray(in_bgr(frame)),
                conf=self._options.min_score,
                iou=self._options.overlap,
                imgsz=self._options.image_size,
                classes=[self._options.category],
                device=self._device,
                verbose=False,
            )
        return found.cpu().numpy()


class Detector:
    """Finds people with a detector of Ultralytics.

    Parameters
    ----------
    options : UltralyticsOptions
        The model, and how to run it.
    """

    def __init__(self, options: UltralyticsOptions) -> None:
        self._model = _Model(options, "detect")

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
        return [_boxes(self._model(frame)) for frame in frames]


class PoseModel:
    """Finds people and their joints with a pose model of Ultralytics.

    Parameters
    ----------
    options : UltralyticsPoseOptions
        The model, and how to run it.
    """

    def __init__(self, options: UltralyticsPoseOptions) -> None:
        self._model = _Model(options, "pose")
        self.layout: str = options.layout
        self._joints = len(layout_named(self.layout).joints)
        joints, _ = self._model.yolo.model.kpt_shape
        if joints != self._joints:
            what = f"it has {joints} joints; the layout {self.layout!r} has {self._joints}"
            raise PluginError(what, where=options.model)

    def find(self, frames: _Frames) -> list[tuple[_Floats, Poses]]:
        """Find the people in each frame, and their joints.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            As `skelconv.plugin.OneStagePoseModel.find` returns them.
        """
        return [self._find(frame) for frame in frames]

    def _find(self, frame: npt.NDArray[np.uint8]) -> tuple[_Floats, Poses]:
        found = self._model(frame)
        boxes = _boxes(found)
        keypoint = np.asarray(found.keypoints.xy, np.float32).reshape(-1, self._joints, 2)
        score = found.keypoints.conf
        if score is None:  # a model without: as sure as of the person
            score = boxes[:, 4:].repeat(self._joints, 1)
        score = np.asarray(score, np.float32).reshape(-1, self._joints)
        return boxes, Poses(keypoint[: len(boxes)], score[: len(boxes)])


def _boxes(found: Any) -> _Floats:
    boxes = found.boxes
    return np.column_stack([boxes.xyxy, boxes.conf]).astype(np.float32).reshape(-1, 5)
