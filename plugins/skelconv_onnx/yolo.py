"""The detector ``yolo`` and the pose model ``yolo-pose``: models that Ultralytics exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import Poses, as_plugin_error
from skelconv.vision import iou
from skelconv_onnx.session import check_outputs, layout_of, open_session

if TYPE_CHECKING:
    from skelconv_onnx.yolo_options import YoloOptions, YoloPoseOptions

_GREY = 114
_STRIDE = 32
_MOST = 300  # people in a frame
_COCO = (17, 3)
_PAIR = re.compile(r"\[(\d{1,4}), ?(\d{1,4})\]")
_Floats = npt.NDArray[np.float32]


class _Fit(NamedTuple):
    """How a frame lies in the model's input: its size there, and its left top corner."""

    width: int
    height: int
    left: int
    top: int


class _Yolo:
    """Runs a model, and brings its output into one form."""

    def __init__(self, options: YoloOptions, joints: tuple[int, int] = (0, 2)) -> None:
        self._options = options
        self._session = open_session(options)
        (self._input,) = self._session.get_inputs()[:1]
        self._said: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        self._size, self._fixed = self._input_size()
        self.joints = (self._said_pair("kpt_shape") or joints) if joints[0] else joints
        with as_plugin_error("it cannot be run", options.model):
            self(np.zeros((*self._size, 3), np.uint8))

    def __call__(self, frame: npt.NDArray[np.uint8]) -> tuple[_Floats, _Floats]:
        """Return the boxes (N, 5) of people, the highest score first, and joints (N, V, 2 or 3)."""
        image, fit = self._letterboxed(frame)
        outputs = self._session.run(None, {self._input.name: image})
        check_outputs(outputs, (1, "rows", "columns"), where=self._options.model)
        rows = self._rows(outputs[0][0])
        height, width = frame.shape[:2]
        corner = np.array((fit.left, fit.top), np.float32)
        gain = np.array((fit.width / width, fit.height / height), np.float32)
        size = np.array((width, height), np.float32)
        boxes = rows[:, :5].copy()
        boxes[:, :4] = ((boxes[:, :4].reshape(-1, 2) - corner) / gain).clip(0, size).reshape(-1, 4)
        joints = rows[:, 5:].reshape(len(rows), *self.joints)
        joints[..., :2] = ((joints[..., :2] - corner) / gain).clip(0, size)
        return boxes, joints

    def _input_size(self) -> tuple[tuple[int, int], bool]:
        """Return height and width of the input, and whether the model fixes them."""
        if len(self._input.shape) != 4 or self._input.type != "tensor(float)":
            what = f"it takes {self._input.type} {self._input.shape}, not one image"
            raise PluginError(what, where=self._options.model)
        height, width = self._input.shape[2:]
        if isinstance(height, int) and isinstance(width, int):
            if self._options.input_size not in (None, (height, width)):
                raise PluginError(
                    f"it takes images of {height} x {width}",
                    where=self._options.model,
                    hint="leave `input_size` out",
                )
            return (height, width), True
        if size := self._options.input_size or self._said_pair("imgsz"):
            return size, False
        raise PluginError(
            "it does not say what size of image it takes",
            where=self._options.model,
            hint="set `input_size` to the height and width that it was trained with",
        )

    def _said_pair(self, name: str) -> tuple[int, int] | None:
        """Return two numbers above 0 that the file has under this name."""
        found = _PAIR.fullmatch(self._said.get(name, ""))
        pair = (int(found[1]), int(found[2])) if found else (0, 0)
        return pair if all(pair) else None

    def _letterboxed(self, frame: npt.NDArray[np.uint8]) -> tuple[_Floats, _Fit]:
        """Return the frame in the middle of the model's input, with grey around it."""
        height, width = frame.shape[:2]
        ratio = min(self._size[0] / height, self._size[1] / width)
        inner = max(round(width * ratio), 1), max(round(height * ratio), 1)
        free = self._size[1] - inner[0], self._size[0] - inner[1]
        if not self._fixed:  # as little grey as the model can do with
            free = free[0] % _STRIDE, free[1] % _STRIDE
        left, top = round(free[0] / 2 - 0.1), round(free[1] / 2 - 0.1)
        right, bottom = round(free[0] / 2 + 0.1), round(free[1] / 2 + 0.1)
        whole = np.full((top + inner[1] + bottom, left + inner[0] + right, 3), _GREY, np.uint8)
        whole[top : top + inner[1], left : left + inner[0]] = (
            frame
            if inner == (width, height)
            else cv2.resize(frame, inner, interpolation=cv2.INTER_LINEAR)
        )
        ready = whole.transpose(2, 0, 1)[np.newaxis].astype(np.float32) / np.float32(255)
        return np.ascontiguousarray(ready), _Fit(*inner, left, top)

    def _rows(self, output: _Floats) -> _Floats:
        """Return left, top, right, bottom, score and joints of each person, the best first."""
        numbers = self.joints[0] * self.joints[1]
        if output.shape[1] == 6 + numbers:  # the model ends in boxes: corners, score, class
            wanted = (output[:, 4] > self._options.min_score) & (
                output[:, 5] == self._options.category
            )
            rows: _Floats = np.delete(output[wanted], 5, axis=1)
            return rows[np.argsort(-rows[:, 4], kind="stable")][:_MOST]
        classes = len(output) - 4 - numbers
        if classes < 1:
            raise PluginError(
                f"its output is {output.shape}: it is no model "
                + (f"of {self.joints[0]} joints" if numbers else "of boxes"),
                where=self._options.model,
            )
        if self._options.category >= classes:
            what = f"there is no class {self._options.category}: it has {classes}"
            raise PluginError(what, where=self._options.model, hint="classes are counted from 0")
        scores = output[4 : 4 + classes]
        score = scores.max(0)
        wanted = (score > self._options.min_score) & (scores.argmax(0) == self._options.category)
        cells = output[:, wanted].T
        half = cells[:, 2:4] / 2
        corners = np.concatenate([cells[:, :2] - half, cells[:, :2] + half], axis=1)
        best = _best(corners, score[wanted], self._options.overlap)
        return np.column_stack([corners, score[wanted], cells[:, 4 + classes :]])[best]


class Yolo:
    """Finds people with a model of boxes that Ultralytics exports to ONNX, frame by frame.

    YOLOv8, YOLO11, YOLO26 and others of this form, with suppression in the model or without. The
    boxes are those of Ultralytics' own ``predict``.

    Parameters
    ----------
    options : YoloOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used.
    """

    def __init__(self, options: YoloOptions) -> None:
        self._model = _Yolo(options)

    def detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[_Floats]:
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
        return [self._model(frame)[0] for frame in frames]


class YoloPose:
    """Finds people and their joints with a pose model that Ultralytics exports to ONNX.

    Boxes and joints are those of Ultralytics' own ``predict``, which moves joints that are outside
    of the frame to its border.

    Parameters
    ----------
    options : YoloPoseOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used, or the model has other joints than the
        layout.
    """

    def __init__(self, options: YoloPoseOptions) -> None:
        self._model = _Yolo(options, _COCO)
        joints, columns = self._model.joints
        if columns not in (2, 3):
            raise PluginError(f"its joints have {columns} numbers each", where=options.model)
        self.layout = layout_of(joints, options)

    def find(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[_Floats, Poses]]:
        """Find the people in each frame, and their joints.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame, left, top, right, bottom and score of each person, the highest score
            first, and their joints; a joint of a model without scores scores as its person.
        """
        return [self._find(frame) for frame in frames]

    def _find(self, frame: npt.NDArray[np.uint8]) -> tuple[_Floats, Poses]:
        boxes, joints = self._model(frame)
        score = joints[..., 2] if joints.shape[2] == 3 else boxes[:, 4:].repeat(joints.shape[1], 1)
        return boxes, Poses(joints[..., :2].copy(), score.copy())


def _best(corners: _Floats, score: _Floats, overlap: float) -> list[int]:
    """Choose the best, then the best of those that do not overlap it, and so on."""
    left = np.argsort(-score, kind="stable")
    kept: list[int] = []
    while len(left) and len(kept) < _MOST:
        best, left = left[:1], left[1:]
        kept.append(int(best[0]))
        left = left[iou(corners[best], corners[left])[0] <= overlap]
    return kept
