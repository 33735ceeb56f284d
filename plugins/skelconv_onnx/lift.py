"""The transform ``lift-3d``: from keypoints in 2D to keypoints in 3D, over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import as_plugin_error, layout_named
from skelconv_onnx.lift_options import LIFTED
from skelconv_onnx.session import check_outputs, open_session

if TYPE_CHECKING:
    from skelconv_onnx.lift_options import LiftOptions

_JOINTS = 17
# What a model of any length is asked for at once; those with a longer memory are not known.
_FRAMES = 1000
_Floats = npt.NDArray[np.float32]


class Lift:
    """Lifts people to 3D with a temporal model, as VideoPose3D does.

    Pavllo et al., 3D human pose estimation in video with temporal convolutions (2019). The model
    takes (1, T, 17, 2), in which the image's width is from -1 to 1 and its height as much as keeps
    its shape, and gives (1, T', 17, 3), where T' is T less the frames that it looks ahead and
    back. At the ends the first and the last frame are repeated. T may be any or fixed.

    Parameters
    ----------
    options : LiftOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the model or the device cannot be used.
    """

    def __init__(self, options: LiftOptions) -> None:
        self._options = options
        self._joints = layout_named(options.layout).joints
        if len(self._joints) != _JOINTS:
            what = f"layout {options.layout}: models of 3D take {_JOINTS} joints"
            raise PluginError(what, where=options.model)
        self._session = open_session(options)
        (given,) = self._session.get_inputs()[:1]
        if len(given.shape) != 4 or list(given.shape[2:]) != [_JOINTS, 2]:
            what = f"it takes {given.shape}, where (1, T, {_JOINTS}, 2) is expected"
            raise PluginError(what, where=options.model, hint="it is a model of another kind")
        self._name = given.name
        self._fixed: int | None = given.shape[1] if isinstance(given.shape[1], int) else None
        asked = self._fixed or _FRAMES
        with as_plugin_error("it cannot be run", options.model):
            answered = len(self._run(np.zeros((asked, _JOINTS, 2), np.float32)))
        beyond = asked - answered
        if beyond < 0 or beyond % 2:
            raise PluginError(
                f"from {asked} frames it makes {answered}: as many must be left out at both ends",
                where=options.model,
            )
        self._around = beyond // 2
        self._step = answered if self._fixed else _FRAMES

    def __call__(self, clip: Clip) -> Clip:
        """Lift a clip.

        Joints that are missing are interpolated over time first. A person who is not in a frame is
        not in it afterwards.

        Parameters
        ----------
        clip : Clip
            Keypoints (M, T, 17, 2) in pixels, and the shape of the image.

        Returns
        -------
        Clip
            Keypoints (M, T, 17, 3), float32, in the units of the model: metres from the pelvis,
            with y downwards and z away from the camera. What is in pixels is left out, and so are
            scores of other joints.

        Raises
        ------
        ClipError
            When it is not in 2D, has no shape of the image, or a joint is missing in all frames.
        """
        self._options.layout_after(clip.layout)
        if clip.keypoint.shape[3] != 2:
            raise ClipError("it has 3D keypoints already")
        if clip.img_shape is None:
            raise ClipError("it has no img_shape, by which keypoints are brought to the model")
        height, width = clip.img_shape
        present = clip.present()
        lifted = np.zeros((*clip.keypoint.shape[:3], 3), np.float32)
        for person in range(len(lifted)):
            if not present[person].any():
                continue
            pixels = self._filled(clip.keypoint[person], present[person])
            lifted[person] = self._lift((pixels * 2 / width - (1, height / width)).astype("f4"))
            lifted[person, ~present[person].any(1)] = 0
        same = clip.layout == LIFTED
        return clip.replace(
            keypoint=lifted,
            layout=LIFTED,
            keypoint_score=clip.keypoint_score if same else None,
            img_shape=None,
            original_shape=None,
            fields={
                name: field for name, field in clip.fields.items() if same or "V" not in field.axes
            },
        )

    def _filled(
        self, keypoint: npt.NDArray[np.floating], present: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float64]:
        """Return the keypoints (T, V, 2) of a person, with those that are missing interpolated."""
        filled = keypoint.astype(np.float64)
        frames = np.arange(len(filled))
        for joint in np.flatnonzero(~present.all(0)):
            there = present[:, joint]
            if not there.any():
                raise ClipError(f"{self._joints[joint]} of a person is missing in all frames")
            for axis in range(2):
                values = filled[:, joint, axis]
                values[~there] = np.interp(frames[~there], frames[there], values[there])
        return filled

    def _lift(self, keypoint: _Floats) -> _Floats:
        return np.concatenate([self._run(window)[:count] for window, count in self._cut(keypoint)])

    def _cut(self, keypoint: _Floats) -> Iterator[tuple[_Floats, int]]:
        """Yield what the model is given, and how many frames to take of its answer."""
        around = self._around
        frames = len(keypoint)
        for start in range(0, frames, self._step):
            count = min(self._step, frames - start)
            asked = (self._step if self._fixed else count) + 2 * around
            places = np.arange(start - around, start - around + asked).clip(0, frames - 1)
            yield keypoint[places], count

    def _run(self, keypoint: _Floats) -> _Floats:
        outputs = self._session.run(None, {self._name: keypoint[np.newaxis]})
        check_outputs(outputs, (1, "T", _JOINTS, 3), where=self._options.model)
        made: _Floats = outputs[0][0]
        return made
