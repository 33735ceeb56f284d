"""The units that files hold coordinates in, and pixels, which clips in 2D are in."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.errors import ClipError
from skelconv.files.options import Units

# A body of pixels is larger than this, wherever it is; one of fractions is smaller than that.
_NO_PIXELS, _NO_FRACTIONS = 1.5, 10.0


def to_pixels(
    coordinates: Array, units: Units, img_shape: tuple[int, int] | None, *, inset: int = 0
) -> Array:
    """Convert coordinates of a clip to pixels.

    Units that cannot be the coordinates' are refused, where this is certain: pixels that are all
    less than 1.5 from the corner, and fractions most of which are beyond 10.

    Parameters
    ----------
    coordinates : ndarray of float, shape (N, C)
        The clip's keypoints that are not missing: x, y and maybe z, which is to the scale of x.
    units : {"pixels", "fractions", "signed-fractions", "metres"}
        What they are in. Pixels and metres stay as they are.
    img_shape : (int, int) or None
        Height and width in pixels.
    inset : int
        By how many pixels the image is larger than what fractions are fractions of: 1 where
        (1, 1) is the middle of the last pixel.

    Returns
    -------
    ndarray of float, shape (N, C)
        In pixels, or in metres; of the dtype of `coordinates`.

    Raises
    ------
    skelconv.ClipError
        When the units cannot be right, or fractions have no `img_shape`.
    """
    _check(coordinates[:, :2], units)
    if units in ("pixels", "metres"):
        return coordinates
    if img_shape is None:
        raise ClipError(
            "its coordinates are fractions of an image whose size is not known: give img_shape, "
            "the height and width in pixels"
        )
    height, width = (side - inset for side in img_shape)
    scale = np.array([width, height, width][: coordinates.shape[1]], coordinates.dtype)
    if units == "fractions":
        return np.asarray(coordinates * scale)
    middle = np.array([1, 1, 0][: coordinates.shape[1]], np.float64)
    # In float64, so that two operations round once.
    return np.asarray(((coordinates + middle) * (scale / 2)).astype(coordinates.dtype))


def _check(xy: Array, units: Units) -> None:
    if not xy.size:
        return
    # The absolute values of all would take as much memory again.
    small = xy.min() >= -_NO_PIXELS and xy.max() <= _NO_PIXELS
    if units == "pixels" and small and (xy != np.trunc(xy)).any():
        fitting = "signed-fractions or metres" if (xy < 0).any() else "fractions"
        raise ClipError(
            f"all its x and y are from {xy.min():.3g} to {xy.max():.3g}: they are not pixels "
            f"(option units: {fitting})"
        )
    if units in ("fractions", "signed-fractions") and np.median(np.abs(xy)) > _NO_FRACTIONS:
        raise ClipError(
            f"its x and y go up to {xy.max():.6g}: they are not {units} (option units: pixels)"
        )
