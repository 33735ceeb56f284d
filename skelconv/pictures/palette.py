"""Colours that eyes of all kinds tell apart: Okabe and Ito, Color Universal Design (2008)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skelconv.data.layout import Layout

Color = tuple[int, int, int]

LEFT: Color = (0, 114, 178)
RIGHT: Color = (213, 94, 0)
MIDDLE: Color = (120, 120, 120)
PEOPLE: tuple[Color, ...] = (
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (120, 120, 120),
)
INK: Color = (40, 40, 40)
PAPER: Color = (250, 250, 250)
FAINT: Color = (190, 190, 190)
WARNING: Color = (204, 121, 167)

# Of equal steps in lightness, from dark to light; in between it is linear.
_RAMP = np.array(
    [(68, 1, 84), (59, 82, 139), (33, 144, 140), (93, 200, 99), (253, 231, 37)], np.float64
)


def ramp(value: float) -> Color:
    """Return the colour of a value, from dark violet over green to yellow.

    Parameters
    ----------
    value : float
        From 0 to 1; what is outside is moved to the nearer end.

    Returns
    -------
    (int, int, int)
        Red, green and blue.
    """
    place = min(max(value, 0.0), 1.0) * (len(_RAMP) - 1)
    first = min(int(place), len(_RAMP) - 2)
    mixed = _RAMP[first] + (place - first) * (_RAMP[first + 1] - _RAMP[first])
    red, green, blue = (int(channel + 0.5) for channel in mixed)
    return red, green, blue


def of_sides(layout: Layout) -> Sequence[Color]:
    """Return the colour of each joint by the side of the body that it is on.

    Parameters
    ----------
    layout : Layout
        The layout; its pairs say what is left and what is right.

    Returns
    -------
    sequence of V colours
        One for each joint.
    """
    colors = [MIDDLE] * len(layout.joints)
    for left, right in layout.pairs:
        colors[left], colors[right] = LEFT, RIGHT
    return colors
