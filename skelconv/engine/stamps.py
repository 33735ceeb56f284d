"""Stamps of the items of a build, by which a later one sees which are others or have changed.

They are `skelconv.engine.plan.Plan.stamps`: of each item a digest of its id, and one of all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

STAMP = 16
"""Bytes of each item."""

_Rows: TypeAlias = np.ndarray[Any, np.dtype[np.uint64]]


def changed(before: bytes, now: bytes) -> list[int] | None:
    """Return which items have changed.

    Parameters
    ----------
    before, now : bytes
        The stamps of two builds.

    Returns
    -------
    list of int or None
        Their ascending positions; None where the items are others.
    """
    one, other = _in_rows(before), _in_rows(now)
    if one is None or other is None or not np.array_equal(one[:, 0], other[:, 0]):
        return None
    positions: list[int] = np.flatnonzero(one[:, 1] != other[:, 1]).tolist()
    return positions


def added(before: bytes, now: bytes) -> Sequence[bool] | None:
    """Return which items were added.

    Parameters
    ----------
    before, now : bytes
        The stamps of two builds.

    Returns
    -------
    sequence of bool or None
        For each item that there is now whether it was added; None where the others are not those
        that were there before, in their order.
    """
    one, other = _in_rows(before), _in_rows(now)
    if one is None or other is None:
        return None
    there = np.isin(other[:, 0], one[:, 0])
    if not np.array_equal(other[there, 0], one[:, 0]):
        return None
    new: list[bool] = (~there).tolist()
    return new


def _in_rows(stamps: bytes) -> _Rows | None:
    """Return stamps as rows of two numbers; None where they are cut short."""
    if len(stamps) % STAMP:
        return None
    return np.frombuffer(stamps, np.uint64).reshape(-1, 2)
