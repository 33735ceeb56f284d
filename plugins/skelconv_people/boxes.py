"""The boxes of a clip, and clips with some of them moved or left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError, Field

BOX, BOX_SCORE = "bbox", "bbox_score"
Array = npt.NDArray[Any]
NOWHERE = -1


def boxes_of(clip: Clip) -> tuple[Array, Array]:
    """Return boxes (M, T, 4) and scores (M, T), 0 for nobody.

    Raises
    ------
    ClipError
        When the clip has none.
    """
    if BOX not in clip.fields or BOX_SCORE not in clip.fields:
        raise ClipError(
            "it has no boxes (fields bbox and bbox_score): in video-pose, put the transform under "
            "'people', or set keep_boxes"
        )
    return clip.fields[BOX].values, clip.fields[BOX_SCORE].values


def rearranged(clip: Clip, rows: npt.NDArray[np.intp]) -> Clip:
    """Take each person's place in each frame from some row of the same frame.

    Parameters
    ----------
    clip : Clip
        With boxes.
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
