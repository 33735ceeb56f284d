"""How people move: where one who was seen until now will be, or has been."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skelconv import Array
from skelconv_people.places import Place
from skelconv_people.similarity import Similarity

# Two of the last places are too few where boxes tremble, many are too old where people turn: on
# the ground truth of benchmarks/tracking.py three are best at low rates and good at high ones.
PLACES = 3

# After so many frames nobody goes on as before.
STEADY = 10


def velocities(tracks: Sequence[Sequence[Place]], similarity: Similarity) -> Array:
    """Return how fast people move at the ends of their tracks.

    Parameters
    ----------
    tracks : sequence of sequence of Place
        N tracks, each with at least one place. One that is given backwards ends at its beginning.
    similarity : Similarity
        What knows the places.

    Returns
    -------
    ndarray of shape (N, 2)
        In pixels a frame, over the last three places; 0 for a track with one place.
    """
    before = [track[-PLACES:][0] for track in tracks]
    last = [track[-1] for track in tracks]
    frames = [abs(t - earlier) for (_, t), (_, earlier) in zip(last, before, strict=True)]
    steps = np.maximum(np.array(frames, np.int64), 1)[:, np.newaxis]
    return np.asarray(similarity.moves(before, last) / steps)


def moved_in(frames: Array, velocity: Array) -> Array:
    """Return how far people move in a number of frames.

    Parameters
    ----------
    frames : ndarray of int of shape (N,)
        Frames. After ten of them they stop.
    velocity : ndarray of shape (N, 2)
        In pixels a frame.

    Returns
    -------
    ndarray of shape (N, 2)
        In pixels.
    """
    return np.asarray(velocity * np.minimum(frames, STEADY)[:, np.newaxis])
