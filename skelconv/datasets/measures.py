"""What can be said of a clip in a number: which joints are missing, how much they tremble."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Array, Clip


def missing_joints(clip: Clip) -> tuple[int, int]:
    """Count the joints that are missing, of the persons in each frame.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    missing, all : int
        Joints that are missing, and all joints. A row of persons has none in a frame in which
        nothing of it is there.
    """
    there = clip.present()
    there = there[there.any(axis=-1)]
    return int(there.size - np.count_nonzero(there)), int(there.size)


def missing_share(clip: Clip) -> float:
    """Return the share of joints that are missing, of the persons in each frame.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    float
        From 0 to 1; 1 for a clip that nobody is in. See `missing_joints`.
    """
    missing, of_all = missing_joints(clip)
    return missing / of_all if of_all else 1.0


def joint_scores(clip: Clip) -> Array:
    """Return the mean score of each joint, of the persons in each frame.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    ndarray of float64 of shape (V,)
        Where a joint is missing it counts as 0, and without scores as 1 where it is there. NaN for
        a clip that nobody is in.
    """
    there = clip.present()
    persons = there.any(axis=-1)
    scores = there if clip.keypoint_score is None else np.where(there, clip.keypoint_score, 0)
    found: Array = scores[persons].astype(np.float64)
    return found.mean(axis=0) if len(found) else np.full(there.shape[-1], np.nan)


def jitter(clip: Clip) -> float:
    """Return how much joints tremble: the change of their speed from frame to frame.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    float
        The mean length of the second difference, as a share of the size of a person.
    """
    there = clip.present()
    if not there.any():
        return 0.0
    points = np.where(there[..., None], clip.keypoint.astype(np.float64), np.nan)
    three = there[:, :-2] & there[:, 1:-1] & there[:, 2:]
    change = points[:, 2:] - 2 * points[:, 1:-1] + points[:, :-2]
    lengths: Array = np.linalg.norm(change, axis=-1)[three]
    size = _size(points, there)
    return float(lengths.mean() / size) if lengths.size and size > 0 else 0.0


def _size(points: Array, there: Array) -> float:
    """Return the median diagonal of the box around a person."""
    seen = points[there.any(axis=-1)]
    low, high = np.nanmin(seen, axis=1), np.nanmax(seen, axis=1)
    return float(np.median(np.linalg.norm(high - low, axis=-1)))


def lowness(clip: Clip) -> float:
    """Return how low the scores of the joints that are there are.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    float
        One less the mean score; 0 for a clip without scores.
    """
    if clip.keypoint_score is None:
        return 0.0
    scores = np.nan_to_num(clip.keypoint_score.astype(np.float64))[clip.present()]
    return float(1 - scores.mean()) if scores.size else 1.0
