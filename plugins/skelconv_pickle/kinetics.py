"""Kinetics-400's compressed skeletons: a row for each skeleton, with the frame that it is in.

A table of contents has, for each clip, ``frame_inds`` and ``box_score``: a number for each of N
skeletons, in the order of frames. The skeletons, (N, V, 3) of x, y and score, are in other files.
Frames are counted from 1, and those without a person do not occur. ``total_frames`` are those of
the video, and ``valid`` are the numbers of frames with a person whose box has at least some score;
trainers choose clips by the two.

A clip has the frames with persons alone, as trainers expand them. What else the table says goes
with it: ``frame_inds`` (T,), ``box_score`` (M, T), `VIDEO_FRAMES` and `VALID`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv.files import Budget
from skelconv.vision import BOX_SCORE

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)

VIDEO_FRAMES = "video_frames"
"""The field of the number of frames of the video, empty ones too."""
VALID = "valid"
"""The field (K, 2) of box scores, and of the numbers of frames with a box of at least this."""

# Of box scores in one table.
_MOST_THRESHOLDS = 100


@dataclass(frozen=True, slots=True)
class Compressed:
    """The skeletons of a clip.

    Attributes
    ----------
    keypoint : ndarray of shape (N, V, 3)
        x and y in pixels, and score.
    frame_inds : ndarray of shape (N,)
        The frame of each, not decreasing.
    box_score : ndarray of shape (N,)
        The score of the box that each was found in.
    total_frames : int, optional
        The number of frames of the video, where it is known.
    """

    keypoint: Array
    frame_inds: Array
    box_score: Array
    total_frames: int | None = None


def expand(
    skeletons: Compressed, *, box_threshold: float | None, max_person: int | None
) -> dict[str, Array]:
    """Spread skeletons over persons and frames, as DecompressPose does (with `squeeze`).

    Empty frames are left out. In a frame, persons are in the order of the skeletons. With
    `max_person`, where some frame has more of them, persons are in all frames in the order of the
    sums of their scores, and those beyond it are dropped.

    Parameters
    ----------
    skeletons : Compressed
        The skeletons.
    box_threshold : float, optional
        Leave out those of a lower box score.
    max_person : int, optional
        The maximum number of persons in a frame.

    Returns
    -------
    dict of str to ndarray
        As an annotation has them: ``keypoint`` (M, T, V, 2) and ``keypoint_score`` (M, T, V) in
        float16; ``frame_inds`` (T,) are the numbers of these frames in the video, ``box_score``
        (M, T) is 0 for no person, and `VIDEO_FRAMES` () is ``total_frames`` where it is known.

    Raises
    ------
    ValueError
        When shapes do not fit, frames are out of order, no skeleton is left, or so many are in one
        frame and in others few that they take far more memory expanded.
    """
    keypoint, frames, box_score = skeletons.keypoint, skeletons.frame_inds, skeletons.box_score
    if keypoint.ndim != 3 or keypoint.shape[2] != 3:
        raise ValueError(f"the skeletons have shape {keypoint.shape}, not (N, V, 3)")
    if frames.shape != keypoint.shape[:1] or box_score.shape != keypoint.shape[:1]:
        raise ValueError(
            f"there are {len(keypoint)} skeletons, and frame_inds has shape {frames.shape}, "
            f"box_score {box_score.shape}"
        )
    if box_threshold is not None:
        kept = box_score >= box_threshold
        keypoint, frames, box_score = keypoint[kept], frames[kept], box_score[kept]
    if not len(frames):
        raise ValueError("no skeleton is left")
    if np.any(frames[1:] < frames[:-1]):
        raise ValueError("frame_inds decrease")

    numbers, first, frame, counts = np.unique(
        frames, return_index=True, return_inverse=True, return_counts=True
    )
    keypoint = keypoint.astype(np.float16)
    person = np.arange(len(frame)) - first[frame]
    num_person = counts.max()
    if max_person is not None and num_person > max_person:
        by_score = np.lexsort((-keypoint[:, :, 2].copy().sum(-1), frame))
        person[by_score] = person.copy()
        kept = person < max_person
        keypoint, frame, person = keypoint[kept], frame[kept], person[kept]
        box_score = box_score[kept]
        num_person = max_person

    shape = (num_person, len(numbers))
    budget = Budget(keypoint.nbytes)
    if not budget.take(int(num_person) * len(numbers) * keypoint[0].nbytes):
        raise ValueError(f"its frames have up to {num_person} persons: {budget.reason}")
    expanded = np.zeros((*shape, *keypoint.shape[1:]), np.float16)
    expanded[person, frame] = keypoint
    scores = np.zeros(shape, box_score.dtype)
    scores[person, frame] = box_score
    total = skeletons.total_frames
    return {
        "keypoint": np.ascontiguousarray(expanded[..., :2]),
        "keypoint_score": np.ascontiguousarray(expanded[..., 2]),
        "frame_inds": numbers,
        "box_score": scores,
        **({} if total is None else {VIDEO_FRAMES: np.array(total, np.int32)}),
    }


def compress(clip: Clip) -> Compressed:
    """Gather a clip's skeletons: the reverse of `expand`.

    A person is in a frame when any of the keypoints or scores there, or the box's score, is not
    zero. The boxes' scores are those of the field ``box_score`` (M, T), which clips of a table of
    contents have, or else of ``bbox_score``, which clips of videos have; without either every box
    has the score 1.0. Without ``frame_inds`` (T,), or where frames were repeated or moved since,
    the frames are counted from 1, and there are T.

    Parameters
    ----------
    clip : Clip
        With keypoints of shape (M, T, V, 2) and scores.

    Returns
    -------
    Compressed
        Its skeletons.

    Raises
    ------
    ClipError
        When the keypoints are not two-dimensional with scores, or no person is there.
    """
    if clip.keypoint.shape[3] != 2 or clip.keypoint_score is None:
        raise ClipError("it has no x, y and score for each keypoint, which this form consists of")
    rows = np.concatenate((clip.keypoint, clip.keypoint_score[..., None]), axis=-1)
    there = rows.any(axis=(2, 3))
    box_score = _field(clip, "box_score", "MT")
    if box_score is not None:
        there |= box_score != 0
    frame, person = np.nonzero(there.T)
    if not len(frame):
        raise ClipError("there is no person in any of its frames")
    numbers = _field(clip, "frame_inds", "T")
    total = _field(clip, VIDEO_FRAMES, "")
    if numbers is None or np.any(np.diff(numbers[np.unique(frame)]) <= 0):
        numbers, total = np.arange(1, clip.total_frames + 1), None
    last = int(numbers[frame[-1]])
    if last > np.iinfo(np.int16).max:
        raise ClipError(f"frame {last} is beyond what int16 counts, as frame_inds does")
    if box_score is None:
        box_score = _field(clip, BOX_SCORE, "MT")
    return Compressed(
        keypoint=rows[person, frame].astype(np.float16),
        frame_inds=numbers[frame].astype(np.int16),
        box_score=np.ones(len(frame), np.float16)
        if box_score is None
        else box_score[person, frame].astype(np.float16),
        total_frames=max(last, clip.total_frames if total is None else int(total)),
    )


def valid_frames(skeletons: Compressed) -> dict[float, int]:
    """Count the frames in which a skeleton is left at each box score.

    Parameters
    ----------
    skeletons : Compressed
        A clip's skeletons.

    Returns
    -------
    dict of float to int
        The number of frames at each of `THRESHOLDS`.
    """
    return {
        threshold: len(np.unique(skeletons.frame_inds[skeletons.box_score >= threshold]))
        for threshold in THRESHOLDS
    }


def valid_of(clip: Clip, skeletons: Compressed) -> dict[float, int]:
    """Return what a table says in ``valid``.

    A table's own counts may differ from those of its box scores by some, since it has these rounded
    to float16. They are kept as long as they can be true of the clip.

    Parameters
    ----------
    clip : Clip
        The clip.
    skeletons : Compressed
        Its skeletons.

    Returns
    -------
    dict of float to int
        Those of the field `VALID`, or where there is none or the clip was changed, `valid_frames`.
    """
    given = _field(clip, VALID, "ab")
    if given is None:
        return valid_frames(skeletons)
    counts = as_counts(given)
    frames, scores = skeletons.frame_inds, skeletons.box_score
    for threshold, count in counts.items():
        rounded = scores.dtype.type(threshold)
        least = len(np.unique(frames[scores > rounded]))
        most = len(np.unique(frames[scores >= rounded]))
        if not least <= count <= most:
            return valid_frames(skeletons)
    return counts


def is_counts(value: Any) -> bool:
    """Return whether a value is a table's ``valid``.

    Parameters
    ----------
    value : Any
        A value of an annotation.

    Returns
    -------
    bool
        True for a dict from box scores to whole numbers.
    """
    return (
        isinstance(value, Mapping)
        and 0 < len(value) <= _MOST_THRESHOLDS
        and all(type(score) in (int, float) and 0 <= score <= 1 for score in value)
        and all(type(count) is int and 0 <= count < 1 << 31 for count in value.values())
    )


def from_counts(counts: Mapping[float, int]) -> Array:
    """Return a table's ``valid`` as the field `VALID`.

    Parameters
    ----------
    counts : mapping of float to int
        The number of frames at each box score.

    Returns
    -------
    ndarray of shape (K, 2)
        In float64.
    """
    return np.array([*counts.items()], np.float64)


def as_counts(values: Array) -> dict[float, int]:
    """Return the field `VALID` as a table's ``valid``.

    Parameters
    ----------
    values : ndarray of shape (K, 2)
        The field.

    Returns
    -------
    dict of float to int
        The number of frames at each box score.
    """
    return {float(score): int(count) for score, count in values.reshape(-1, 2)}


def _field(clip: Clip, name: str, axes: str) -> Array | None:
    extra = clip.fields.get(name)
    return None if extra is None or extra.axes != axes else extra.values
