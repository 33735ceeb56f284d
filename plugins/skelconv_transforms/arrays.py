"""Common to the transforms: which keypoints are there, and arithmetic that keeps the dtype."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError

Mask = npt.NDArray[np.bool_]


def present(clip: Clip) -> Mask:
    """Return which keypoints are there: those that are finite and not all zeros.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    ndarray of bool, shape (M, T, V)
        True where a keypoint is there.
    """
    keypoint = clip.keypoint
    found: Mask = np.isfinite(keypoint).all(-1) & (keypoint != 0).any(-1)
    return found


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
    if values.dtype.kind != "f":
        raise ClipError(f"it has coordinates or scores of type {values.dtype}: cast them to float")
    return values.astype(np.float64) if values.dtype == np.float16 else values


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
