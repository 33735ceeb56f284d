"""Choosing people by where they are, how sure, how large, how long, and how much they move."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError
from skelconv_people.places import places_of

Measure = Literal["area", "centre", "score", "length", "total_score", "motion"]
Region = tuple[float, float, float, float]


def filter_boxes(clip: Clip, *, min_score: float, min_area: float) -> Clip:
    """Leave out people in the frames in which their boxes score low or are small.

    A person who is left in no frame is left out completely.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D.
    min_score : float
        The minimum score of a box.
    min_area : float
        The minimum area of a box in square pixels.

    Returns
    -------
    Clip
        With zeros in those places, and without the rows that are empty then.

    Raises
    ------
    ClipError
        When the clip has neither boxes nor joints in 2D, or no person is left.
    """
    boxes, scores = places_of(clip)
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    there = (scores > 0) & (scores >= min_score) & (areas >= min_area)
    if not there.any():
        raise ClipError("no person is left: all boxes score lower or are smaller")
    rows = np.where(there, np.arange(len(there))[:, np.newaxis], -1)
    return clip.gather(rows, same_people=True).take("M", there.any(1))


def filter_people(clip: Clip, *, region: Region | None, min_motion: float, min_frames: int) -> Clip:
    """Leave out people who are elsewhere, who do not move, or who are there for a short time.

    A person is kept in all frames or left out of all.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D, in which a row is one person.
    region : (float, float, float, float), optional
        Left, top, right and bottom, in fractions of the frame. The centre of a person must be in
        it in at least half of the frames that the person is in.
    min_motion : float
        The minimum of what `motion_of` gives.
    min_frames : int
        The minimum number of frames that the person is in.

    Returns
    -------
    Clip
        Without the rows of the others.

    Raises
    ------
    ClipError
        When the clip has neither boxes nor joints in 2D, no img_shape for a region, or no person
        is left.
    """
    boxes, scores = places_of(clip)
    there = scores > 0
    frames = there.sum(1)
    kept = (frames > 0) & (frames >= min_frames)
    if region is not None:
        middle = (boxes[..., :2] + boxes[..., 2:]) / 2
        low, high = np.array(region).reshape(2, 2) * _size(clip, "region")
        inside = there & (middle >= low).all(-1) & (middle <= high).all(-1)
        kept &= 2 * inside.sum(1) >= frames
    if min_motion > 0:
        kept &= motion_of(clip) >= min_motion
    if not kept.any():
        raise ClipError(
            "no person is left: all are there for a shorter time, outside of the region, or do "
            "not move enough"
        )
    return clip.take("M", kept)


def keep_people(clip: Clip, *, keep: int, by: Measure) -> Clip:
    """Keep the people who rank first by a measure.

    The measure is a mean over the frames that a person is in, except ``length``, which counts
    these frames, ``total_score``, a sum over them, and ``motion``. Equal people stay in their
    order, and people in no frame come last.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D, in which a row is one person.
    keep : int
        How many people to keep at most.
    by : {"area", "centre", "score", "length", "total_score", "motion"}
        The area of the box, the distance of its centre from the centre of the frame, its score,
        the number of frames, the sum of the scores, which is length and score together, or what
        `motion_of` gives. The smallest distance ranks first, otherwise the largest value.

    Returns
    -------
    Clip
        With the kept rows in the order of their rank.

    Raises
    ------
    ClipError
        When the clip has neither boxes nor joints in 2D, or, for ``centre``, no img_shape.
    """
    boxes, scores = places_of(clip)
    there = scores > 0
    if by == "length":
        worth = there.astype(np.float64)
    elif by in ("score", "total_score"):
        worth = scores.astype(np.float64)
    elif by == "centre":
        middle = (boxes[..., :2] + boxes[..., 2:]) / 2
        x, y = np.moveaxis(middle - _size(clip, "by: centre") / 2, -1, 0)
        worth = -np.sqrt(x * x + y * y)
    else:
        worth = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    frames = there.sum(1)
    if by == "motion":
        measure = motion_of(clip)
    else:
        total = _total(np.where(there, worth, 0))
        measure = total if by in ("length", "total_score") else total / np.maximum(frames, 1)
    order = np.argsort(np.where(frames > 0, -measure, np.inf), kind="stable")
    return clip.take("M", order[:keep])


def motion_of(clip: Clip) -> npt.NDArray[np.float64]:
    """Return how much each person of a clip moves, in sizes of the person.

    It is the standard deviation of the places of a person's joints over time, or without joints of
    the left top and right bottom corners of the box: the root of the mean square of the distance
    of each point from its own mean place, divided by the side of a square as large as the person's
    box is on the mean. It is the same at any number of frames a second.

    Parameters
    ----------
    clip : Clip
        A clip with boxes, or with joints in 2D.

    Returns
    -------
    ndarray of shape (M,)
        0 for who does not move, about 1 for who walks as far as the box is large.

    Raises
    ------
    ClipError
        When the clip has neither.
    """
    boxes, scores = places_of(clip)
    there = scores > 0
    if clip.keypoint.shape[2] and clip.keypoint.shape[3] == 2:
        points, seen = clip.keypoint.astype(np.float64), clip.present()
    else:
        points = boxes.reshape(*there.shape, 2, 2)
        seen = np.repeat(there[..., np.newaxis], 2, -1)
    weight = seen[..., np.newaxis].astype(np.float64)
    points = np.where(seen[..., np.newaxis], points, 0)
    count = seen.sum(1)
    mean = _total(points) / np.maximum(count, 1)[..., np.newaxis]
    away = (points - mean[:, np.newaxis]) * weight
    squares = _total(_total((away * away).sum(-1)))
    areas = _total((boxes[..., 2:] - boxes[..., :2]).prod(-1)) / np.maximum(there.sum(1), 1)
    motion = squares / np.maximum(count.sum(1), 1) / np.maximum(areas, np.spacing(1))
    return np.asarray(np.sqrt(motion))


def _size(clip: Clip, what_for: str) -> Array:
    if clip.img_shape is None:
        raise ClipError(f"it has no img_shape, which `{what_for}` needs")
    return np.array(clip.img_shape[::-1], np.float64)


def _total(values: Array) -> Array:
    """Add up along the second axis, one after the other.

    NumPy's `sum` promises no order, and its last bit depends on that.
    """
    return np.add.accumulate(values, axis=1)[:, -1] if values.shape[1] else values.sum(1)
