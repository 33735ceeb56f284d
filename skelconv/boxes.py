"""Boxes of people: the fields in which clips carry them, and who is who among two sets of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv.clip import Clip
from skelconv.errors import ClipError

Array = npt.NDArray[Any]

BOX = "bbox"
"""The field (M, T, 4): left, top, right and bottom in pixels."""

BOX_SCORE = "bbox_score"
"""The field (M, T): the score of each box, above 0; 0 where a person is not in a frame."""


def boxes_of(clip: Clip) -> tuple[Array, Array]:
    """Return the boxes (M, T, 4) of a clip and their scores (M, T).

    Raises
    ------
    ClipError
        When it has none.
    """
    if BOX not in clip.fields or BOX_SCORE not in clip.fields:
        raise ClipError(
            f"it has no boxes (fields {BOX} and {BOX_SCORE}): in video-pose, put the transform "
            "under 'people', or set keep_boxes"
        )
    return clip.fields[BOX].values, clip.fields[BOX_SCORE].values


def iou(some: Array, others: Array) -> npt.NDArray[np.float64]:
    """Return the intersection over union of each pair of boxes.

    Parameters
    ----------
    some : ndarray of shape (N, 4 or more)
        Left, top, right, bottom; further columns are not looked at.
    others : ndarray of shape (K, 4 or more)
        Likewise.

    Returns
    -------
    ndarray of shape (N, K)
        0 where both boxes are empty.
    """
    a, b = some[:, np.newaxis].astype(np.float64), others[np.newaxis].astype(np.float64)
    sides = np.minimum(a[..., 2:4], b[..., 2:4]) - np.maximum(a[..., :2], b[..., :2])
    shared = sides.clip(0).prod(-1)
    union = (a[..., 2:4] - a[..., :2]).prod(-1) + (b[..., 2:4] - b[..., :2]).prod(-1) - shared
    overlap: npt.NDArray[np.float64] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return overlap


def pair(likeness: Array, least: float) -> list[tuple[int, int]]:
    """Pair rows with columns, the most alike first, each at most once.

    Of pairs that are as much alike, that of the first row, and then of the first column, is made.

    Parameters
    ----------
    likeness : ndarray of shape (N, K)
        How much row and column are alike.
    least : float
        What a pair must at least have.

    Returns
    -------
    list of (int, int)
        Row and column, by rows.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    columns = likeness.shape[1]
    for flat in np.argsort(-likeness, axis=None, kind="stable").tolist():
        row, column = divmod(flat, columns)
        if likeness[row, column] < least:
            break
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return sorted(pairs.items())
