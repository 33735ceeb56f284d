"""Gaps: frames in which a keypoint is missing."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip
from skelconv_transforms.arrays import narrowed, patterns, runs, widened

_Frames = npt.NDArray[np.intp]


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
        A line, or the monotone cubic of Fritsch and Carlson (1980), which does not overshoot, with
        the slopes of Fritsch and Butland (1984), as SciPy's ``PchipInterpolator`` has it.
    max_gap : int, optional
        The maximum length of a gap, in frames; longer ones are not filled.
    min_score : float
        A keypoint with a lower score counts as missing; outside of gaps it is kept.

    Returns
    -------
    Clip
        The clip with filled gaps.
    """
    known = clip.present()
    score = clip.keypoint_score
    if score is not None:
        known &= score >= min_score
    wide = widened(clip.keypoint)
    keypoint, filled_score = clip.keypoint.copy(), None if score is None else score.copy()
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
        values = wide[person][np.ix_(anchors, joints)]
        lost = np.concatenate([np.arange(start, end) for start, end in gaps])
        after = np.searchsorted(anchors, lost)
        between = _monotone if method == "pchip" else _line
        curve = between(anchors, values, lost, after)
        keypoint[person][np.ix_(lost, joints)] = narrowed(curve, keypoint.dtype)
        if filled_score is not None:
            scores = filled_score[person][np.ix_(anchors, joints)]
            filled_score[person][np.ix_(lost, joints)] = np.minimum(
                scores[after - 1], scores[after]
            )
    return clip.replace(keypoint=keypoint, keypoint_score=filled_score)


def _line(anchors: _Frames, values: Array, at: _Frames, after: _Frames) -> Array:
    """Return the values `at` some frames, on lines between the values (n, V, C) at `anchors`.

    `after` says which anchor is the first after each of the frames.
    """
    weight = _of_frames((at - anchors[after - 1]) / (anchors[after] - anchors[after - 1]))
    return np.asarray(values[after - 1] * (1 - weight) + values[after] * weight)


def _monotone(anchors: _Frames, values: Array, at: _Frames, after: _Frames) -> Array:
    """Return the values as `_line` does, on cubics that are monotone where the values are."""
    lengths = _of_frames(np.diff(anchors))
    slopes = _slopes(lengths, np.diff(values, axis=0) / lengths)
    length = lengths[after - 1]
    x = _of_frames(at - anchors[after - 1]) / length
    left, right = (1 - x) * (1 - x), x * x
    return np.asarray(
        values[after - 1] * (left * (1 + 2 * x))
        + values[after] * (right * (3 - 2 * x))
        + (slopes[after - 1] * (left * x) - slopes[after] * (right * (1 - x))) * length
    )


def _slopes(lengths: Array, secants: Array) -> Array:
    """Return the slopes at n anchors, given the n - 1 secants between these and their lengths."""
    if len(secants) == 1:
        return np.concatenate([secants, secants])
    one, other = secants[:-1], secants[1:]
    turns = np.sign(one) * np.sign(other) <= 0
    # The harmonic mean, in which the shorter side has more weight; a turning point has none.
    near, far = 2 * lengths[1:] + lengths[:-1], lengths[1:] + 2 * lengths[:-1]
    means = (near + far) / (near / np.where(turns, 1, one) + far / np.where(turns, 1, other))
    first = _slope_at_end(lengths[0], lengths[1], secants[0], secants[1])
    last = _slope_at_end(lengths[-1], lengths[-2], secants[-1], secants[-2])
    return np.concatenate([first[np.newaxis], np.where(turns, 0, means), last[np.newaxis]])


def _slope_at_end(length: Array, further: Array, secant: Array, next_secant: Array) -> Array:
    """Return the slope of the parabola through three anchors, unless that is not monotone."""
    slope = ((2 * length + further) * secant - length * next_secant) / (length + further)
    slope = np.where(np.sign(slope) != np.sign(secant), 0, slope)
    steep = (np.sign(secant) != np.sign(next_secant)) & (np.abs(slope) > 3 * np.abs(secant))
    return np.where(steep, 3 * secant, slope)


def _of_frames(numbers: Array) -> Array:
    """Return a number for each frame in a form that values (n, V, C) can be multiplied with."""
    return numbers.astype(np.float64)[:, np.newaxis, np.newaxis]
