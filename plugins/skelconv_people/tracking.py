"""Who is who from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skelconv import Clip, Field
from skelconv_people.boxes import NOWHERE, Array, boxes_of, rearranged

TRACK_ID = "track_id"


@dataclass
class _Track:
    box: Array
    frame: int
    places: list[tuple[int, int]]


def track_people(clip: Clip, *, min_iou: float, lost: int, min_frames: int) -> Clip:
    """Link boxes into tracks, so that a row is one person.

    In each frame, boxes and tracks are paired by overlap with the last box of the track, those
    that overlap most first (the greedy matching of Bochinski et al.'s IoU tracker, 2017, among all
    pairs and with a memory). Nothing is drawn by lot.

    Parameters
    ----------
    clip : Clip
        With boxes.
    min_iou : float
        The least overlap.
    lost : int
        Frames for which a person may be without a box.
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
        When the clip has no boxes.
    """
    boxes, scores = boxes_of(clip)
    tracks: list[_Track] = []
    alive: list[_Track] = []
    for t in range(clip.total_frames):
        alive = [track for track in alive if t - track.frame <= lost + 1]
        rows = np.flatnonzero(scores[:, t] > 0)
        taken = _pair([track.box for track in alive], boxes[rows, t], min_iou)
        for index, row in enumerate(rows.tolist()):
            if index in taken:
                track = alive[taken[index]]
                track.box, track.frame = boxes[row, t], t
                track.places.append((t, row))
            else:
                tracks.append(_Track(boxes[row, t], t, [(t, row)]))
        alive += [track for track in tracks[-len(rows) :] if track.places[0][0] == t]
    kept = [number for number, track in enumerate(tracks) if len(track.places) >= min_frames]
    table = np.full((len(kept), clip.total_frames), NOWHERE, np.intp)
    for place, number in enumerate(kept):
        for t, row in tracks[number].places:
            table[place, t] = row
    linked = rearranged(clip, table)
    ids = Field(np.array(kept, np.int32), "M")
    return linked.replace(fields={**linked.fields, TRACK_ID: ids})


def _pair(tracks: list[Array], boxes: Array, min_iou: float) -> dict[int, int]:
    """Return the track of each box that has one."""
    if not tracks or not len(boxes):
        return {}
    last = np.array(tracks, np.float64)[:, np.newaxis]
    new = boxes.astype(np.float64)[np.newaxis]
    sides = np.minimum(last[..., 2:], new[..., 2:]) - np.maximum(last[..., :2], new[..., :2])
    shared = sides.clip(0).prod(-1)
    union = (last[..., 2:] - last[..., :2]).prod(-1) + (new[..., 2:] - new[..., :2]).prod(-1)
    union = union - shared
    iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    pairs: dict[int, int] = {}
    for flat in np.argsort(-iou, axis=None, kind="stable").tolist():
        track, box = divmod(flat, len(boxes))
        if iou[track, box] < min_iou:
            break
        if box not in pairs and track not in pairs.values():
            pairs[box] = track
    return pairs
