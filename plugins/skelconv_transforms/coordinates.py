"""What the coordinates of finished datasets are: fractions, pixels, scores."""

from __future__ import annotations

import numpy as np

from skelconv import Clip, ClipError
from skelconv.files import Units
from skelconv.files import to_pixels as in_pixels
from skelconv_transforms.arrays import narrowed, widened


def to_pixels(clip: Clip, *, units: Units, img_shape: tuple[int, int] | None) -> Clip:
    """Convert fractions of the image to pixels. A missing keypoint stays zeros.

    Parameters
    ----------
    clip : Clip
        The clip.
    units : {"fractions", "signed-fractions"}
        What its coordinates are: from 0 to 1, or from -1 to 1.
    img_shape : (int, int), optional
        Height and width for clips without an image size.

    Returns
    -------
    Clip
        The clip in pixels of its `img_shape`.

    Raises
    ------
    ClipError
        When they cannot be fractions, or the size of the image is not known.
    """
    size = clip.img_shape or img_shape
    there = clip.present()
    keypoint = widened(clip.keypoint).copy()
    keypoint[there] = in_pixels(keypoint[there], units, size)
    keypoint[~there] = 0
    return clip.replace(
        keypoint=narrowed(keypoint, clip.keypoint.dtype),
        img_shape=size,
        original_shape=clip.original_shape or size,
    )


def score_from_z(clip: Clip) -> Clip:
    """Take the third coordinate as the score, where (x, y, score) was read as (x, y, z).

    Parameters
    ----------
    clip : Clip
        A clip with three coordinates and without scores.

    Returns
    -------
    Clip
        With two coordinates and scores.

    Raises
    ------
    ClipError
        When it does not have three coordinates, has scores, or its z cannot be one.
    """
    if clip.keypoint.shape[3] != 3:
        raise ClipError(f"it has {clip.keypoint.shape[3]} coordinates: score-from-z needs 3")
    if clip.keypoint_score is not None:
        raise ClipError("it has scores already: its third coordinate is not one")
    score = clip.keypoint[..., 2]
    known = score[~np.isnan(score)]
    if known.size and not (known.min() >= 0 and known.max() <= 1):
        raise ClipError(
            f"its third coordinate is from {known.min():.3g} to {known.max():.3g}: scores are "
            "from 0 to 1"
        )
    keypoint = np.ascontiguousarray(clip.keypoint[..., :2])
    return clip.replace(keypoint=keypoint, keypoint_score=np.ascontiguousarray(score))
