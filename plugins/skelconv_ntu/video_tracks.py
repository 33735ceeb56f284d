"""Which boxes of an NTU video are the people of its action, as in the published 2D skeletons.

The rules are those of MMAction2's ``tools/data/skeleton/ntu_pose_extraction.py``, to the letter and
with their faults, which are described where they are. They are for frames of 960 x 540 pixels, and
for one person, or two in the actions 50 to 60 and 106 to 120.

Every result is the same to the last bit as with NumPy 1, which the script is written for: it
computes with boxes in float32, and compares a float32 with a limit as two float64. NumPy 2 rounds
the limit to float32 first, so that a share of 0.8 would no longer be more than 0.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError
from skelconv.vision import boxes_of
from skelconv_ntu.names import parse_name
from skelconv_ntu.sums import mean

Boxes = npt.NDArray[np.float32]
"""Boxes of one frame, (N, 5): left, top, right, bottom (pixels), score."""

Box = npt.NDArray[np.floating[Any]]
"""One of them, (5,)."""

_TWO_PEOPLE = {*range(50, 61), *range(106, 121)}

_INSIDE = 0.8
_SURE = 0.95
_SAME_PERSON = 0.6
_FRAMES_LOST = 10
_FEWEST_FRAMES = 6
_LEAST_AREA = 5000
_CENTRE = (480, 270)
_FARTHEST = 50
_NO_PERSON = 0.01


_NO_TRACK = "no person is there long enough and large enough to be followed"


class Place(NamedTuple):
    """A box: its frame, and its row among the boxes of that frame."""

    frame: int
    row: int


Track = list[Place]


def ntu_tracks(clip: Clip) -> Clip:
    """Choose one or two persons, and give each a box in every frame.

    Frames without one get that of another frame, and the joints found in it, if there are any.

    Parameters
    ----------
    clip : Clip
        With the fields ``bbox`` (M, T, 4) and ``bbox_score`` (M, T), which is 0 for no person.

    Returns
    -------
    Clip
        With M = 1 or 2.

    Raises
    ------
    ClipError
        When its name does not give an action, it has no boxes, or the rules choose no person: the
        script stops there.
    """
    found, score = boxes_of(clip)
    table = np.concatenate([found, score[..., np.newaxis]], axis=-1)
    rows = [np.flatnonzero(score[:, t] > 0) for t in range(clip.total_frames)]
    boxes = [table[there, t].astype(np.float32) for t, there in enumerate(rows)]
    people = _choose(boxes, 2 if _action(clip.id) in _TWO_PEOPLE else 1)
    row = np.array([[rows[p.frame][p.row] if p else -1 for p in person] for person in people])
    frame = np.array([[p.frame if p else 0 for p in person] for person in people])
    return clip.gather(row, frame)


def _action(clip_id: str) -> int:
    name = parse_name(clip_id.removesuffix("_rgb").rpartition("/")[2])
    if name is None:
        raise ClipError("its name is not an NTU name, which would give its action")
    return name.action


def _choose(boxes: Sequence[Boxes], num_person: int) -> list[list[Place | None]]:
    """Choose the box of each person in each frame; None is no person."""
    kept = [_without_duplicates(frame) for frame in boxes]
    # A whole column is compared in float32, by every NumPy.
    sure = [
        [row for row in kept[t] if frame[row, 4] > np.float32(_SURE)]
        for t, frame in enumerate(boxes)
    ]
    if all(len(frame) == num_person for frame in sure):
        return [[Place(t, frame[m]) for t, frame in enumerate(sure)] for m in range(num_person)]
    tracks = [track for track in _link(boxes, kept) if _counts(track, boxes)]
    if not tracks and num_person == 2:
        raise ClipError(_NO_TRACK)
    if num_person == 1 and len(tracks) != 1:
        return [_most_central(tracks, boxes)]
    if len(tracks) <= num_person:
        return [_filled_from_last(track, boxes) for track in tracks]
    return _best_two(boxes, kept)


# In the precision of the boxes, for the last bit can decide whether a limit is met.
def _shared(one: Box, other: Box) -> Any:
    none = one.dtype.type(0)
    width = max(none, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(none, min(one[3], other[3]) - max(one[1], other[1]))
    return width * height


def _area(box: Box) -> Any:
    return (box[2] - box[0]) * (box[3] - box[1])


def _iou(one: Box, other: Box) -> float:
    shared = _shared(one, other)
    return float(shared / (_area(one) + _area(other) - shared))


def _is_inside(one: Box, other: Box) -> bool:
    return float(_shared(one, other) / _area(one)) > _INSIDE


def _without_duplicates(frame: Boxes) -> list[int]:
    """Leave out boxes that are within another one with a score that is not lower.

    Of two boxes that are equal to the last bit, both are left out.
    """
    if len(frame) < 2:
        return list(range(len(frame)))
    return [
        i
        for i, box in enumerate(frame)
        if not any(
            i != j and _is_inside(box, other) and box[4] <= other[4]
            for j, other in enumerate(frame)
        )
    ]


def _link(boxes: Sequence[Boxes], kept: Sequence[Sequence[int]]) -> list[Track]:
    """Link boxes into tracks, each to the latest track that it fits.

    A track ends when it was lost for ten frames, in total and not in succession.
    """
    tracks: list[Track] = []
    for t, rows in enumerate(kept):
        for row in rows:
            for track in reversed(tracks):
                last = track[-1]
                if (
                    last.frame != t
                    and t - track[0].frame - len(track) < _FRAMES_LOST
                    and _iou(boxes[last.frame][last.row], boxes[t][row]) >= _SAME_PERSON
                ):
                    track.append(Place(t, row))
                    break
            else:
                tracks.append([Place(t, row)])
    return tracks


def _stacked(track: Track, boxes: Sequence[Boxes]) -> Boxes:
    return np.stack([boxes[place.frame][place.row] for place in track])


def _counts(track: Track, boxes: Sequence[Boxes]) -> bool:
    if len(track) < _FEWEST_FRAMES:
        return False
    found = _stacked(track, boxes)
    areas = (found[:, 2] - found[:, 0]) * (found[:, 3] - found[:, 1])
    return float(mean(areas)) > _LEAST_AREA


def _distance(track: Track, boxes: Sequence[Boxes]) -> float:
    """Return the mean distance of the boxes from the middle of 960 x 540 pixels."""
    found = _stacked(track, boxes)
    middle = (found[:, [2, 3]] + found[:, [0, 1]]) / np.float32(2) - np.array(_CENTRE, np.float32)
    x, y = middle.T
    return float(mean(np.sqrt(x * x + y * y)))


def _filled_from_last(track: Track, boxes: Sequence[Boxes]) -> list[Place | None]:
    """Fill a track's gaps with its last box.

    The script looks for the nearest frame, but then takes the last one. Boxes with a score of at
    most 0.5 count as gaps.
    """
    by_frame: list[Place | None] = [None] * len(boxes)
    for place in track:
        if boxes[place.frame][place.row, 4] > 0.5:
            by_frame[place.frame] = place
    return [place or track[-1] for place in by_frame]


def _most_central(tracks: Sequence[Track], boxes: Sequence[Boxes]) -> list[Place | None]:
    """Lay tracks over each other, the most central first, and fill gaps from the nearest frame."""
    far = {number: _distance(track, boxes) for number, track in enumerate(tracks)}
    order = sorted(far, key=lambda number: far[number])
    most: float = np.inf
    for number in order:
        if len(tracks[number]) >= len(boxes) / 2:
            most = 2 * far[number]
            break
    most = max(_FARTHEST, most)
    by_frame: dict[int, Place] = {}
    score = np.zeros(len(boxes))
    for number in order:
        if far[number] < most:
            for place in tracks[number]:
                if score[place.frame] < _NO_PERSON:
                    score[place.frame] = boxes[place.frame][place.row, 4]
                    by_frame[place.frame] = place
    if not by_frame:
        raise ClipError(_NO_TRACK)
    return [
        # Of two at the same distance, the one that was added first.
        by_frame[t] if score[t] >= _NO_PERSON else by_frame[min(by_frame, key=lambda k: abs(k - t))]
        for t in range(len(boxes))
    ]


def _best_two(boxes: Sequence[Boxes], kept: Sequence[Sequence[int]]) -> list[list[Place | None]]:
    """Take the two best boxes of each frame, and a missing one from the frame before.

    The frame before the first is the last one, as it was found. A missing second person is the
    one of the two of the frame before that the first person overlaps less; where a box is missing
    there, nothing is compared.
    """

    def box(place: Place | None) -> Box:
        if place is None:
            return np.zeros(5)
        found: Box = boxes[place.frame][place.row].astype(np.float64)
        return found

    def there(place: Place | None) -> bool:
        return bool(box(place)[4] > _NO_PERSON)

    frames: list[list[Place | None]] = []
    for t, rows in enumerate(kept):
        best = list(rows)
        if len(best) > 2:
            best = sorted(best, key=lambda row: -boxes[t][row, 4])[:2]
        frames.append([Place(t, row) for row in best] + [None] * (2 - len(best)))
    for t, frame in enumerate(frames):
        before = frames[t - 1]
        if not there(frame[0]):
            frames[t] = list(before)
        elif not there(frame[1]) and t and there(before[0]) and there(before[1]):
            nearer = _iou(box(frame[0]), box(before[0])) > _iou(box(frame[0]), box(before[1]))
            frame[1] = before[1] if nearer else before[0]
    return [[frame[m] for frame in frames] for m in range(2)]
