"""Rotations as matrices.

Sine and cosine are made of sums and products here: those of NumPy and of the C library differ in
the last bit between processors, and a dataset must not.
"""

from __future__ import annotations

import math

import numpy as np

from skelconv import Array

# pi / 2 in two numbers, the first of 33 bits, so that its multiples are exact (Cody and Waite,
# Software Manual for the Elementary Functions, 1980).
_QUARTER = (1.5707963267341256, 6.077100506506192e-11)
# Of the series of Taylor: below pi / 4 what follows is less than 1e-18.
_SINE = [(-1) ** n / math.factorial(2 * n + 1) for n in range(9)]
_COSINE = [(-1) ** n / math.factorial(2 * n) for n in range(10)]


def sine_and_cosine(angle: Array) -> tuple[Array, Array]:
    """Return sine and cosine, with the same bits on any processor.

    Parameters
    ----------
    angle : ndarray of float64
        In radians, of less than a million.

    Returns
    -------
    (ndarray, ndarray)
        Both to within two units of the last place of 1.
    """
    turns = np.rint(angle * (2 / math.pi))
    rest = (angle - turns * _QUARTER[0]) - turns * _QUARTER[1]
    square = rest * rest
    sine, cosine = rest * _series(_SINE, square), _series(_COSINE, square)
    quadrant = turns.astype(np.int64) & 3
    odd = (quadrant & 1).astype(bool)
    return (
        np.where(quadrant & 2, -1.0, 1.0) * np.where(odd, cosine, sine),
        np.where((quadrant + 1) & 2, -1.0, 1.0) * np.where(odd, sine, cosine),
    )


def _series(coefficients: list[float], square: Array) -> Array:
    total = np.full_like(square, coefficients[-1])
    for one in coefficients[-2::-1]:
        total = total * square + one
    return total


def about_axis(axis: int, degrees: Array) -> Array:
    """Return rotations about one axis.

    Parameters
    ----------
    axis : {0, 1, 2}
        x, y or z.
    degrees : ndarray of shape (T,)
        The angles.

    Returns
    -------
    ndarray of shape (T, 3, 3)
        Matrices for columns of x, y and z.
    """
    sine, cosine = sine_and_cosine(np.fmod(degrees, 360.0) * (math.pi / 180))
    matrix = np.zeros((len(degrees), 3, 3))
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrix[:, axis, axis] = 1
    matrix[:, one, one] = matrix[:, other, other] = cosine
    matrix[:, other, one] = sine
    matrix[:, one, other] = -sine
    return matrix


def of_vectors(vectors: Array) -> Array:
    """Return rotations about vectors, by the angles that are their lengths (Rodrigues).

    Parameters
    ----------
    vectors : ndarray of shape (T, 3)
        In radians.

    Returns
    -------
    ndarray of shape (T, 3, 3)
        Matrices for columns of x, y and z.
    """
    x, y, z = (vectors[:, axis].astype(np.float64) for axis in range(3))
    angle = np.sqrt(x * x + y * y + z * z)
    sine, cosine = sine_and_cosine(angle)
    turned = angle > 1e-12  # below, the series are 1 and nothing
    length = np.where(turned, angle, 1)
    first = np.where(turned, sine / length, 1)
    second = np.where(turned, (1 - cosine) / (length * length), 0)
    cross = np.zeros((len(vectors), 3, 3))
    cross[:, 2, 1], cross[:, 0, 2], cross[:, 1, 0] = x, y, z
    cross[:, 1, 2], cross[:, 2, 0], cross[:, 0, 1] = -x, -y, -z
    return np.asarray(
        np.eye(3)
        + first[:, np.newaxis, np.newaxis] * cross
        + second[:, np.newaxis, np.newaxis] * product(cross, cross)
    )


def product(first: Array, second: Array) -> Array:
    """Multiply matrices, with the same bits on any processor, which ``@`` does not promise.

    Parameters
    ----------
    first : ndarray of shape (T, 3, 3)
        Matrices.
    second : ndarray of shape (T, 3, N)
        Matrices, or columns.

    Returns
    -------
    ndarray of shape (T, 3, N)
        The products.
    """
    terms = [first[:, :, k : k + 1] * second[:, k : k + 1, :] for k in range(3)]
    return np.asarray(terms[0] + terms[1] + terms[2])
