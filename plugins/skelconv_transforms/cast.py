"""The precision of coordinates."""

from __future__ import annotations

from typing import Literal

from skelconv import Clip
from skelconv_transforms.arrays import narrowed


def cast(clip: Clip, *, dtype: Literal["float16", "float32", "float64"]) -> Clip:
    """Cast `keypoint` and `keypoint_score` to a dtype; fields are kept as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    dtype : {"float16", "float32", "float64"}
        The dtype.

    Returns
    -------
    Clip
        The clip in that dtype.

    Raises
    ------
    ClipError
        When a value is too large for it.
    """
    score = clip.keypoint_score
    return clip.replace(
        keypoint=narrowed(clip.keypoint, dtype),
        keypoint_score=None if score is None else narrowed(score, dtype),
    )
