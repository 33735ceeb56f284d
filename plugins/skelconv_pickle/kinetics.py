"""Kinetics-400's compressed skeletons: a row for each skeleton, with the frame that it is in.

A table of contents has, for each clip, ``frame_inds`` and ``box_score``: a number for each of N
skeletons, in the order of frames. The skeletons, (N, V, 3) of x, y and score, are in other files.
Frames are counted from 1, and those without a person do not occur.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv.vision import BOX_SCORE

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)


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
    """

    keypoint: Array
    frame_inds: Array
    box_score: Array


def expand(
    skeletons: Compressed, *, box_threshold: float | None, max_person: int
) -> dict[str, Array]:
    """Spread skeletons over persons and frames, as DecompressPose does (with `squeeze`).

    Empty frames are left out. In a frame, persons are in the order of the skeletons; where some
    frame has more than `max_person` of them, persons are in all frames in the order of the sums of
    their scores, and those beyond `max_person` are dropped.

    Parameters
    ----------
    skeletons : Compressed
        The skeletons.
    box_threshold : float, optional
        Leave out those of a lower box score.
    max_person : int
        The maximum number of persons in a frame.

    Returns
    -------
    dict of str to ndarray
        As an annotation has them: ``keypoint`` (M, T, V, 2) and ``keypoint_score`` (M, T, V) in
        float16; ``frame_inds`` (T,) are the numbers of these frames in the video, and ``box_score``
        (M, T) is 0 for no person.

    Raises
    ------
    ValueError
        When shapes do not fit, frames are out of order, or no skeleton is left.
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
    if num_person > max_person:
        by_score = np.lexsort((-keypoint[:, :, 2].copy().sum(-1), frame))
        person[by_score] = person.copy()
        kept = person < max_person
        keypoint, frame, person = keypoint[kept], frame[kept], person[kept]
        box_score = box_score[kept]
        num_person = max_person

    shape = (num_person, len(numbers))
    expanded = np.zeros((*shape, *keypoint.shape[1:]), np.float16)
    expanded[person, frame] = keypoint
    scores = np.zeros(shape, box_score.dtype)
    scores[person, frame] = box_score
    return {
        "keypoint": np.ascontiguousarray(expanded[..., :2]),
        "keypoint_score": np.ascontiguousarray(expanded[..., 2]),
        "frame_inds": numbers,
        "box_score": scores,
    }


def compress(clip: Clip) -> Compressed:
    """Gather a clip's skeletons: the reverse of `expand`.

    A person is in a frame when any of the keypoints or scores there is not zero. The boxes' scores
    are those of the field ``box_score`` (M, T), which clips of a table of contents have, or else of
    ``bbox_score``, which clips of videos have; without either every box has the score 1.0. Without
    ``frame_inds`` (T,) the frames are counted from 1.

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
    frame, person = np.nonzero(rows.any(axis=(2, 3)).T)
    if not len(frame):
        raise ClipError("there is no person in any of its frames")
    numbers = _field(clip, "frame_inds", "T")
    if numbers is None:
        numbers = np.arange(1, clip.total_frames + 1)
    if numbers[-1] > np.iinfo(np.int16).max:
        raise ClipError(f"frame {numbers[-1]} is beyond what int16 counts, as frame_inds does")
    box_score = _field(clip, "box_score", "MT")
    if box_score is None:
        box_score = _field(clip, BOX_SCORE, "MT")
    return Compressed(
        keypoint=rows[person, frame].astype(np.float16),
        frame_inds=numbers[frame].astype(np.int16),
        box_score=np.ones(len(frame), np.float16)
        if box_score is None
        else box_score[person, frame].astype(np.float16),
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


def _field(clip: Clip, name: str, axes: str) -> Array | None:
    extra = clip.fields.get(name)
    return None if extra is None or extra.axes != axes else extra.values
