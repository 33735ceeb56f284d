"""What the transforms share: which keypoints are there, and arithmetic that keeps the dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError, Field
from skelconv.clip import KEYPOINT_AXES, SCORE_AXES

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def present(clip: Clip) -> Mask:
    """Tell which keypoints are there: those that are finite and not all zeros.

    Returns
    -------
    ndarray of bool, shape (M, T, V)
    """
    keypoint = clip.keypoint
    found: Mask = np.isfinite(keypoint).all(-1) & (keypoint != 0).any(-1)
    return found


def frames_in(there: Mask) -> Mask:
    """Tell which frames each person is in, (M, T), of which keypoints are there (M, T, V)."""
    return np.asarray(there.any(-1))


def widened(values: Array) -> Array:
    """Return values in a dtype to compute in: float64 for float16, else the dtype they have.

    Raises
    ------
    ClipError
        When they are whole numbers, which results would not fit in.
    """
    if values.dtype.kind != "f":
        raise ClipError(f"it has coordinates or scores of type {values.dtype}: cast them to float")
    return values.astype(np.float64) if values.dtype == np.float16 else values


def narrowed(values: Array, dtype: npt.DTypeLike) -> Array:
    """Return values in another float dtype.

    Raises
    ------
    ClipError
        When a finite value is too large for it.
    """
    with np.errstate(over="ignore"):
        result = values.astype(dtype, copy=False)
    if (np.isfinite(values) & ~np.isfinite(result)).any():
        raise ClipError(f"it has values too large for {np.dtype(dtype)}")
    return result


def with_every_array(clip: Clip, change: Callable[[Array, str], Array]) -> Clip:
    """Return the clip with each array changed by a function of its values and axes."""
    score = clip.keypoint_score
    return clip.replace(
        keypoint=change(clip.keypoint, KEYPOINT_AXES),
        keypoint_score=None if score is None else change(score, SCORE_AXES),
        fields={
            name: Field(change(extra.values, extra.axes), extra.axes)
            for name, extra in clip.fields.items()
        },
    )


def patterns(mask: Mask) -> Iterator[tuple[int, npt.NDArray[np.intp], Mask]]:
    """Find the keypoints of a person that come and go together.

    Parameters
    ----------
    mask : ndarray of bool, shape (M, T, V)

    Yields
    ------
    (int, ndarray of int, ndarray of bool of shape (T,))
        A person, keypoints, and the frames that the mask has for all of these; frames may be
        none.
    """
    for person, frames in enumerate(mask):
        distinct, which = np.unique(frames, axis=1, return_inverse=True)
        for number in range(distinct.shape[1]):
            yield person, np.flatnonzero(which.reshape(-1) == number), distinct[:, number]


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Return the start and end (not included) of each run of true values of a 1D mask."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
