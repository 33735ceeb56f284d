"""The similarity of a person in one frame and a person in another: by boxes, or by joints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError, PluginError
from skelconv.plugin import layout_named
from skelconv.vision import BOX, boxes_of, iou

Place = tuple[int, int]
"""A person in a frame: the row, and the frame."""

# Standard deviations with which people annotate a joint, relative to a person's size: COCO's
# constants, https://cocodataset.org/#keypoints-eval. Joints with other names are not used.
_SIGMAS = {
    "nose": 0.026,
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
}

# The logarithm of 2, in two parts: whole numbers times the first are exact.
_LN2 = (0.693147180369123816490, 1.90821492927058770002e-10)


class Similarity(Protocol):
    """The similarity of the people in a clip, from 0 to 1.

    Parameters
    ----------
    clip : Clip
        The clip.

    Attributes
    ----------
    present : ndarray of bool of shape (M, T)
        Which person is in which frame.
    """

    present: npt.NDArray[np.bool_]

    def __init__(self, clip: Clip) -> None: ...

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return the similarity of each person in `some` and each in `others`.

        Parameters
        ----------
        some : sequence of Place
            N people.
        others : sequence of Place
            K people.

        Returns
        -------
        ndarray of shape (N, K)
            The similarities.
        """
        ...


class ByBoxes:
    """Similarity by the intersection over union (IoU) of boxes.

    Parameters
    ----------
    clip : Clip
        A clip with boxes.

    Raises
    ------
    ClipError
        When the clip has no boxes.
    """

    def __init__(self, clip: Clip) -> None:
        self._boxes, scores = boxes_of(clip)
        self.present = np.asarray(scores > 0)

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return the IoU of each pair."""
        return iou(_taken(self._boxes, some), _taken(self._boxes, others))


class ByJoints:
    """Similarity by object keypoint similarity (OKS), as COCO defines it.

    A joint counts where neither person lacks it (`Clip.present`). The size of a pair is the mean of
    both areas: of the boxes, or without boxes of the rectangles around the joints. Joints that
    COCO does not have are left out.

    Parameters
    ----------
    clip : Clip
        A clip with joints in 2D.

    Raises
    ------
    ClipError
        When the clip's joints are not in pixels, or none of them is one of COCO's.
    PluginError
        When the clip has no joints yet.
    """

    def __init__(self, clip: Clip) -> None:
        joints, channels = clip.keypoint.shape[2:]
        if not joints:
            raise PluginError(
                "oks compares joints, which are not known under 'people'",
                hint="use iou there, or oks under 'transforms'",
            )
        if channels != 2:
            raise ClipError("oks needs joints in pixels, and its joints are in 3D")
        names = layout_named(clip.layout).joints
        sigmas = np.array([_SIGMAS.get(_without_side(name), 0) for name in names])
        known = sigmas > 0
        if not known.any():
            raise ClipError(f"oks knows none of the joints of its layout {clip.layout!r}")
        self._variances = (2 * sigmas[known]) ** 2
        self._seen = clip.present()[:, :, known]
        place = clip.keypoint[:, :, known].astype(np.float64)
        self._joints = np.where(self._seen[..., np.newaxis], place, 0)
        self.present = np.asarray(self._seen.any(-1))
        self._areas = self._of_boxes(clip) if BOX in clip.fields else self._of_joints()

    @staticmethod
    def _of_boxes(clip: Clip) -> Array:
        boxes = boxes_of(clip)[0].astype(np.float64)
        return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))

    def _of_joints(self) -> Array:
        seen = self._seen[..., np.newaxis]
        high = np.where(seen, self._joints, -np.inf).max(2)
        low = np.where(seen, self._joints, np.inf).min(2)
        return np.asarray(np.where(self.present[..., np.newaxis], high - low, 0).prod(-1))

    def __call__(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return the OKS of each pair; 0 where no joint is seen in both."""
        difference = _taken(self._joints, some)[:, np.newaxis] - _taken(self._joints, others)
        area = (_taken(self._areas, some)[:, np.newaxis] + _taken(self._areas, others)) / 2
        size = 2 * self._variances * (area[..., np.newaxis] + np.spacing(1))
        seen = _taken(self._seen, some)[:, np.newaxis] & _taken(self._seen, others)
        near = _exponential(-(difference**2).sum(-1) / size) * seen
        return np.asarray(near.sum(-1) / np.maximum(seen.sum(-1), 1))


def _exponential(power: Array) -> Array:
    """Return e to a power of at most 0, the same to the bit on every processor.

    NumPy's own differs in the last bit between processors, and that bit can decide which of two
    people is more similar. This one is right but for the last bit or two: e to the power is 2 to a
    whole number, times e to a rest of at most 0.35, which its series gives.
    """
    power = np.maximum(power, -1000)  # where it is 0 as a float
    whole = np.rint(power / _LN2[0])
    rest = (power - whole * _LN2[0]) - whole * _LN2[1]
    series = np.ones_like(rest)
    for n in range(14, 0, -1):
        series = 1 + rest * series / n
    return np.asarray(np.ldexp(series, whole.astype(np.int32)))


def _taken(values: Array, places: Sequence[Place]) -> Array:
    rows, frames = np.array(places, np.intp).reshape(-1, 2).T
    return np.asarray(values[rows, frames])


def _without_side(joint: str) -> str:
    return joint.removeprefix("left_").removeprefix("right_")
