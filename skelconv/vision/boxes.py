"""Boxes of people: the fields in which clips have them, and the pairing of two sets of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError

Array = npt.NDArray[Any]

BOX = "bbox"
"""The field (M, T, 4): left, top, right and bottom in pixels."""

BOX_SCORE = "bbox_score"
"""The field (M, T): the score of each box, above 0; 0 where a person is not in a frame."""


def boxes_of(clip: Clip) -> tuple[Array, Array]:
    """Return the boxes of a clip and their scores.

    Parameters
    ----------
    clip : Clip
        A clip with the fields `BOX` and `BOX_SCORE`.

    Returns
    -------
    (ndarray of shape (M, T, 4), ndarray of shape (M, T))
        The values of the two fields.

    Raises
    ------
    ClipError
        When it lacks one of them.
    """
    missing = [name for name in (BOX, BOX_SCORE) if name not in clip.fields]
    if missing:
        raise ClipError(
            f"it has no boxes: it lacks {' and '.join(missing)}, fields that sources with a "
            "detector can give"
        )
    return clip.fields[BOX].values, clip.fields[BOX_SCORE].values


def iou(some: Array, others: Array) -> npt.NDArray[np.float64]:
    """Return the intersection over union of each pair of boxes.

    Parameters
    ----------
    some : ndarray of shape (N, 4 or more)
        Left, top, right, bottom; further columns are not used.
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


def pair(similarity: Array, minimum: float) -> list[tuple[int, int]]:
    """Pair rows with columns, the most similar first, each at most once.

    Of equally similar pairs, that of the first row, and then of the first column, is made.

    Parameters
    ----------
    similarity : ndarray of shape (N, K)
        How similar row and column are.
    minimum : float
        The similarity that a pair must have.

    Returns
    -------
    list of (int, int)
        Row and column, by rows.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    columns = similarity.shape[1]
    for flat in np.argsort(-similarity, axis=None, kind="stable").tolist():
        row, column = divmod(flat, columns)
        if not similarity[row, column] >= minimum:  # NaN, of what is not known, too
            break
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return sorted(pairs.items())
