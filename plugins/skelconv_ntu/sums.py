"""Sums in the order of NumPy 1, whatever NumPy runs.

The scripts that the profiles repeat decide by sums of floats, of which the order can decide the
last bit. Up to NumPy 2.2, a sum over a whole array goes through 8,192 values at a time; from 2.3 on
through all at once. Up to 8,192 values, all versions from 1.9 on add in the same order (pairwise),
and no processor changes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import Array

_AT_A_TIME = 8192


def total(values: Array) -> Any:
    """Return what ``values.sum()`` is with NumPy 1, to the bit.

    Parameters
    ----------
    values : ndarray
        Floats, in C order, though possibly with gaps between them.

    Returns
    -------
    scalar
        The sum, in the dtype of the values.
    """
    flat = values.reshape(-1)
    result = values.dtype.type(0)
    for start in range(0, len(flat), _AT_A_TIME):
        result = result + np.add.reduce(flat[start : start + _AT_A_TIME])
    return result


def mean(values: Array) -> Any:
    """Return what ``values.mean()`` is with NumPy 1, to the bit.

    Parameters
    ----------
    values : ndarray
        As for `total`; at least one.

    Returns
    -------
    scalar
        The mean, in the dtype of the values.
    """
    return total(values) / values.dtype.type(values.size)


def deviation(values: Array) -> Any:
    """Return what ``values.std()`` is with NumPy 1, to the bit.

    Parameters
    ----------
    values : ndarray
        As for `total`; at least one.

    Returns
    -------
    scalar
        The standard deviation, in the dtype of the values.
    """
    from_mean = values - mean(values)
    return np.sqrt(mean(from_mean * from_mean))
