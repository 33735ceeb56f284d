"""How alike two people look, by the colours that were counted where they were seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip
from skelconv.vision import APPEARANCE, APPEARANCE_ROW
from skelconv_people.places import Place

# Of the frames at the end or the beginning of a track, so many are taken together.
PLACES = 15


class Appearance:
    """What the people in a clip look like.

    Parameters
    ----------
    counts : ndarray of shape (N, B)
        How often each of B colours was counted for each of N boxes.
    rows : ndarray of int of shape (M, T)
        The row in `counts` of each person in each frame, from 1; 0 where nothing was counted.
    """

    def __init__(self, counts: npt.NDArray[np.uint8], rows: Array) -> None:
        self._counts = counts
        self._rows = rows

    def ends(self, tracks: Sequence[Sequence[Place]]) -> Array:
        """Return what is seen at the ends of tracks.

        Parameters
        ----------
        tracks : sequence of sequence of Place
            N tracks. One that is given backwards ends at its beginning.

        Returns
        -------
        ndarray of int64 of shape (N, B)
            The sums over the last 15 places; zeros where nothing was counted in them.
        """
        sums = np.zeros((len(tracks), self._counts.shape[1]), np.int64)
        for number, track in enumerate(tracks):
            rows = [int(self._rows[place]) for place in track[-PLACES:]]
            sums[number] = self._counts[[row - 1 for row in rows if row]].sum(0, np.int64)
        return sums


def appearance_in(clip: Clip) -> Appearance | None:
    """Return what people look like, where the clip's source has seen it.

    Parameters
    ----------
    clip : Clip
        A clip.

    Returns
    -------
    Appearance or None
        None where it lacks one of the fields.
    """
    fields = clip.fields
    if APPEARANCE not in fields or APPEARANCE_ROW not in fields:
        return None
    return Appearance(fields[APPEARANCE].values, fields[APPEARANCE_ROW].values)


def alike(one: Array, others: Array) -> Array:
    """Return how alike one person looks to others: the share of colours that both have.

    Parameters
    ----------
    one : ndarray of int64 of shape (B,)
        How often each colour was counted.
    others : ndarray of int64 of shape (N, B)
        Likewise.

    Returns
    -------
    ndarray of shape (N,)
        From 0 to 1; NaN where nothing was counted of one of the two.
    """
    totals = one.sum() * others.sum(1)
    common = np.minimum(one * others.sum(1)[:, np.newaxis], others * one.sum()).sum(1)
    known = totals > 0
    return np.where(known, common / np.where(known, totals, 1), np.nan)
