"""The axes of an array by letters, such as ``T(VC)``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from skelconv import ClipError

if TYPE_CHECKING:
    from skelconv import Array

AXES = "NMTVC"
"""Clips, persons, frames, keypoints, coordinates: the order in which they are used."""

_AXES = re.compile(r"(?:[NMTVC]|\([NMTVC]{2,5}\))+\Z")


def groups_of(axes: str) -> list[str]:
    """Take the name of axes apart: ``T(VC)`` is an axis of frames, and one of the others.

    Parameters
    ----------
    axes : str
        Letters of `AXES`; those in parentheses share an axis, the last one moving fastest.

    Returns
    -------
    list of str
        The letters of each axis.

    Raises
    ------
    ValueError
        When they are no axes, or not all lengths could be known.
    """
    groups = [part.strip("()") for part in re.findall(r"\([NMTVC]+\)|[NMTVC]", axes)]
    letters = "".join(groups)
    if not _AXES.match(axes) or len(set(letters)) < len(letters):
        raise ValueError(
            f"{axes[:40]!r} are no axes: write each of N (clips), M (persons), T (frames), V "
            "(keypoints) and C (coordinates) once at most, and what shares an axis in "
            "parentheses, such as T(VC)"
        )
    if not {"V", "C"} <= set(letters):
        raise ValueError(f"{axes!r} have no V (keypoints) or no C (coordinates)")
    for group in groups:
        if len(set(group) - {"V", "C"}) > 1:
            raise ValueError(f"{axes!r}: nothing says how long each axis in ({group}) is")
    return groups


def arranged(found: Array, axes: str, lengths: Mapping[str, int]) -> Array:
    """Bring an array into the order N, M, T, V, C.

    Parameters
    ----------
    found : ndarray
        With these axes.
    axes : str
        See `groups_of`.
    lengths : mapping of str to int
        The lengths of V and C.

    Returns
    -------
    ndarray of shape (N, M, T, V, C)
        A view where one is possible; an axis that is not there has the length 1.

    Raises
    ------
    ClipError
        When the shape is another.
    """
    groups = groups_of(axes)
    shape: list[int] = []
    fits = found.ndim == len(groups)
    for group, length in zip(groups, found.shape, strict=False):
        known = math.prod(lengths.get(letter, 1) for letter in group)
        if set(group) <= lengths.keys():
            fits &= length == known
        else:
            fits &= length % known == 0
        shape += [lengths.get(letter, length // known) for letter in group]
    if not fits:
        sizes = ", ".join(f"{letter} = {length}" for letter, length in lengths.items())
        raise ClipError(
            f"an array of shape {found.shape}, which is not {axes} with {sizes} "
            "(options axes, layout, channels)"
        )
    letters = "".join(groups)
    split = found.reshape(shape)
    there = split.transpose([letters.index(letter) for letter in AXES if letter in letters])
    full = iter(there.shape)
    return there.reshape([next(full) if letter in letters else 1 for letter in AXES])
