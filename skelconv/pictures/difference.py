"""Two datasets side by side: how far joints of one are from those of the other."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import DatasetError


def distances(clip: Clip, other: Clip) -> Array:
    """Return how far each joint is from the same one in another clip.

    Parameters
    ----------
    clip, other : Clip
        Clips of the same recording, person by person and frame by frame.

    Returns
    -------
    ndarray of float64 of shape (M, T, V)
        Distances in the unit of the clips; NaN where the joint is missing in one of them.

    Raises
    ------
    DatasetError
        When the clips have other frames, joints or coordinates.
    """
    if clip.keypoint.shape[1:] != other.keypoint.shape[1:]:
        raise DatasetError(
            f"the clips {clip.id!r} cannot be compared: T, V and C are {clip.keypoint.shape[1:]} "
            f"in one and {other.keypoint.shape[1:]} in the other"
        )
    persons = min(clip.num_person, other.num_person)
    found = np.full(clip.keypoint.shape[:3], np.nan)
    here, there = clip.take("M", slice(persons)), other.take("M", slice(persons))
    lengths = np.linalg.norm(
        here.keypoint.astype(np.float64) - there.keypoint.astype(np.float64), axis=-1
    )
    lengths[~(here.present() & there.present())] = np.nan
    found[:persons] = lengths
    return found
