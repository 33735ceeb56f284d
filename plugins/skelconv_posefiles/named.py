"""Keypoints in the order of a layout, where a file names them in another one."""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import match_joints
from skelconv.plugin import layout_named


def order_of(names: Any, layout: str, what: str) -> Array:
    """Find the order of keypoints by their names.

    Parameters
    ----------
    names : Any
        What should be the file's names, in its order.
    layout : str
        The layout's name.
    what : str
        The names' place in the file, for errors.

    Returns
    -------
    ndarray of int, shape (V,)
        For each joint of the layout the keypoint in the file.

    Raises
    ------
    ClipError
        When they are not names, or not those of the layout's joints.
    """
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise ClipError(f"{what} is not a list of names")
    return np.argsort(match_joints(names, layout_named(layout)), kind="stable")


def in_order(order: Array, keypoint: Array, score: Array, what: str) -> tuple[Array, Array]:
    """Bring the keypoints of a person into the order of the layout.

    Parameters
    ----------
    order : ndarray of int, shape (V,)
        See `order_of`.
    keypoint : ndarray of shape (V, C)
        As in the file.
    score : ndarray of shape (V,)
        As in the file.
    what : str
        The person's place in the file, for errors.

    Returns
    -------
    (ndarray of shape (V, C), ndarray of shape (V,))
        Keypoints and scores in the layout's order.

    Raises
    ------
    ClipError
        When there are not as many keypoints as names.
    """
    if len(keypoint) != len(order):
        raise ClipError(f"{what}: {len(keypoint)} keypoints, and the file names {len(order)}")
    return keypoint[order], score[order]
