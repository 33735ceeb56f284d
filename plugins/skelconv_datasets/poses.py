"""What the file of a clip holds, and how it becomes a clip."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from skelconv import Array, Clip, ClipError

MAX_PERSON_FRAMES = 2**18
"""The maximum of M times T. A file with a new person in every frame would otherwise take memory
that grows with the square of its length."""


@dataclass(frozen=True)
class Poses:
    """The content of a clip's file.

    Attributes
    ----------
    keypoint : ndarray of float64, shape (M, T, V, C)
        Pixels or metres, zeros where a keypoint is missing.
    score : ndarray of float64, shape (M, T, V), optional
        Where the file has scores.
    img_shape : (int, int), optional
        Height and width, where the file or the dataset says them.
    label : int, optional
        The class, from 0, where the file says it as well as its name.
    """

    keypoint: Array
    score: Array | None = None
    img_shape: tuple[int, int] | None = None
    label: int | None = None

    def clip(self, clip_id: str, layout: str, label: int | None) -> Clip:
        """Make a clip of the people who are in any frame.

        Parameters
        ----------
        clip_id : str
            Its id.
        layout : str
            The layout of the V keypoints.
        label : int, optional
            Its class.

        Returns
        -------
        Clip
            The clip; nobody is in it where all keypoints are missing.

        Raises
        ------
        ClipError
            When a coordinate is infinite, or a score is not finite.
        """
        keypoint, score = self.keypoint.copy(), self.score
        if np.isinf(keypoint).any() or not (score is None or np.isfinite(score).all()):
            raise ClipError("a coordinate or a score is infinite")
        missing = np.isnan(keypoint).any(3)
        if score is not None:
            missing |= score == 0
            score = np.where(missing, 0, score)
        keypoint[missing] = 0
        there = keypoint.any((1, 2, 3))
        return Clip(
            clip_id,
            keypoint[there],
            layout,
            label,
            keypoint_score=None if score is None else score[there],
            img_shape=self.img_shape,
            original_shape=self.img_shape,
        )


def follow(
    frames: Sequence[int], people: Sequence[Hashable], rows: Sequence[Array], total: int
) -> Array:
    """Put the skeletons of frames into tracks.

    Tracks are in the order in which they first appear. A person who is in a frame more than once
    gets a track for each.

    Parameters
    ----------
    frames : sequence of int, length N
        The frame of each skeleton, from 0, in ascending order.
    people : sequence of hashable, length N
        Who it is.
    rows : sequence of ndarray of shape (V, C), length N
        The keypoints.
    total : int
        T.

    Returns
    -------
    ndarray of float64, shape (M, T, V, C)
        Zeros where a person is not in a frame; M = 0 where there are no skeletons.

    Raises
    ------
    ClipError
        When there are more people over more frames than any recording has.
    """
    tracks: dict[tuple[Hashable, int], int] = {}
    seen: dict[tuple[int, Hashable], int] = {}
    numbers = []
    for frame, person in zip(frames, people, strict=True):
        again = seen.get((frame, person), 0)
        seen[frame, person] = again + 1
        numbers.append(tracks.setdefault((person, again), len(tracks)))
    if len(tracks) * total > MAX_PERSON_FRAMES:
        raise ClipError(f"{len(tracks)} people come and go in {total} frames: not a recording")
    joints = rows[0].shape if len(rows) else (0, 3)
    keypoint = np.zeros((len(tracks), total, *joints))
    if numbers:
        keypoint[numbers, list(frames)] = np.stack(list(rows))
    return keypoint
