"""Where the people of a clip are: their boxes, or without boxes the rectangles of their joints."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError
from skelconv.vision import BOX, BOX_SCORE, boxes_of

Place = tuple[int, int]
"""A person in a frame: the row, and the frame."""


def places_of(clip: Clip) -> tuple[Array, Array]:
    """Return the rectangles in which people are, and how sure it is that they are there.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D.

    Returns
    -------
    (ndarray of shape (M, T, 4), ndarray of shape (M, T))
        Left, top, right and bottom in pixels, and scores: those of the boxes, or without boxes
        the mean score of the joints that are there, 1 where joints have no scores. The score is 0
        where a person is not in a frame or the box is NaN or infinite, and so are the sides.

    Raises
    ------
    ClipError
        When the clip has neither.
    """
    if BOX in clip.fields or BOX_SCORE in clip.fields:
        boxes, scores = boxes_of(clip)
        there = (scores > 0) & np.isfinite(boxes).all(-1)
        wide = boxes.astype(np.float64)
        return np.where(there[..., np.newaxis], wide, 0), np.where(there, scores, 0)
    joints, channels = clip.keypoint.shape[2:]
    if not joints:
        boxes_of(clip)  # says what it lacks
    if channels != 2:
        raise ClipError("it has no boxes, and its joints are in 3D: where people are is not known")
    seen = clip.present()
    boxes = around(clip.keypoint.astype(np.float64), seen)
    if clip.keypoint_score is None:
        return boxes, np.asarray(seen.any(-1), np.float64)
    # Joint by joint: NumPy's `sum` promises no order, and its last bit depends on that.
    total = np.zeros(seen.shape[:2])
    for joint in range(joints):
        total += np.where(seen[..., joint], clip.keypoint_score[..., joint], 0)
    return boxes, np.asarray(total / np.maximum(seen.sum(-1), 1))


def around(joints: Array, seen: npt.NDArray[np.bool_]) -> Array:
    """Return the rectangles around joints.

    Parameters
    ----------
    joints : ndarray of float of shape (M, T, V, 2)
        Coordinates in pixels.
    seen : ndarray of bool of shape (M, T, V)
        Which of them are there.

    Returns
    -------
    ndarray of shape (M, T, 4)
        Left, top, right and bottom; zeros where no joint is there.
    """
    there = seen[..., np.newaxis]
    low = np.where(there, joints, np.inf).min(2)
    high = np.where(there, joints, -np.inf).max(2)
    nobody = ~np.asarray(seen.any(-1))
    sides: Array = np.concatenate([low, high], -1)
    sides[nobody] = 0
    return sides
