"""Clips whose rows are other people than before."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, Field

Array = npt.NDArray[Any]
NOWHERE = -1


def rearranged(clip: Clip, rows: npt.NDArray[np.intp]) -> Clip:
    """Take each person's place in each frame from some row of the same frame.

    Parameters
    ----------
    clip : Clip
        Any.
    rows : ndarray of shape (M', T)
        Row of the clip, or `NOWHERE` for nobody.

    Returns
    -------
    Clip
        With M' rows in every array of persons and frames; fields of persons alone are left out,
        for rows are other people now.
    """
    frames = np.arange(clip.total_frames)
    gone = rows == NOWHERE

    def moved(values: Array) -> Array:
        taken: Array = values[rows, frames]  # a copy, -1 being the last row
        taken[gone] = 0
        return taken

    score = clip.keypoint_score
    return clip.replace(
        keypoint=moved(clip.keypoint),
        keypoint_score=None if score is None else moved(score),
        fields={
            name: Field(moved(extra.values), extra.axes) if extra.axes[:2] == "MT" else extra
            for name, extra in clip.fields.items()
            if extra.axes[:2] == "MT" or "M" not in extra.axes
        },
    )
