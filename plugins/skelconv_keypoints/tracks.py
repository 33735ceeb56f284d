"""Keypoints of persons over frames, and the one place where clips are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np

from skelconv import Array, Clip, ClipError, Field
from skelconv.files import Budget, Units, layout_of_joints, to_pixels

MAX_FRAMES = 10**7
"""The maximum of T. Frames without anybody take no place in a file, but some in memory."""


@dataclass(frozen=True)
class Tracks:
    """The content of a file.

    Attributes
    ----------
    keypoint : ndarray of float, shape (M, T, V, C)
        NaN where a keypoint is missing.
    score : ndarray of float, shape (M, T, V), optional
        Confidence.
    joints : sequence of str
        V names.
    limbs : sequence of (int, int)
        Pairs of them that are drawn.
    img_shape : (int, int), optional
        Height and width, where the file has them.
    fps : float, optional
        Frames for each second, where the file says it.
    """

    keypoint: Array
    score: Array | None
    joints: Sequence[str]
    limbs: Sequence[tuple[int, int]] = ()
    img_shape: tuple[int, int] | None = None
    fps: float | None = None


def to_clip(
    tracks: Tracks, name: str, *, units: Units | None, img_shape: tuple[int, int] | None
) -> Clip:
    """Make a clip.

    Persons without any keypoint are not there. Missing keypoints are zeros with score 0.

    Parameters
    ----------
    tracks : Tracks
        The content of a file.
    name : str
        What its layout is called, with the number of joints, where no plugin offers it.
    units : {"pixels", "fractions", "signed-fractions", "metres"} or None
        What coordinates are in; by default pixels, or metres of three coordinates.
    img_shape : (int, int) or None
        Height and width, where the file has none.

    Returns
    -------
    Clip
        Without an id.

    Raises
    ------
    ClipError
        When a coordinate is infinite, or cannot be in these units, joints are no layout, or there
        are more than `MAX_FRAMES` frames.
    """
    if tracks.keypoint.shape[1] > MAX_FRAMES:
        raise ClipError(
            f"it has {tracks.keypoint.shape[1]:,} frames; the maximum is {MAX_FRAMES:,}"
        )
    shape = tracks.img_shape or img_shape
    channels = tracks.keypoint.shape[-1]
    with np.errstate(over="ignore"):
        keypoint = tracks.keypoint.astype(np.float32)
        given = np.ones((), np.float32) if tracks.score is None else tracks.score
        score = np.broadcast_to(given, keypoint.shape[:3]).astype(np.float32)
    infinite = np.isinf(keypoint).any((0, 2, 3)) | np.isinf(score).any((0, 2))
    if infinite.any():
        raise ClipError(f"frame {int(infinite.argmax())}: a keypoint is infinite")
    missing = np.isnan(keypoint).any(-1) | np.isnan(score)
    keypoint[missing] = 0
    score[missing] = 0
    there = ~missing & keypoint.any(-1)
    in_units = units or ("pixels" if channels == 2 else "metres")
    keypoint[there] = to_pixels(keypoint[there], in_units, shape)
    persons = there.any((1, 2))
    layout = layout_of_joints(tracks.joints, tracks.limbs, f"{name}{len(tracks.joints)}")
    return Clip(
        "",
        keypoint[persons],
        layout,
        keypoint_score=score[persons],
        img_shape=shape,
        original_shape=shape,
        fields={} if tracks.fps is None else {"fps": Field(np.array(tracks.fps), "")},
    )


def empty(shape: tuple[int, int, int], channels: int, budget: Budget) -> tuple[Array, Array]:
    """Return the arrays of persons of whom nothing is known yet.

    Parameters
    ----------
    shape : (int, int, int)
        M, T and V.
    channels : int
        C.
    budget : Budget
        What the content of the file may take.

    Returns
    -------
    (ndarray of shape (M, T, V, C), ndarray of shape (M, T, V))
        Coordinates and scores in float32, all NaN.

    Raises
    ------
    ClipError
        When they would take more.
    """
    persons, frames, joints = shape
    # As numbers of Python, which do not overflow; the clip is made of two copies.
    if not budget.take(3 * 4 * int(persons) * int(frames) * int(joints) * (channels + 1)):
        raise ClipError(
            f"{persons} persons, {frames:,} frames and {joints} joints: {budget.reason}"
        )
    return (
        np.full((*shape, channels), np.nan, np.float32),
        np.full(shape, np.nan, np.float32),
    )


def lines_between(pairs: Iterable[Sequence[int]], joints: int) -> list[tuple[int, int]]:
    """Check the lines with which a file draws joints.

    Parameters
    ----------
    pairs : iterable of (int, int)
        The joints at their ends.
    joints : int
        V.

    Returns
    -------
    list of (int, int)
        Each once.

    Raises
    ------
    ClipError
        When a line ends nowhere.
    """
    lines: dict[frozenset[int], tuple[int, int]] = {}
    for one, other in pairs:
        if not (0 <= one < joints and 0 <= other < joints and one != other):
            raise ClipError("a line is drawn to a joint that is not there, or to itself")
        lines.setdefault(frozenset((one, other)), (one, other))
    return [*lines.values()]


def name_of(path: str) -> str:
    """Return the name of a video, of a path as any system writes it.

    Parameters
    ----------
    path : str
        The path.

    Returns
    -------
    str
        Its last part, without the ending.
    """
    windows = "\\" in path and "/" not in path
    return (PureWindowsPath(path) if windows else PurePosixPath(path)).stem
