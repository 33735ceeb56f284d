"""Transforms that leave clips out."""

from __future__ import annotations

from collections.abc import Collection

from skelconv import Clip, ClipDropped, ClipError
from skelconv_transforms.arrays import total


def filter_label(clip: Clip, *, keep: Collection[int] | None, drop: Collection[int] | None) -> Clip:
    """Keep the clips of some classes, or those of all but some.

    A clip with several labels is kept when at least one of them is.

    Parameters
    ----------
    clip : Clip
        The clip.
    keep, drop : collection of int, optional
        Classes, from 0; one of the two.

    Returns
    -------
    Clip
        The same clip.

    Raises
    ------
    ClipDropped
        When the clip is not kept.
    ClipError
        When it has no label.
    """
    labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
    if not labels or None in labels:
        raise ClipError("it has no label to filter by")
    if not any(
        label in keep if keep is not None else label not in (drop or ()) for label in labels
    ):
        raise ClipDropped("its label is not kept")
    return clip


def filter_length(clip: Clip, *, min_frames: int, max_frames: int | None) -> Clip:
    """Keep the clips with a number of frames in a range.

    Parameters
    ----------
    clip : Clip
        The clip.
    min_frames, max_frames : int
        The range, both included.

    Returns
    -------
    Clip
        The same clip.

    Raises
    ------
    ClipDropped
        When the clip is shorter or longer.
    """
    if clip.total_frames < min_frames:
        raise ClipDropped(f"it has fewer than {min_frames} frames")
    if max_frames is not None and clip.total_frames > max_frames:
        raise ClipDropped(f"it has more than {max_frames} frames")
    return clip


def filter_score(clip: Clip, *, min_score: float) -> Clip:
    """Keep the clips whose keypoints have a minimum mean score.

    The mean is over the keypoints that are there; a clip without any has 0.

    Parameters
    ----------
    clip : Clip
        The clip.
    min_score : float
        The minimum.

    Returns
    -------
    Clip
        The same clip.

    Raises
    ------
    ClipDropped
        When the mean is less.
    ClipError
        When the clip has no scores.
    """
    if clip.keypoint_score is None:
        raise ClipError("it has no keypoint_score to filter by")
    scores = clip.keypoint_score[clip.present()]
    if total(scores) / max(scores.size, 1) < min_score:
        raise ClipDropped(f"its mean keypoint_score is less than {min_score}")
    return clip
