"""Poses as files hold them, and the one place where clips are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError
from skelconv.files import Units, to_pixels
from skelconv.plugin import layout_named
from skelconv.text import counted
from skelconv_posefiles.skeletons import Skeleton as Skeleton
from skelconv_posefiles.skeletons import Skeletons

MAX_KEYPOINTS = 2**25
"""The maximum of M times T times V. Without it, files with persons who come and go would take
memory with the square of their length."""

# Few skeletons may not be spread over a large clip: of so many keypoints, one must be there.
_FREE_KEYPOINTS, _MAX_GAPS = 2**22, 64

# A second of empty frames at the beginning is not unusual.
_LONG_GAP = 30


FirstFrame = int | Literal["first"]
"""A number, or the first frame that a file has."""


@dataclass(frozen=True)
class PoseSequence:
    """The skeletons of a clip, frame by frame, as its file holds them.

    Attributes
    ----------
    skeletons : Skeletons or sequence of Skeleton
        In any order of frames; within a frame in the order of the file.
    frames : iterable of int
        The numbers of frames that the file lists, whether or not they are empty; the least and
        the greatest are enough.
    first_frame : int or "first"
        The number of the first frame, where the user does not set it; ``first`` where a file
        lists every frame.
    img_shape : (int, int), optional
        Height and width, where the file has them.
    label : int, optional
        The class, where the file has it.
    layout : str, optional
        The layout of the joints that the file names, where it was asked for.
    """

    skeletons: Skeletons | Sequence[Skeleton]
    frames: Iterable[int] = ()
    first_frame: FirstFrame = 0
    img_shape: tuple[int, int] | None = None
    label: int | None = None
    layout: str | None = None


@dataclass(frozen=True)
class Form:
    """What the user says about all clips of a source.

    Attributes
    ----------
    layout : str
        The keypoints' layout.
    channels : int
        C.
    units : {"pixels", "fractions", "signed-fractions", "metres"}
        What coordinates are in.
    img_shape : (int, int), optional
        Height and width, for files that do not have them.
    inset : int
        See `skelconv.files.to_pixels`.
    first_frame : int or "first", optional
        The number of the first frame; by default what is usual for the format.
    max_frames : int
        The maximum length of a clip, against frame numbers that are wrong.
    """

    layout: str
    channels: int = 2
    units: Units = "pixels"
    img_shape: tuple[int, int] | None = None
    inset: int = 0
    first_frame: FirstFrame | None = None
    max_frames: int = 100_000

    @property
    def joints(self) -> int:
        """V."""
        return len(layout_named(self.layout).joints)

    @property
    def dtype(self) -> npt.DTypeLike:
        """What coordinates are held in, so that they are rounded to float32 once, as a clip's."""
        return np.float64 if "fractions" in self.units else np.float32


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
    Persons are in the order in which they first appear; one without any keypoint is not there.
    Empty frames are kept, all zeros with score 0, and so are missing keypoints. Coordinates in 2D
    become pixels.

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
        When a keypoint is infinite, their number is not the layout's, coordinates cannot be in
        these units, a frame is outside the clip, there are too many frames or persons, or the
        clip would begin with a long gap that the user does not know of.
    """
    rows = poses.skeletons
    rows = rows if isinstance(rows, Skeletons) else Skeletons(rows, form.dtype)
    numbers, tracks, values = rows.take()
    first, frames = _span(numbers, poses, form, total_frames)
    img_shape = poses.img_shape or form.img_shape
    _check_shape(numbers, values, form)
    there = _settle(numbers, values, form, img_shape)
    if not there.all():
        numbers, tracks, values = numbers[there], tracks[there], values[there]
    tracks = _tracks(numbers, tracks)
    persons = int(tracks.max(initial=-1)) + 1
    most = min(MAX_KEYPOINTS, _FREE_KEYPOINTS + _MAX_GAPS * len(numbers) * form.joints)
    if persons * frames * form.joints > most:
        raise ClipError(
            f"{persons} persons come and go in {frames} frames: too many for one clip, which may "
            f"have {most:,} keypoints"
        )
    keypoint = np.zeros((persons, frames, form.joints, form.channels), np.float32)
    score = np.zeros((persons, frames, form.joints), np.float32)
    if len(numbers):
        keypoint[tracks, numbers - first] = values[..., :-1]
        score[tracks, numbers - first] = values[..., -1]
    del values  # before others look at the clip
    return Clip(
        clip_id,
        keypoint,
        form.layout,
        poses.label if label is None else label,
        keypoint_score=score,
        img_shape=img_shape,
        original_shape=img_shape,
    )


def _span(numbers: Array, poses: PoseSequence, form: Form, stated: int | None) -> tuple[int, int]:
    """Return the number of the first frame, and T."""
    listed = [*poses.frames, *numbers[:1].tolist(), *numbers[-1:].tolist()]
    asked = poses.first_frame if form.first_frame is None else form.first_frame
    first = min(listed, default=0) if asked == "first" else asked
    begin, last = min(listed, default=first), max(listed, default=first - 1)
    if begin < first:
        raise ClipError(f"frame {begin}, where the first is {first} (option first_frame)")
    total = last - first + 1
    gap = begin - first
    if form.first_frame is None and stated is None and gap > max(_LONG_GAP, total - gap):
        raise ClipError(
            f"its first frame has the number {begin}, so that {gap} empty frames would come "
            f"before {counted(total - gap, 'other')} (option first_frame: 'first' leaves them "
            f"out, {first} keeps them)"
        )
    if stated is not None:
        if total > stated:
            raise ClipError(
                f"frame {last} is beyond the {stated} frames that it should have, counted from "
                f"{first} (options total_frames, first_frame)"
            )
        total = stated
    if total < 1:
        raise ClipError("it has no frames")
    if total > form.max_frames:
        raise ClipError(
            f"it would have {total} frames; the maximum is {form.max_frames} (option max_frames)"
        )
    return first, total


def _check_shape(numbers: Array, values: Array, form: Form) -> None:
    if not len(numbers):
        return
    joints, channels = values.shape[1], values.shape[2] - 1
    if joints != form.joints:
        raise ClipError(
            f"frame {numbers[0]}: {joints} keypoints, where {form.layout} has {form.joints} "
            "(option layout)"
        )
    if channels != form.channels:
        raise ClipError(
            f"frame {numbers[0]}: {channels} coordinates, not {form.channels} (option channels)"
        )


def _tracks(numbers: Array, persons: Array) -> Array:
    """Number the persons of all rows from 0, as they first appear."""
    tracks: dict[tuple[int, int], int] = {}
    seen: dict[int, int] = {}
    frame = None
    found = []
    for number, person in zip(numbers.tolist(), persons.tolist(), strict=True):
        if number != frame:
            frame, seen = number, {}
        again = seen.get(person, 0)
        seen[person] = again + 1
        found.append(tracks.setdefault((person, again), len(tracks)))
    return np.array(found, np.int64)


def _settle(numbers: Array, values: Array, form: Form, img_shape: tuple[int, int] | None) -> Array:
    """Bring coordinates to pixels, and what is missing to zeros; return who is there (N,)."""
    if not len(numbers):
        return np.zeros(0, bool)
    _check_finite(numbers, values)
    missing = np.isnan(values).any(2)
    if form.units == "signed-fractions":
        missing |= values[..., -1] == 0  # zeros would be the middle of the image
    values[missing] = 0
    there = np.asarray(values[..., :-1].any(2))
    # All of them without a copy, where it can be: it would take as much memory again.
    rows = values.reshape(-1, form.channels + 1) if there.all() else values[there]
    _check_third(rows[:, :-1])
    given = rows[:, :-1]
    moved = to_pixels(given, form.units, img_shape, inset=form.inset)
    if moved is not given:
        rows[:, :-1] = moved
        if rows.base is not values:
            values[there] = rows
        _check_finite(numbers, values)
    return np.asarray(there.any(axis=1))


def _check_finite(numbers: Array, values: Array) -> None:
    """Refuse what is infinite in float32."""
    with np.errstate(over="ignore"):
        infinite = np.isinf(values.astype(np.float32, copy=False)).any((1, 2))
    if infinite.any():
        raise ClipError(f"frame {numbers[infinite.argmax()]}: a keypoint is infinite")


def _check_third(coordinates: Array) -> None:
    """Refuse x, y and score that were read as x, y and z, where they cannot be anything else."""
    if coordinates.shape[1] != 3 or not len(coordinates):
        return
    third = coordinates[:, 2]
    large = np.median(np.abs(coordinates[:, :2])) > 10
    if large and third.any() and third.min() >= 0 and third.max() <= 1:
        raise ClipError(
            "its third coordinates are all from 0 to 1, and x and y are far larger: they are "
            "scores (option channels)"
        )
