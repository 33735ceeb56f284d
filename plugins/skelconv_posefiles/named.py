"""Keypoints in the order of a layout, where a file names them in another one."""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import layout_of_joints, match_joints
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


def layout_in(names: Any, limbs: Any, name: Any, what: str) -> str:
    """Find the layout of keypoints by their names.

    Parameters
    ----------
    names : Any
        What should be the file's names, in its order.
    limbs : list of [int, int]
        The lines between them, counted from 0; see `in_pairs`.
    name : Any
        What the file calls the whole; anything but text is not used.
    what : str
        The names' place in the file, for errors.

    Returns
    -------
    str
        The layout.

    Raises
    ------
    ClipError
        When they are not names, or cannot be joints.
    """
    if not (isinstance(names, list) and all(isinstance(one, str) for one in names)):
        raise ClipError(f"{what} is not a list of names")
    if not all(0 <= end < len(names) for limb in limbs for end in limb):
        raise ClipError(f"{what}: a line is drawn to a keypoint that is not there")
    # Some files have a line twice, in either direction.
    lines = {frozenset(limb): (limb[0], limb[1]) for limb in reversed(limbs) if len({*limb}) == 2}
    called = f"{name if isinstance(name, str) else 'joints'}{len(names)}"
    return layout_of_joints(names, [*reversed(lines.values())], called)


def in_pairs(value: Any, what: str) -> list[list[int]]:
    """Check that a value is a list of pairs of keypoints.

    Parameters
    ----------
    value : Any
        What should be one.
    what : str
        Its place in the file, for errors.

    Returns
    -------
    list of [int, int]
        The pairs.

    Raises
    ------
    ClipError
        When it is anything else.
    """
    pairs = [[*pair] for pair in value] if _are_pairs(value) else None
    if pairs is None or not all(type(end) is int for pair in pairs for end in pair):
        raise ClipError(f"{what} is not a list of pairs of keypoints")
    return pairs


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in value
    )


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
