"""Common to the transforms: coordinates without those that are missing, and the dtype they keep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError

Mask = npt.NDArray[np.bool_]


def coordinates(clip: Clip) -> Array:
    """Return the coordinates of a clip to compute with, and zeros where a keypoint is missing.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    ndarray of float64, shape (M, T, V, C)
        A copy. Of a number and an array in float32, NumPy 1 and NumPy 2 do not always make the
        same dtype; of float64 they do.

    Raises
    ------
    ClipError
        When they are integers.
    """
    values = floats(clip.keypoint).astype(np.float64)
    return np.where(clip.present()[..., np.newaxis], values, 0.0)


def with_coordinates(clip: Clip, values: Array) -> Clip:
    """Return a clip with other coordinates, except that missing keypoints stay as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    values : ndarray of float64, shape (M, T, V, C)
        The coordinates.

    Returns
    -------
    Clip
        With the coordinates in the dtype of the clip's.

    Raises
    ------
    ClipError
        When one is too large for that dtype.
    """
    there = clip.present()[..., np.newaxis]
    changed = narrowed(np.where(there, values, 0.0), clip.keypoint.dtype)
    return clip.replace(keypoint=np.where(there, changed, clip.keypoint))


def total(values: Array) -> Array:
    """Add values up along the first axis, one after the other, in float64.

    NumPy's ``sum`` promises no order of summation, and its last bit depends on that.

    Parameters
    ----------
    values : ndarray of shape (N, ...)
        The values.

    Returns
    -------
    ndarray of shape (...)
        Their sum; zeros for none.
    """
    wide = values.astype(np.float64)
    return np.add.accumulate(wide)[-1] if len(wide) else np.zeros(wide.shape[1:])


def frames_in(there: Mask) -> Mask:
    """Return which frames each person is in.

    Parameters
    ----------
    there : ndarray of bool, shape (M, T, V)
        Which keypoints are there.

    Returns
    -------
    ndarray of bool, shape (M, T)
        True where a person has a keypoint.
    """
    return np.asarray(there.any(-1))


def widened(values: Array) -> Array:
    """Return values in a dtype to compute in.

    Parameters
    ----------
    values : ndarray
        Coordinates or scores.

    Returns
    -------
    ndarray
        In float64 if they are in float16, else in the dtype that they have.

    Raises
    ------
    ClipError
        When they are integers, which cannot hold the results.
    """
    return values.astype(np.float64) if floats(values).dtype == np.float16 else values


def floats(values: Array) -> Array:
    """Return the same values, which must be floats.

    Parameters
    ----------
    values : ndarray
        Coordinates or scores.

    Returns
    -------
    ndarray
        The same array.

    Raises
    ------
    ClipError
        When they are integers, which cannot hold the results.
    """
    if values.dtype.kind != "f":
        raise ClipError(f"it has coordinates or scores of type {values.dtype}: cast them to float")
    return values


def narrowed(values: Array, dtype: npt.DTypeLike) -> Array:
    """Return values in another float dtype.

    Parameters
    ----------
    values : ndarray
        Coordinates or scores.
    dtype : dtype-like
        The float dtype.

    Returns
    -------
    ndarray
        The values in it.

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


def patterns(mask: Mask) -> Iterator[tuple[int, npt.NDArray[np.intp], Mask]]:
    """Find the keypoints of a person that are there in the same frames.

    Parameters
    ----------
    mask : ndarray of bool, shape (M, T, V)
        Which keypoints are there.

    Yields
    ------
    person : int
        A person.
    joints : ndarray of int
        Some of the keypoints.
    frames : ndarray of bool, shape (T,)
        The frames that all of these are in; it may be none.
    """
    for person, frames in enumerate(mask):
        distinct, which = np.unique(frames, axis=1, return_inverse=True)
        for number in range(distinct.shape[1]):
            yield person, np.flatnonzero(which.reshape(-1) == number), distinct[:, number]


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Find the runs of true values.

    Parameters
    ----------
    mask : ndarray of bool, shape (T,)
        The values.

    Returns
    -------
    list of (int, int)
        The start and the end (not included) of each run.
    """
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
