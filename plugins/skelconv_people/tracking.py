"""Who is who from frame to frame."""

from __future__ import annotations

import numpy as np

from skelconv import Clip, ClipError, Field
from skelconv.boxes import pair
from skelconv.counts import counted
from skelconv_people.likeness import Likeness, Place

TRACK_ID = "track_id"

Track = list[Place]


def track_people(
    clip: Clip, likeness: Likeness, *, least: float, lost: int, min_frames: int
) -> Clip:
    """Link people into tracks, so that a row is one person.

    In each frame, people are paired with the tracks that end in what is most like them (the
    greedy matching of Bochinski et al.'s IoU tracker, 2017, among all pairs and with a memory).
    Nothing is drawn by lot.

    Parameters
    ----------
    clip : Clip
        Any.
    likeness : Likeness
        Of the clip's people.
    least : float
        What a person and the end of a track must at least have of it.
    lost : int
        Frames for which a person may be gone.
    min_frames : int
        Tracks in fewer frames are left out.

    Returns
    -------
    Clip
        Rows in the order in which people come in, and those who come in together in the order
        that they had; ``track_id`` (M,) counts all tracks from 0, those left out too.

    Raises
    ------
    ClipError
        When no track is long enough.
    """
    tracks: list[Track] = []
    alive: list[Track] = []
    for t in range(clip.total_frames):
        alive = [track for track in alive if t - track[-1][1] <= lost + 1]
        people = [(row, t) for row in np.flatnonzero(likeness.there[:, t]).tolist()]
        found = {
            column: row
            for row, column in pair(likeness([track[-1] for track in alive], people), least)
        }
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
        raise ClipError(f"nobody is in it for {counted(min_frames, 'frame')}")
    table = np.full((len(kept), clip.total_frames), -1, np.intp)
    for person, number in enumerate(kept):
        for row, t in tracks[number]:
            table[person, t] = row
    linked = clip.gather(table)
    ids = Field(np.array(kept, np.int32), "M")
    return linked.replace(fields={**linked.fields, TRACK_ID: ids})
