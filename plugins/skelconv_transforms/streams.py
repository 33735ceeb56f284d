"""The streams that graph networks are trained on beside the joints."""

from __future__ import annotations

import numpy as np

from skelconv import Array, Clip
from skelconv_transforms.arrays import narrowed, widened
from skelconv_transforms.layouts import layout_of


def bone(clip: Clip) -> Clip:
    """Replace each keypoint by its difference from its parent in the layout; a root by zeros.

    The bone stream of 2s-AGCN (Shi et al. 2019), with the results of MMAction2's JointToBone in
    the clip's dtype, where JointToBone has float32: the score of a bone is the mean of its two
    keypoints'. There as here, a missing keypoint is one at zeros, or wherever else it is: what it
    has is subtracted as of any other.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    Clip
        The clip of bones.

    Raises
    ------
    ClipError
        When the clip's layout is unknown, or has another number of keypoints.
    """
    layout = layout_of(clip)
    parents = np.arange(len(layout.joints))
    for joint, parent in layout.bones:
        parents[joint] = parent
    keypoint = widened(clip.keypoint)
    difference = keypoint - keypoint[:, :, parents]
    changed = clip.replace(keypoint=narrowed(difference, clip.keypoint.dtype))
    if clip.keypoint_score is None:
        return changed
    score = widened(clip.keypoint_score)
    return changed.replace(
        keypoint_score=_mean(score, score[:, :, parents]).astype(clip.keypoint_score.dtype)
    )


def motion(clip: Clip) -> Clip:
    """Replace each frame by its difference from the next; the last by zeros.

    The motion stream of MS-AAGCN (Shi et al. 2020), with the results of MMAction2's ToMotion: the
    score of a motion is the mean of its two frames', and 0 in the last. There as here, a missing
    keypoint is one at zeros, or wherever else it is: what it has is subtracted as of any other.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    Clip
        The clip of motions.
    """
    keypoint = widened(clip.keypoint)
    difference = np.zeros_like(keypoint)
    difference[:, :-1] = keypoint[:, 1:] - keypoint[:, :-1]
    changed = clip.replace(keypoint=narrowed(difference, clip.keypoint.dtype))
    if clip.keypoint_score is None:
        return changed
    score = widened(clip.keypoint_score)
    mean = np.zeros_like(score)
    mean[:, :-1] = _mean(score[:, :-1], score[:, 1:])
    return changed.replace(keypoint_score=mean.astype(clip.keypoint_score.dtype))


def _mean(one: Array, other: Array) -> Array:
    return np.asarray((one + other) / 2)
