"""Shapes as SVG: figures for papers, which stay sharp at any size."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from skelconv.pictures.palette import Color
from skelconv.pictures.shapes import Dot, Line, Shape, Text


def markup(width: int, height: int, ground: Color, shapes: Iterable[Shape]) -> str:
    """Return a picture as an SVG file.

    Parameters
    ----------
    width, height : int
        Its size in pixels.
    ground : (int, int, int)
        The colour behind everything.
    shapes : iterable of Line, Dot, Text or Border
        What is drawn, one over the other.

    Returns
    -------
    str
        The file. Text is escaped: a clip's id may hold anything.
    """
    # The middle of the first pixel is at (0, 0) here, and its corner in SVG.
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="-0.5 -0.5 {width} {height}" stroke-linecap="round" fill="none">',
        f'<rect x="-0.5" y="-0.5" width="{width}" height="{height}" fill="{_hex(ground)}"/>',
        *map(_element, shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _element(shape: Shape) -> str:
    color = _hex(shape.color)
    if isinstance(shape, Line):
        (x0, y0), (x1, y1) = shape.start, shape.end
        return (
            f'<line x1="{x0:.2f}" y1="{y0:.2f}" x2="{x1:.2f}" y2="{y1:.2f}" stroke="{color}" '
            f'stroke-width="{shape.width:.2f}"{_opacity(shape.opacity)}/>'
        )
    if isinstance(shape, Dot):
        x, y = shape.center
        return (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{shape.radius:.2f}" fill="{color}"'
            f"{_opacity(shape.opacity)}/>"
        )
    x, y = shape.corner
    if isinstance(shape, Text):
        return (
            f'<text x="{x:.2f}" y="{y + shape.size:.2f}" font-family="sans-serif" '
            f'font-size="{shape.size:g}" fill="{color}">{escape(_valid(shape.text))}</text>'
        )
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{shape.width - 1:.2f}" '
        f'height="{shape.height - 1:.2f}" stroke="{color}"/>'
    )


def _opacity(opacity: float) -> str:
    return "" if opacity >= 1 else f' opacity="{opacity:.2f}"'


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _valid(text: str) -> str:
    """Replace what XML cannot hold, such as control characters and halves of surrogates."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
