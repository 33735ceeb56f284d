"""Choosing people by their boxes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skelconv import Clip, ClipError
from skelconv.vision import boxes_of


def filter_boxes(clip: Clip, *, min_score: float, min_area: float) -> Clip:
    """Leave out people in the frames in which their boxes score low or are small.

    A person who is left in no frame is left out completely.

    Parameters
    ----------
    clip : Clip
        A clip with boxes.
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
        When the clip has no boxes, or no person is left.
    """
    boxes, scores = boxes_of(clip)
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    there = (scores > 0) & (scores >= min_score) & (areas >= min_area)
    if not there.any():
        raise ClipError("no person is left: all boxes score lower or are smaller")
    rows = np.where(there, np.arange(len(there))[:, np.newaxis], -1)
    return clip.gather(rows, same_people=True).take("M", there.any(1))


def keep_people(clip: Clip, *, keep: int, by: Literal["area", "centre", "score", "length"]) -> Clip:
    """Keep the people who rank first by a measure of their boxes.

    The measure is a mean over the frames that a person is in, except ``length``, which counts
    these frames. Equal people stay in their order, and people in no frame come last.

    Parameters
    ----------
    clip : Clip
        A clip with boxes.
    keep : int
        How many people to keep at most.
    by : {"area", "centre", "score", "length"}
        The area of the box, the distance of its centre from the centre of the frame, its score,
        or the number of frames. The smallest distance ranks first, otherwise the largest value.

    Returns
    -------
    Clip
        With the kept rows in the order of their rank.

    Raises
    ------
    ClipError
        When the clip has no boxes, or, for ``centre``, no img_shape.
    """
    boxes, scores = boxes_of(clip)
    there = scores > 0
    if by == "length":
        worth = there.astype(np.float64)
    elif by == "score":
        worth = scores.astype(np.float64)
    elif by == "area":
        worth = (boxes[..., 2:] - boxes[..., :2]).astype(np.float64).prod(-1)
    else:
        if clip.img_shape is None:
            raise ClipError("it has no img_shape, which `by: centre` needs")
        middle = (boxes[..., :2] + boxes[..., 2:]).astype(np.float64) / 2
        x, y = np.moveaxis(middle - np.array(clip.img_shape[::-1]) / 2, -1, 0)
        worth = -np.sqrt(x * x + y * y)
    # Frame by frame: NumPy's `sum` promises no order, and its last bit depends on that.
    total = np.zeros(len(there))
    for in_frame in np.where(there, worth, 0).T:
        total += in_frame
    frames = there.sum(1)
    measure = total if by == "length" else total / np.maximum(frames, 1)
    order = np.argsort(np.where(frames > 0, -measure, np.inf), kind="stable")
    return clip.take("M", order[:keep])
