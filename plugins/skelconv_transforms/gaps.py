"""Gaps: frames in which a keypoint is missing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.interpolate import PchipInterpolator, make_interp_spline

from skelconv import Clip
from skelconv_transforms.arrays import narrowed, patterns, present, runs, widened


def interpolate_gaps(
    clip: Clip, *, method: Literal["linear", "pchip"], max_gap: int | None, min_score: float
) -> Clip:
    """Fill the gaps of each keypoint of each person from the frames around them.

    A gap is between two frames that have the keypoint: nothing is filled before the first and after
    the last. What is filled gets the smaller score of the two frames around it.

    Parameters
    ----------
    clip : Clip
        The clip.
    method : {"linear", "pchip"}
        A line, or the monotone cubic of Fritsch and Carlson (1980), which does not overshoot;
        both as SciPy has them (`make_interp_spline`, `PchipInterpolator`).
    max_gap : int, optional
        The maximum length of a gap, in frames; longer ones are not filled.
    min_score : float
        A keypoint with a lower score counts as missing; outside of gaps it is kept.

    Returns
    -------
    Clip
        The clip with filled gaps.
    """
    known = present(clip)
    score = clip.keypoint_score
    if score is not None:
        known &= score >= min_score
    keypoint = widened(clip.keypoint).copy()
    filled_score = None if score is None else score.copy()
    for person, joints, frames in patterns(known):
        anchors = np.flatnonzero(frames)
        gaps = [
            (start, end)
            for start, end in runs(~frames)
            if anchors.size
            and anchors[0] < start < anchors[-1]
            and (max_gap is None or end - start <= max_gap)
        ]
        if not gaps:
            continue
        values = keypoint[person][np.ix_(anchors, joints)]
        curve = (
            PchipInterpolator(anchors, values, axis=0)
            if method == "pchip"
            else make_interp_spline(anchors, values, k=1, axis=0)
        )
        for start, end in gaps:
            lost = np.arange(start, end)
            keypoint[person][np.ix_(lost, joints)] = curve(lost)
            if filled_score is not None:
                bounds = filled_score[person][np.ix_(np.array([start - 1, end]), joints)]
                filled_score[person][np.ix_(lost, joints)] = bounds.min(0)
    return clip.replace(
        keypoint=narrowed(keypoint, clip.keypoint.dtype), keypoint_score=filled_score
    )
