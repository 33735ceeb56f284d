"""Tracks: links from a person in one frame to the same person in the frames after it."""

from __future__ import annotations

import numpy as np

from skelconv import Clip, ClipError, Field
from skelconv.text import counted
from skelconv.vision import pair
from skelconv_people.motion import moved_in, velocities
from skelconv_people.places import Place
from skelconv_people.similarity import Similarity

TRACK_ID = "track_id"

Track = list[Place]


def track_people(
    clip: Clip, similarity: Similarity, *, min_similarity: float, max_age: int, min_frames: int
) -> Clip:
    """Link people into tracks, so that a row is one person.

    In each frame, people are paired with the most similar tracks, the most similar pair first. A
    track is where it would be if it had gone on as it last did (see `motion.velocities`), so that
    people who move by more than their size from frame to frame are followed too. Nothing is
    random.

    Parameters
    ----------
    clip : Clip
        The clip.
    similarity : Similarity
        The similarity of the clip's people.
    min_similarity : float
        The minimum similarity of a person and a track.
    max_age : int
        The maximum number of frames that a track can skip.
    min_frames : int
        Tracks in fewer frames are left out.

    Returns
    -------
    Clip
        With a row for each track, in the order of their first frames, and tracks with the same
        first frame in the order of their rows; ``track_id`` (M,) numbers all tracks from 0,
        those left out too.

    Raises
    ------
    ClipError
        When no track is long enough.
    """
    people_in: list[list[Place]] = [[] for _ in range(clip.total_frames)]
    for t, row in np.argwhere(similarity.present.T).tolist():
        people_in[t].append((row, t))
    tracks: list[Track] = []
    alive: list[Track] = []
    for t, people in enumerate(people_in):
        alive = [track for track in alive if t - track[-1][1] <= max_age + 1]
        ends = [track[-1] for track in alive]
        frames = np.array([t - last for _, last in ends], np.int64)
        moved = moved_in(frames, velocities(alive, similarity))[:, np.newaxis]
        similarities = similarity(ends, people, moved)
        found = {column: row for row, column in pair(similarities, min_similarity)}
        new: list[Track] = []
        for number, place in enumerate(people):
            if number in found:
                alive[found[number]].append(place)
            else:
                new.append([place])
        alive += new
        tracks += new
    kept = [number for number, track in enumerate(tracks) if len(track) >= min_frames]
    if not kept:
        raise ClipError(f"no person is in it for {counted(min_frames, 'frame')}")
    table = np.full((len(kept), clip.total_frames), -1, np.intp)
    for person, number in enumerate(kept):
        for row, t in tracks[number]:
            table[person, t] = row
    linked = clip.gather(table)
    ids = Field(np.array(kept, np.int32), "M")
    return linked.replace(fields={**linked.fields, TRACK_ID: ids})
