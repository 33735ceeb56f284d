"""The precision of coordinates."""

from __future__ import annotations

from typing import Literal

import numpy as np

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
    values = clip.keypoint
    with np.errstate(over="ignore"):
        too_large = np.isfinite(values) & np.isinf(values.astype(dtype))
    # What a missing keypoint has means nothing, and does not make the clip fail.
    means_nothing = too_large & ~clip.present()[..., np.newaxis]
    return clip.replace(
        keypoint=narrowed(np.where(means_nothing, values.dtype.type(0), values), dtype),
        keypoint_score=None if score is None else narrowed(score, dtype),
    )
