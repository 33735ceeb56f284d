"""Poses as files hold them, and the one place where clips are made from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skelconv import Array, Clip, ClipError

MAX_KEYPOINTS = 2**25
"""The maximum of M times T times V. Without it, files with persons who come and go would take
memory with the square of their length."""

# Few skeletons may not be spread over a large clip: of so many keypoints, one must be there.
_FREE_KEYPOINTS, _MAX_GAPS = 2**22, 64


class Skeleton(NamedTuple):
    """One person in one frame.

    Attributes
    ----------
    frame : int
        Its number, as in the file.
    person : int
        The track's id where the file has one, else the position in the frame.
    keypoint : ndarray of shape (V, C)
        NaN where a keypoint is missing.
    score : ndarray of shape (V,)
        Confidence; 1 where the file has none.
    """

    frame: int
    person: int
    keypoint: Array
    score: Array


@dataclass(frozen=True)
class PoseSequence:
    """The skeletons of a clip, frame by frame, as its file holds them.

    Attributes
    ----------
    skeletons : sequence of Skeleton
        In any order of frames; within a frame in the order of the file.
    last_frame : int, optional
        The number of the last frame in the file, whether or not it is empty.
    first_frame : int
        The number of the first frame, where the user does not set it.
    img_shape : (int, int), optional
        Height and width, where the file has them.
    fractions : bool
        Whether coordinates are fractions of the image.
    label : int, optional
        The class, where the file has it.
    """

    skeletons: Sequence[Skeleton]
    last_frame: int | None = None
    first_frame: int = 0
    img_shape: tuple[int, int] | None = None
    fractions: bool = False
    label: int | None = None


@dataclass(frozen=True)
class Form:
    """What the user says about all clips of a source.

    Attributes
    ----------
    layout : str
        The keypoints' layout, whose name ends in their number.
    channels : int
        C.
    img_shape : (int, int), optional
        Height and width, for files that do not have them.
    first_frame : int, optional
        The number of the first frame; by default what is usual for the format.
    max_frames : int
        The maximum length of a clip, against frame numbers that are wrong.
    """

    layout: str
    channels: int = 2
    img_shape: tuple[int, int] | None = None
    first_frame: int | None = None
    max_frames: int = 100_000

    @property
    def joints(self) -> int:
        """V."""
        digits = re.search(r"\d+\Z", self.layout)
        return int(digits[0]) if digits else 0


def to_clip(
    clip_id: str,
    poses: PoseSequence,
    form: Form,
    *,
    label: int | None = None,
    total_frames: int | None = None,
) -> Clip:
    """Make a clip.

    A person is identified by the track's id; an id that is in a frame more than once gets a track
    for each. Where the format has no ids, a person is a position in the frame, whoever is there.
    Persons are in the order in which they first appear. Empty frames are kept, all zeros with
    score 0, and so are missing keypoints.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    poses : PoseSequence
        The content of the file.
    form : Form
        What the user says about all clips.
    label : int, optional
        The class; by default the file's.
    total_frames : int, optional
        T as the user declares it; by default it follows from the number of the last frame.

    Returns
    -------
    Clip
        With keypoints and scores in float32.

    Raises
    ------
    ClipError
        When a keypoint is infinite, their number is not the layout's, a frame is outside the
        clip, or there are too many frames or persons.
    """
    first = poses.first_frame if form.first_frame is None else form.first_frame
    skeletons = sorted(poses.skeletons, key=lambda skeleton: skeleton.frame)
    frames = _total_frames(skeletons, first, form, poses, total_frames)
    tracks = _tracks(skeletons)
    persons = max(tracks, default=-1) + 1
    most = min(MAX_KEYPOINTS, _FREE_KEYPOINTS + _MAX_GAPS * len(skeletons) * form.joints)
    if persons * frames * form.joints > most:
        raise ClipError(
            f"{persons} persons come and go in {frames} frames: too many for one clip, which may "
            f"have {most:,} keypoints"
        )
    for skeleton in skeletons:
        joints, channels = skeleton.keypoint.shape
        if joints != form.joints:
            raise ClipError(
                f"frame {skeleton.frame}: {joints} keypoints, where {form.layout} has "
                f"{form.joints} (option layout)"
            )
        if channels != form.channels:
            raise ClipError(
                f"frame {skeleton.frame}: {channels} coordinates, not {form.channels} "
                "(option channels)"
            )
    img_shape = poses.img_shape or form.img_shape
    keypoint = np.zeros((persons, frames, form.joints, form.channels), np.float32)
    score = np.zeros((persons, frames, form.joints), np.float32)
    if skeletons:
        rows, scores = _rows(skeletons)
        if poses.fractions and img_shape:
            height, width = img_shape
            rows *= np.array([width, height, width][: form.channels], np.float32)
        at = [skeleton.frame - first for skeleton in skeletons]
        keypoint[tracks, at] = rows
        score[tracks, at] = scores
    return Clip(
        clip_id,
        keypoint,
        form.layout,
        poses.label if label is None else label,
        keypoint_score=score,
        img_shape=img_shape,
        original_shape=img_shape,
    )


def _total_frames(
    skeletons: Sequence[Skeleton], first: int, form: Form, poses: PoseSequence, stated: int | None
) -> int:
    if skeletons and skeletons[0].frame < first:
        raise ClipError(
            f"frame {skeletons[0].frame}, where the first is {first} (option first_frame)"
        )
    numbers = [skeletons[-1].frame] if skeletons else []
    if poses.last_frame is not None:
        numbers.append(poses.last_frame)
    last = max(numbers, default=first - 1)
    total = last - first + 1
    if stated is not None:
        if total > stated:
            raise ClipError(f"frame {last} is beyond the {stated} frames that it should have")
        total = stated
    if total < 1:
        raise ClipError("it has no frames")
    if total > form.max_frames:
        raise ClipError(
            f"it would have {total} frames; the maximum is {form.max_frames} (option max_frames)"
        )
    return total


def _tracks(skeletons: Sequence[Skeleton]) -> list[int]:
    """Number the persons of all rows from 0, as they first appear."""
    tracks: dict[tuple[int, int], int] = {}
    seen: dict[int, int] = {}
    frame = None
    numbers = []
    for skeleton in skeletons:
        if skeleton.frame != frame:
            frame, seen = skeleton.frame, {}
        again = seen.get(skeleton.person, 0)
        seen[skeleton.person] = again + 1
        numbers.append(tracks.setdefault((skeleton.person, again), len(tracks)))
    return numbers


def _rows(skeletons: Sequence[Skeleton]) -> tuple[Array, Array]:
    with np.errstate(over="ignore"):
        rows = np.stack([skeleton.keypoint for skeleton in skeletons]).astype(np.float32)
        scores = np.stack([skeleton.score for skeleton in skeletons]).astype(np.float32)
    infinite = np.isinf(rows).any((1, 2)) | np.isinf(scores).any(1)
    if infinite.any():
        frame = skeletons[int(infinite.argmax())].frame
        raise ClipError(f"frame {frame}: a keypoint is infinite")
    missing = np.isnan(rows).any(2) | np.isnan(scores)
    rows[missing] = 0
    scores[missing] = 0
    return rows, scores
