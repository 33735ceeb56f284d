"""Joining tracks: a person who was hidden for longer than a track can skip is one person again."""

from __future__ import annotations

import numpy as np

from skelconv import Array, Clip
from skelconv_people.appearance import Appearance, alike
from skelconv_people.motion import velocities
from skelconv_people.places import Place
from skelconv_people.similarity import Similarity

# Two tracks that look less alike than this are two people. The share is of colours as
# `skelconv.vision.appearance_of` counts them. On the ground truth of benchmarks/tracking.py 0.6 is
# about as good, and 0.7 a point of IDF1 worse.
ALIKE = 0.65

# For people who look alike a sixth of the similarity by boxes is enough; a third and a tenth are
# up to a point of IDF1 worse.
LESS = 6


def join_tracks(
    clip: Clip,
    similarity: Similarity,
    *,
    max_gap: int,
    min_similarity: float,
    appearance: Appearance | None,
) -> Clip:
    """Join tracks that end with tracks that begin later.

    All of the clip is known: of all pairs of an end and a beginning the most similar is joined
    first, each end and each beginning at most once. A person who was hidden may have gone on
    evenly or stopped on the way: the end is compared where it is nearest to the beginning between
    its own place and the one to which the mean of both velocities leads. The longer the gap, the
    less similar are the two: their similarity is divided by 1 + (its frames + 1) / `max_gap`.
    Nothing is made up: in the gap the person is missing.

    Where it is known what both look like, two who look different are not joined, and for two who
    look alike a sixth of `min_similarity` is enough: who has the same clothes may have turned.

    Parameters
    ----------
    clip : Clip
        A clip in which a row is one person.
    similarity : Similarity
        The similarity of the clip's people.
    max_gap : int
        The maximum number of frames between the two, in which the person is not.
    min_similarity : float
        The minimum similarity of the two.
    appearance : Appearance, optional
        What the clip's people look like.

    Returns
    -------
    Clip
        With the second in the row of the first, and what the first has for a person as a whole,
        such as its ``track_id``. People in no frame are left out.
    """
    tracks = {
        row: [(row, t) for t in np.flatnonzero(there).tolist()]
        for row, there in enumerate(similarity.present)
        if there.any()
    }
    after = _joined(list(tracks.values()), similarity, max_gap, min_similarity, appearance)
    table = np.full((clip.num_person, clip.total_frames), -1, np.intp)
    for first in tracks.keys() - after.values():
        part: int | None = first
        while part is not None:
            for row, t in tracks[part]:
                table[first, t] = row
            part = after.get(part)
    return clip.gather(table, same_people=True).take("M", (table >= 0).any(1))


def _joined(
    tracks: list[list[Place]],
    similarity: Similarity,
    max_gap: int,
    min_similarity: float,
    appearance: Appearance | None,
) -> dict[int, int]:
    """Return the rows of tracks, each with the row of the track that it goes on as."""
    tracks = sorted(tracks, key=lambda track: track[0][1])
    begins = np.array([track[0][1] for track in tracks], np.int64)
    backwards = [track[::-1] for track in tracks]
    came = -velocities(backwards, similarity)
    went = velocities(tracks, similarity)
    if appearance is not None:
        left_as, came_as = appearance.ends(tracks), appearance.ends(backwards)
    pairs: list[tuple[float, int, int]] = []
    for number, track in enumerate(tracks):
        row, end = track[-1]
        low, high = np.searchsorted(begins, [end + 1, end + max_gap + 2])
        places = [other[0] for other in tracks[low:high]]
        frames = (begins[low:high] - end)[:, np.newaxis]
        even = frames * (went[number] + came[low:high]) / 2
        moved = _nearest(even, similarity.moves([(row, end)] * len(places), places))
        near = similarity([(row, end)], places, moved[np.newaxis])[0]
        # The longer a gap is, the more others come in question.
        near = near / (1 + (begins[low:high] - end) / max(max_gap, 1))
        good = near >= min_similarity
        if appearance is not None:
            look = alike(left_as[number], came_as[low:high])
            known = ~np.isnan(look)
            good = np.where(known, (near >= min_similarity / LESS) & (look >= ALIKE), good)
            near = np.where(known, near * look, near)
        pairs += [(-float(near[k]), row, places[k][0]) for k in np.flatnonzero(good)]
    after: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, other in sorted(pairs):
        if row not in after and other not in taken:
            after[row] = other
            taken.add(other)
    return after


def _nearest(even: Array, way: Array) -> Array:
    """Return the places (N, 2) on the way from 0 to an even motion's end that are nearest."""
    length = (even * even).sum(1)
    part = (even * way).sum(1) / np.where(length > 0, length, 1)
    return np.asarray(even * part.clip(0, 1)[:, np.newaxis])
