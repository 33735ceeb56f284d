"""What a picture is made of, in its pixels: x to the right, y down, from the top left corner.

The middle of the pixel in the corner is at (0, 0), as keypoints have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from skelconv.pictures.palette import Color

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line with round ends.

    Attributes
    ----------
    start, end : (float, float)
        Its ends.
    width : float
        Its width in pixels.
    color : (int, int, int)
        Red, green and blue.
    opacity : float
        From 0 to 1.
    """

    start: Point
    end: Point
    width: float
    color: Color
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc.

    Attributes
    ----------
    center : (float, float)
        Its middle.
    radius : float
        In pixels.
    color : (int, int, int)
        Red, green and blue.
    opacity : float
        From 0 to 1.
    """

    center: Point
    radius: float
    color: Color
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text.

    Attributes
    ----------
    corner : (float, float)
        Where it begins: its top left corner.
    text : str
        The text.
    size : float
        The height of its letters in pixels.
    color : (int, int, int)
        Red, green and blue.
    """

    corner: Point
    text: str
    size: float
    color: Color


@dataclass(frozen=True, slots=True)
class Border:
    """A rectangle of lines one pixel wide.

    Attributes
    ----------
    corner : (float, float)
        The middle of its top left pixel.
    width, height : float
        In pixels.
    color : (int, int, int)
        Red, green and blue.
    """

    corner: Point
    width: float
    height: float
    color: Color


Shape = Line | Dot | Text | Border


def moved(shape: Shape, x: float, y: float) -> Shape:
    """Return a shape in another place.

    Parameters
    ----------
    shape : Line, Dot, Text or Border
        The shape.
    x, y : float
        How far it is moved to the right and down, in pixels.

    Returns
    -------
    Line, Dot, Text or Border
        The same shape there.
    """
    if isinstance(shape, Line):
        start, end = shape.start, shape.end
        return replace(shape, start=(start[0] + x, start[1] + y), end=(end[0] + x, end[1] + y))
    if isinstance(shape, Dot):
        return replace(shape, center=(shape.center[0] + x, shape.center[1] + y))
    return replace(shape, corner=(shape.corner[0] + x, shape.corner[1] + y))
