"""Where in space a skeleton is: centred, aligned, scaled."""

from __future__ import annotations

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv_transforms.arrays import narrowed, widened

_NTU_JOINTS = 25
_NTU_CENTER = 1  # the middle of the spine


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
    between the shoulders to the x axis. A missing keypoint stays zeros. A clip whose
    coordinates sum to 0 stays as it is.

    The results are exactly those of MMAction2's PreNormalize3D (after 2s-AGCN's
    ``pre_normalization``, Shi et al. 2019), cast to the clip's dtype. Only for float16 they are
    more accurate: MMAction2 computes the angles in float16 too, with errors of up to some
    hundredths.

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
    if clip.keypoint.sum(dtype=np.float64) == 0:
        return clip
    there = np.asarray(~np.isclose(clip.keypoint, 0).all((2, 3)))
    if persons == 2 and there[1].sum() > there[0].sum():
        clip, there = clip.take("M", [1, 0]), there[::-1]
    if not there[0].any():
        raise ClipError("all its frames are empty")
    clip = clip.take("T", there[0])
    keypoint = widened(clip.keypoint)
    if align_center:
        center = keypoint[0, 0, _NTU_CENTER if joints == _NTU_JOINTS else -1]
        keypoint = (keypoint - center) * (keypoint != 0).any(-1, keepdims=True)
    if align_spine:
        lower, upper = keypoint[0, 0, list(zaxis)]
        keypoint = _turned(keypoint, upper - lower, np.array([0.0, 0.0, 1.0]))
    if align_shoulder:
        right, left = keypoint[0, 0, list(xaxis)]
        keypoint = _turned(keypoint, right - left, np.array([1.0, 0.0, 0.0]))
    return clip.replace(keypoint=narrowed(keypoint, clip.keypoint.dtype))


def _turned(keypoint: Array, vector: Array, to: Array) -> Array:
    """Turn all keypoints by what turns one vector to another of length 1."""
    return np.asarray(np.einsum("...i,ji->...j", keypoint, _rotation(vector, to)))


def _rotation(vector: Array, to: Array) -> Array:
    """Return the matrix that turns a vector to another, by the formula of Euler and Rodrigues.

    It is the identity where the vectors have no axis: one is too short, or they are parallel. The
    thresholds are those of MMAction2.
    """
    axis = np.cross(vector, to)
    if np.abs(vector).sum() < 1e-6 or np.abs(axis).sum() < 1e-6:
        return np.eye(3)
    angle = np.arccos(np.clip(np.dot(vector / np.linalg.norm(vector), to), -1, 1))
    if angle < 1e-6:
        return np.eye(3)
    # The diagonal is summed in this order so that results are MMAction2's to the last bit.
    cosine = np.cos(angle / 2)
    x, y, z = sines = axis / np.linalg.norm(axis) * np.sin(angle / 2)
    turn = 2 * (np.outer(sines, sines) + cosine * np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]))
    for one, two, three in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        squares = (sines * sines)[[one, two, three]]
        turn[one, one] = cosine * cosine + squares[0] - squares[1] - squares[2]
    return np.asarray(turn)


def pre_normalize_2d(clip: Clip, *, img_shape: tuple[int, int] | None) -> Clip:
    """Bring pixels to the range of -1 to 1: the middle of the image is the origin.

    The results are those of MMAction2's PreNormalize2D. There as here, a missing keypoint, at
    (0, 0), becomes (-1, -1).

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
    keypoint = widened(clip.keypoint).copy()
    for axis, half in ((0, width / 2), (1, height / 2)):
        keypoint[..., axis] = (keypoint[..., axis] - half) / half
    return clip.replace(keypoint=narrowed(keypoint, clip.keypoint.dtype))


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
    keypoint = widened(clip.keypoint).copy()
    keypoint[..., 0] *= img_shape[1] / width
    keypoint[..., 1] *= img_shape[0] / height
    return clip.replace(keypoint=narrowed(keypoint, clip.keypoint.dtype), img_shape=img_shape)


def _image_size(clip: Clip, default: tuple[int, int] | None) -> tuple[int, int]:
    size = clip.img_shape or default
    if size is None:
        raise ClipError("it has no img_shape")
    return size
