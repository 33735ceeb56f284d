"""From a clip's coordinates to the pixels of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import DatasetError

View = Literal["front", "side", "top", "turn"]

# Room around people, as a share of the larger side of the box around them.
_MARGIN = 0.1
# One turn takes this many frames: 4 s at 30 frames a second.
_TURN = 120
# The longest side of a picture in pixels.
_LARGEST = 16_384


@dataclass(frozen=True)
class Projected:
    """A clip in pixels of a picture.

    Attributes
    ----------
    points : ndarray of float64 of shape (M, T, V, 2)
        Where each joint is; NaN where it is missing.
    width, height : int
        The size of the picture.
    corner : (float, float)
        Which pixel of the clip's image the top left one is; (0, 0) in 3D.
    scale : float
        Pixels of the picture for a pixel of the image, or for a metre in 3D.
    """

    points: Array
    width: int
    height: int
    corner: tuple[float, float]
    scale: float


def project(
    clip: Clip,
    *,
    height: int,
    scale: float | None = None,
    crop: bool = False,
    view: View = "front",
) -> Projected:
    """Put a clip into a picture.

    Keypoints in pixels keep their place in the image. In 3D, x is to the right and y is up, unless
    the clip is in pixels, where y is down.

    Parameters
    ----------
    clip : Clip
        A clip of shape (M, T, V, C), with C = 2 or 3.
    height : int
        The height of the picture in pixels, where `scale` does not give it.
    scale : float, optional
        Pixels of the picture for a pixel of the image; for 2D alone.
    crop : bool
        Whether the picture is of the box around all people of all frames, or of the whole image.
    view : {"front", "side", "top", "turn"}
        From where people are seen in 3D; ``"turn"`` goes around them.

    Returns
    -------
    Projected
        The clip in pixels of the picture.
    """
    there = clip.present()
    points = clip.keypoint.astype(np.float64)
    points[~there] = np.nan
    if clip.keypoint.shape[3] > 2:
        flat = _seen_from(points, view, down=clip.img_shape is not None)
        box = _box_around(flat)
    else:
        flat = points
        whole = None if crop or clip.img_shape is None else clip.img_shape
        box = _box_around(flat) if whole is None else (-0.5, -0.5, float(whole[1]), float(whole[0]))
    left, top, wide, high = box
    _check_size(clip, wide / high * height if scale is None else max(wide, high) * scale)
    factor = height / high if scale is None else scale
    corner = (left + 0.5, top + 0.5)
    # The middle of the first pixel is at 0, before and after.
    placed = (flat - [left, top]) * factor - 0.5
    return Projected(
        placed,
        max(int(wide * factor + 0.5), 1),
        max(int(high * factor + 0.5), 1),
        corner,
        factor,
    )


def _check_size(clip: Clip, side: float) -> None:
    if not side <= _LARGEST:
        raise DatasetError(
            f"a picture of the clip {clip.id!r} would have a side of {side:.3g} pixels",
            hint="give another --height or --scale, or --crop person",
        )


def _seen_from(points: Array, view: View, *, down: bool) -> Array:
    """Turn points (M, T, V, 3) and leave out the depth; y is down then."""
    sign = 1 if down else -1
    middle = _middle(points)
    x, y, z = np.moveaxis(points - middle, -1, 0)
    if view == "top":
        return np.stack([x, -z], axis=-1)
    if view == "side":
        return np.stack([z, sign * y], axis=-1)
    frames: Array = np.arange(points.shape[1])
    angle = frames * (2 * np.pi / _TURN if view == "turn" else 0.0)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return np.stack([x * cos + z * sin, sign * y], axis=-1)


def _middle(points: Array) -> Array:
    flat = points.reshape(-1, points.shape[-1])
    there = flat[np.isfinite(flat).all(axis=1)]
    if not len(there):
        return np.zeros(points.shape[-1])
    middle: Array = (there.min(axis=0) + there.max(axis=0)) / 2
    return middle


def _box_around(points: Array) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the box around all points, with a margin."""
    flat = points.reshape(-1, 2)
    there = flat[np.isfinite(flat).all(axis=1)]
    if not len(there):
        return (0.0, 0.0, 1.0, 1.0)
    low, high = there.min(axis=0), there.max(axis=0)
    room = max(float((high - low).max()) * _MARGIN, 1e-6)
    left, top = low - room
    wide, tall = high - low + 2 * room
    # A person who hardly moves in one direction is still to be seen.
    thin = max(wide, tall) / 2
    if wide < thin:
        left, wide = left - (thin - wide) / 2, thin
    if tall < thin:
        top, tall = top - (thin - tall) / 2, thin
    return float(left), float(top), float(wide), float(tall)
