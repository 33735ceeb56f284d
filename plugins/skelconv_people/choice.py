"""Whom to follow, by boxes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skelconv import Clip, ClipError, boxes_of


def filter_boxes(clip: Clip, *, min_score: float, min_area: float) -> Clip:
    """Leave out people in the frames in which their boxes score low or are small.

    Who is in no frame any more is left out altogether.

    Raises
    ------
    ClipError
        When the clip has no boxes, or nobody is left.
    """
    boxes, scores = boxes_of(clip)
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    there = (scores > 0) & (scores >= min_score) & (areas >= min_area)
    if not there.any():
        raise ClipError("nobody is left in it: all its boxes score lower or are smaller")
    rows = np.where(there, np.arange(len(there))[:, np.newaxis], -1)
    return clip.gather(rows, same_people=True).take("M", there.any(1))


def keep_people(clip: Clip, *, keep: int, by: Literal["area", "centre", "score", "length"]) -> Clip:
    """Keep some of the rows, the first by a measure of their boxes first.

    Measures are means over the frames that a person is in. Equal ones stay in their order, and
    who is in no frame comes last.

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
            raise ClipError("it has no img_shape to tell the middle of its frames by")
        middle = (boxes[..., :2] + boxes[..., 2:]).astype(np.float64) / 2
        worth = -np.linalg.norm(middle - np.array(clip.img_shape[::-1]) / 2, axis=-1)
    total = np.where(there, worth, 0).sum(1)
    frames = there.sum(1)
    measure = total if by == "length" else total / np.maximum(frames, 1)
    order = np.argsort(np.where(frames > 0, -measure, np.inf), kind="stable")
    return clip.take("M", order[:keep])
