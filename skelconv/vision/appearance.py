"""What people look like: the colours of their clothes, counted in the middle of their boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

APPEARANCE = "appearance"
"""The field (N, 128): what `appearance_of` gives for N boxes of a clip."""

APPEARANCE_ROW = "appearance_row"
"""The field (M, T): the row in `APPEARANCE` of each box, from 1; 0 where none was counted."""

_COLUMNS, _ROWS = 8, 24
# In 1/64 of a box: half of its width and three quarters of its height, about its middle.
_ACROSS = 16 + 4 * np.arange(_COLUMNS) + 2
_DOWN = 8 + 2 * np.arange(_ROWS) + 1
_COLOURS = 64


def appearance_of(frame: npt.NDArray[np.uint8], boxes: Array) -> npt.NDArray[np.uint8]:
    """Count the colours of the people in boxes.

    At 8 x 24 points about the middle of each box, which is mostly the person, the colour of the
    frame is one of 64: of four brightnesses and four differences of each blue and red from it.
    The upper and the lower half, shirt and trousers, are counted by themselves. All is in whole
    numbers, so that the counts are the same on any processor.

    Parameters
    ----------
    frame : ndarray of shape (H, W, 3)
        The frame, RGB, uint8.
    boxes : ndarray of shape (N, 4 or more)
        Left, top, right and bottom in pixels; further columns are not used. Beyond the edge of
        the frame, the pixel at the edge counts.

    Returns
    -------
    ndarray of shape (N, 128)
        For each box 64 numbers of the upper half and 64 of the lower one; 96 in sum each.
    """
    corners = boxes[:, :4].astype(np.float64)
    first, side = corners[:, :2], corners[:, 2:] - corners[:, :2]
    x = _pixels(first[:, :1] + side[:, :1] * _ACROSS / 64, frame.shape[1])
    y = _pixels(first[:, 1:] + side[:, 1:] * _DOWN / 64, frame.shape[0])
    red, green, blue = np.moveaxis(frame[y[:, :, np.newaxis], x[:, np.newaxis]], -1, 0).astype(int)
    light = (77 * red + 150 * green + 29 * blue) >> 8
    colour = (light >> 6) * 16 + _quarter(blue - light) * 4 + _quarter(red - light)
    half = np.arange(2 * len(boxes)).reshape(-1, 2).repeat(_ROWS // 2, axis=1)
    places = half[:, :, np.newaxis] * _COLOURS + colour
    counts = np.bincount(places.ravel(), minlength=2 * len(boxes) * _COLOURS)
    return counts.reshape(-1, 2 * _COLOURS).astype(np.uint8)


def _pixels(places: Array, side: int) -> Array:
    return np.asarray(places.clip(0, side - 1).astype(np.intp))


def _quarter(difference: Array) -> Array:
    """Return 0 to 3: far below, below, above and far above 0."""
    return np.asarray(np.clip((difference >> 5) + 2, 0, 3))
