"""Shapes in pixels, with smooth edges."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from skelconv.data.clip import Array
from skelconv.pictures.shapes import Border, Dot, Line, Shape, Text

# Lines and discs are drawn so many times larger, and made smaller again.
_FINE = 4
# What is further away than this many pixels is outside every picture.
_FAR = 1e6


def paint(ground: Array, shapes: Sequence[Shape]) -> Array:
    """Draw shapes on a picture.

    Only the rectangle around lines and discs is drawn in large, so a frame costs as much as people
    are large in it.

    Parameters
    ----------
    ground : ndarray of uint8 of shape (H, W, 3)
        The picture, RGB; it is not changed.
    shapes : sequence of Line, Dot, Text or Border
        What is drawn, one over the other.

    Returns
    -------
    ndarray of uint8 of shape (H, W, 3)
        The picture with them.
    """
    image = Image.fromarray(ground)
    fine = [shape for shape in shapes if isinstance(shape, Line | Dot)]
    box = _around(fine, image.width, image.height)
    if box is not None:
        left, top, right, bottom = box
        size = ((right - left) * _FINE, (bottom - top) * _FINE)
        layer = Image.new("RGBA", size)
        pen = ImageDraw.Draw(layer)
        for shape in fine:
            _draw(pen, shape, left, top)
        small = _reduced(layer)
        image.paste(small.convert("RGB"), (left, top), small.getchannel("A"))
    _draw_plain(ImageDraw.Draw(image), shapes)
    return np.asarray(image)


def _draw_plain(pen: ImageDraw.ImageDraw, shapes: Sequence[Shape]) -> None:
    for shape in shapes:
        if isinstance(shape, Text):
            pen.text(shape.corner, shape.text, shape.color, _font(shape.size))
        elif isinstance(shape, Border):
            x, y = shape.corner
            pen.rectangle((x, y, x + shape.width - 1, y + shape.height - 1), outline=shape.color)


@functools.cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _around(shapes: Sequence[Line | Dot], width: int, height: int) -> tuple[int, ...] | None:
    """Return the part of the picture that shapes are in; None where there is none."""
    places = [_extent(shape) for shape in shapes]
    if not places:
        return None
    lows = np.floor(np.min([low for low, _ in places], axis=0)).clip(0, [width, height])
    highs = np.ceil(np.max([high for _, high in places], axis=0)).clip(0, [width, height])
    left, top, right, bottom = (int(value) for value in (*lows, *highs))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _extent(shape: Line | Dot) -> tuple[tuple[float, float], tuple[float, float]]:
    if isinstance(shape, Dot):
        (x, y), room = shape.center, shape.radius + 1
        return (x - room, y - room), (x + room + 1, y + room + 1)
    room = shape.width / 2 + 1
    (x0, y0), (x1, y1) = shape.start, shape.end
    return (
        (min(x0, x1) - room, min(y0, y1) - room),
        (max(x0, x1) + room + 1, max(y0, y1) + room + 1),
    )


def _draw(pen: ImageDraw.ImageDraw, shape: Line | Dot, left: int, top: int) -> None:
    def large(point: tuple[float, float]) -> tuple[float, float]:
        # The middle of a pixel is half of one from its corner. Pillow takes no number of any size.
        x, y = (min(max(place, -_FAR), _FAR) for place in point)
        return ((x - left + 0.5) * _FINE - 0.5, (y - top + 0.5) * _FINE - 0.5)

    color = (*shape.color, int(255 * min(max(shape.opacity, 0.0), 1.0) + 0.5))
    if isinstance(shape, Dot):
        _disc(pen, large(shape.center), shape.radius * _FINE, color)
        return
    start, end = large(shape.start), large(shape.end)
    pen.line(
        tuple(round(place) for place in (*start, *end)),
        color,
        max(int(shape.width * _FINE + 0.5), 1),
    )
    for point in (start, end):
        _disc(pen, point, shape.width * _FINE / 2, color)


def _disc(
    pen: ImageDraw.ImageDraw,
    center: tuple[float, float],
    radius: float,
    color: tuple[int, int, int, int],
) -> None:
    # Pillow cuts off what is behind the point, and so would move it up and to the left; the pixels
    # at its border are in it.
    x, y = center
    reach = radius - 0.5
    box = (x - reach, y - reach, x + reach, y + reach)
    pen.ellipse(tuple(round(side) for side in box), color)


def _reduced(layer: Image.Image) -> Image.Image:
    """Make a layer smaller; a pixel's colour is that of what covers it, by opacity."""
    fine = np.asarray(layer, np.uint32).reshape(
        layer.height // _FINE, _FINE, layer.width // _FINE, _FINE, 4
    )
    opacity = fine[..., 3:]
    total = opacity.sum(axis=(1, 3))
    color = (fine[..., :3] * opacity).sum(axis=(1, 3)) // np.maximum(total, 1)
    return Image.fromarray(np.concatenate([color, total // _FINE**2], axis=-1).astype(np.uint8))
