"""Where in space a skeleton is: centred, aligned, scaled."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv_transforms.arrays import (
    coordinates,
    floats,
    narrowed,
    total,
    with_coordinates,
)

_NTU_JOINTS = 25
_NTU_CENTER = 1  # the middle of the spine
_NOTHING = 1e-8  # metres
_SHORT = 1e-6  # metres
_PARALLEL = 5e-13  # 1 minus the cosine of an angle of 1e-6


def pre_normalize_3d(
    clip: Clip,
    *,
    zaxis: tuple[int, int],
    xaxis: tuple[int, int],
    align_center: bool,
    align_spine: bool,
    align_shoulder: bool,
) -> Clip:
    """Put a clip in the middle and turn it upright, facing one way.

    The person who is in more frames comes first, frames without this person are dropped,
    the middle of the spine in the first frame becomes the origin (the last keypoint for other
    numbers than NTU's 25), then the spine of that frame is turned to the z axis and the line
    between the shoulders to the x axis. A clip whose coordinates sum to 0 stays where it is.

    The results are those of MMAction2's PreNormalize3D (after 2s-AGCN's ``pre_normalization``, Shi
    et al. 2019), rounded once to float32, or to float64 for a clip in float64. MMAction2 computes
    the origin and the angles in the dtype of the clip; so they are here, and for float16 the angles
    are off by some hundredths of a radian at most. Cast a clip to float32 before if it is to stand
    upright more exactly than there. In float64 some last bits differ: MMAction2's depend on the
    processor.

    What is missing is what it is there: a keypoint at zeros, which stays zeros. Scores, of which
    skeletons in 3D have none in MMAction2, are not looked at.

    Parameters
    ----------
    clip : Clip
        The clip.
    zaxis : (int, int)
        The keypoints at the lower and the upper end of the spine.
    xaxis : (int, int)
        The keypoints of the right and the left shoulder; x is where the right one lies.
    align_center, align_spine, align_shoulder : bool
        Which of the three to do.

    Returns
    -------
    Clip
        The clip in these coordinates.

    Raises
    ------
    ClipError
        When a clip is not in 3D, does not have one or two persons, lacks one of these keypoints,
        or has only empty frames.
    """
    persons, _, joints, coordinates = clip.keypoint.shape
    if coordinates != 3:
        raise ClipError(f"keypoints have {coordinates} coordinates: pre-normalize-3d needs 3")
    if persons not in (1, 2):
        raise ClipError(f"it has {persons} persons: pre-normalize-3d needs one or two")
    if max(*zaxis, *xaxis) >= joints:
        raise ClipError(f"it has {joints} keypoints: zaxis and xaxis are outside them")
    keypoint = floats(clip.keypoint)
    wide = np.result_type(keypoint.dtype, np.float32)
    if total(keypoint.reshape(-1)) == 0:
        return clip.replace(keypoint=keypoint.astype(wide))
    there = np.asarray((~(np.abs(keypoint) <= _NOTHING)).any((2, 3)))
    if persons == 2 and there[1].sum() > there[0].sum():
        clip, there = clip.take("M", [1, 0]), there[::-1]
    if not there[0].any():
        raise ClipError("all its frames are empty")
    clip = clip.take("T", there[0])
    keypoint = clip.keypoint
    # What is out of the range of float16 is so in MMAction2, and is found below.
    with np.errstate(all="ignore"):
        if align_center:
            center = keypoint[0, 0, _NTU_CENTER if joints == _NTU_JOINTS else -1]
            keypoint = (keypoint - center) * (keypoint != 0).any(-1, keepdims=True)
        if align_spine:
            lower, upper = keypoint[0, 0, list(zaxis)]
            keypoint = _turned(keypoint, upper - lower, "z")
        if align_shoulder:
            right, left = keypoint[0, 0, list(xaxis)]
            keypoint = _turned(keypoint, right - left, "x")
    if not np.isfinite(keypoint[0, 0, [*zaxis, *xaxis]]).all():
        raise ClipError(
            "the joints of its first frame by which it is centred and turned are NaN, or too close "
            f"together or too far apart for {clip.keypoint.dtype}: MMAction2 gives NaN for it"
        )
    return clip.replace(keypoint=narrowed(keypoint, wide))


def _turned(keypoint: Array, vector: Array, to: Literal["x", "z"]) -> Array:
    """Turn all keypoints by what turns one vector to an axis, in float64."""
    x, y, z = np.moveaxis(keypoint.astype(np.float64), -1, 0)
    # In the order of `numpy.einsum` in MMAction2.
    rows = [(x * a + z * c) + y * b for a, b, c in _rotation(vector, to)]
    return np.stack(rows, axis=-1)


def _rotation(vector: Array, to: Literal["x", "z"]) -> Array:
    """Return the matrix that turns a vector to an axis, by the formula of Euler and Rodrigues.

    It is the identity where the vector is too short, or parallel to the axis. The thresholds are
    those of MMAction2. Its cosine of an arc cosine is written as a square root here, which every
    processor rounds alike.
    """
    x, y, z = vector.astype(np.float64)
    across = np.array([0.0, z, -y] if to == "x" else [y, -x, 0.0])
    if float(np.abs(vector).sum()) < _SHORT or np.abs(across).sum() < _SHORT:
        return np.eye(3)
    cosine = np.clip(np.float64((vector / _length(vector))["xyz".index(to)]), -1, 1)
    if 1 - cosine < _PARALLEL:
        return np.eye(3)
    half = np.sqrt((1 + cosine) / 2)
    b, c, d = -across / _length(across) * np.sqrt((1 - cosine) / 2)
    aa, bb, cc, dd = half * half, b * b, c * c, d * d
    bc, ad, ac, ab, bd, cd = b * c, half * d, half * c, half * b, b * d, c * d
    return np.array(
        [
            [aa + bb - cc - dd, 2 * (bc + ad), 2 * (bd - ac)],
            [2 * (bc - ad), aa + cc - bb - dd, 2 * (cd + ab)],
            [2 * (bd + ac), 2 * (cd - ab), aa + dd - bb - cc],
        ]
    )


def _length(vector: Array) -> Any:
    """Return the length of a vector of three in its dtype, as ``numpy.linalg.norm`` rounds it.

    That multiplies float16 in float32, and sums float32 in float64.
    """
    if vector.dtype == np.float16:
        vector = vector.astype(np.float32)
        x, y, z = vector * vector
        return np.sqrt(np.float16(x + y + z))
    x, y, z = (vector * vector).astype(np.float64)
    return np.sqrt((x + y + z).astype(vector.dtype))


def pre_normalize_2d(clip: Clip, *, img_shape: tuple[int, int] | None) -> Clip:
    """Bring pixels to the range of -1 to 1: the middle of the image is the origin.

    The results are those of MMAction2's PreNormalize2D, which computes in the dtype of the clip:
    in float16 that is off by up to half a pixel in a frame of 1,920. There as here, a missing
    keypoint, at (0, 0), becomes (-1, -1).

    Parameters
    ----------
    clip : Clip
        The clip.
    img_shape : (int, int), optional
        Height and width for clips without an image size.

    Returns
    -------
    Clip
        The clip in these coordinates.

    Raises
    ------
    ClipError
        When neither the clip nor the option has the image's size.
    """
    height, width = _image_size(clip, img_shape)
    keypoint = floats(clip.keypoint).copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for axis, side in enumerate((width, height)):
            half = keypoint.dtype.type(side / 2)
            keypoint[..., axis] = (keypoint[..., axis] - half) / half
    return clip.replace(keypoint=keypoint)


def scale_to(clip: Clip, *, img_shape: tuple[int, int]) -> Clip:
    """Scale pixels from the clip's image size to another, x and y separately.

    `img_shape` becomes the new size; `original_shape` stays.

    Parameters
    ----------
    clip : Clip
        The clip.
    img_shape : (int, int)
        Height and width.

    Returns
    -------
    Clip
        The clip in pixels of the new size.

    Raises
    ------
    ClipError
        When the clip does not have its image's size.
    """
    height, width = _image_size(clip, None)
    keypoint = coordinates(clip)
    keypoint[..., 0] *= img_shape[1] / width
    keypoint[..., 1] *= img_shape[0] / height
    return with_coordinates(clip, keypoint).replace(img_shape=img_shape)


def _image_size(clip: Clip, default: tuple[int, int] | None) -> tuple[int, int]:
    size = clip.img_shape or default
    if size is None:
        raise ClipError("it has no img_shape")
    return size
