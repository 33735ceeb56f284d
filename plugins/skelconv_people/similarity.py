"""The similarity of a person in one frame and a person in another: by boxes, or by joints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError, PluginError
from skelconv.plugin import layout_named
from skelconv.vision import BOX, boxes_of
from skelconv_people.places import Place, around, places_of

STILL = np.zeros((1, 1, 2))
"""How far people have moved who have not."""

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

    def __call__(
        self, some: Sequence[Place], others: Sequence[Place], moved: Array = STILL, /
    ) -> Array:
        """Return the similarity of each person in `some`, once moved, and each in `others`.

        Parameters
        ----------
        some : sequence of Place
            N people.
        others : sequence of Place
            K people.
        moved : ndarray of shape (N, K, 2) or one that broadcasts to it
            How far those in `some` have moved in x and y since, in pixels.

        Returns
        -------
        ndarray of shape (N, K)
            The similarities.
        """
        ...

    def moves(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return how far each person in `some` is from the one in `others` at its place.

        Parameters
        ----------
        some : sequence of Place
            N people.
        others : sequence of Place
            As many.

        Returns
        -------
        ndarray of shape (N, 2)
            From the first to the second, in x and y, in pixels.
        """
        ...


class ByBoxes:
    """Similarity by the distance of the centres of boxes, and by their sizes.

    It is the quotient of the smaller and the larger width, times that of the heights, divided by
    1 + (d / r)^2: d is the distance of the centres, and r half of the side of a square as large as
    the box of the mean width and height. Unlike their overlap (IoU), it tells boxes that do not
    touch at all how far apart they are.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D: the rectangles around them are used then.

    Raises
    ------
    ClipError
        When the clip has neither.
    """

    def __init__(self, clip: Clip) -> None:
        boxes, scores = places_of(clip)
        self.present = np.asarray(scores > 0)
        self._centres = (boxes[..., :2] + boxes[..., 2:]) / 2
        self._sides = np.maximum(boxes[..., 2:] - boxes[..., :2], np.spacing(1))

    def __call__(
        self, some: Sequence[Place], others: Sequence[Place], moved: Array = STILL, /
    ) -> Array:
        """Return the similarity of each pair."""
        first, second = _index(some), _index(others)
        one, other = self._sides[first][:, np.newaxis], self._sides[second]
        away = self._centres[first][:, np.newaxis] + moved - self._centres[second]
        radius = (one + other) / 4
        far = (away * away).sum(-1) / (radius[..., 0] * radius[..., 1])
        alike = np.minimum(one, other) / np.maximum(one, other)
        return np.asarray(alike[..., 0] * alike[..., 1] / (1 + far))

    def moves(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return how far centres are apart.

        Parameters
        ----------
        some, others : sequence of Place
            N people each.

        Returns
        -------
        ndarray of shape (N, 2)
            From the first to the second, in x and y, in pixels.
        """
        return np.asarray(self._centres[_index(others)] - self._centres[_index(some)])


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
                "`by: joints` compares joints, which are not known under 'people'",
                hint="use boxes there, or joints under 'transforms'",
            )
        if channels != 2:
            raise ClipError("`by: joints` needs joints in pixels, and its joints are in 3D")
        names = layout_named(clip.layout).joints
        sigmas = np.array([_SIGMAS.get(_without_side(name), 0) for name in names])
        known = sigmas > 0
        if not known.any():
            raise ClipError(f"`by: joints` knows none of the joints of its layout {clip.layout!r}")
        self._variances = (2 * sigmas[known]) ** 2
        self._seen = clip.present()[:, :, known]
        place = clip.keypoint[:, :, known].astype(np.float64)
        self._joints = np.where(self._seen[..., np.newaxis], place, 0)
        self.present = np.asarray(self._seen.any(-1))
        self._areas = self._of_boxes(clip) if BOX in clip.fields else self._of_joints()

    @staticmethod
    def _of_boxes(clip: Clip) -> Array:
        # A box that is not finite is that of nobody, who has no joint to compare either.
        boxes = np.nan_to_num(boxes_of(clip)[0].astype(np.float64), posinf=0, neginf=0)
        return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))

    def _of_joints(self) -> Array:
        boxes = around(self._joints, self._seen)
        return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))

    def __call__(
        self, some: Sequence[Place], others: Sequence[Place], moved: Array = STILL, /
    ) -> Array:
        """Return the OKS of each pair; 0 where no joint is seen in both."""
        first, second = _index(some), _index(others)
        away = self._joints[first][:, np.newaxis] - self._joints[second]
        away = away + moved[:, :, np.newaxis]
        area = (self._areas[first][:, np.newaxis] + self._areas[second]) / 2
        size = 2 * self._variances * (area[..., np.newaxis] + np.spacing(1))
        seen = self._seen[first][:, np.newaxis] & self._seen[second]
        near = _exponential(-(away**2).sum(-1) / size) * seen
        return np.asarray(near.sum(-1) / np.maximum(seen.sum(-1), 1))

    def moves(self, some: Sequence[Place], others: Sequence[Place], /) -> Array:
        """Return how far the joints are apart that are seen in both, on the mean.

        Parameters
        ----------
        some, others : sequence of Place
            N people each.

        Returns
        -------
        ndarray of shape (N, 2)
            From the first to the second, in x and y, in pixels.
        """
        first, second = _index(some), _index(others)
        seen = (self._seen[first] & self._seen[second])[..., np.newaxis]
        apart = np.where(seen, self._joints[second] - self._joints[first], 0)
        # Joint by joint: NumPy's `sum` promises no order, and its last bit depends on that.
        total = np.zeros((len(some), 2))
        for joint in range(apart.shape[1]):
            total += apart[:, joint]
        return np.asarray(total / np.maximum(seen.sum(1), 1))


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


def _index(places: Sequence[Place]) -> tuple[Array, Array]:
    """Return rows and frames, to take the values of places with."""
    table = np.array(places, np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _without_side(joint: str) -> str:
    return joint.removeprefix("left_").removeprefix("right_")
