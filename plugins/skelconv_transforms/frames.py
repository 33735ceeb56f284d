"""The frames of a clip: empty ones, and how many there are."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Literal

import numpy as np

from skelconv import Array, Clip, ClipDropped, ClipError, Field
from skelconv_transforms.arrays import Mask, coordinates, narrowed, widened

EMPTY_FRAMES = "empty_frames"


def drop_empty_frames(clip: Clip) -> Clip:
    """Drop the empty frames.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    Clip
        The clip without them.

    Raises
    ------
    ClipDropped
        When all frames are empty.
    """
    filled = clip.present().any((0, 2))
    if not filled.any():
        raise ClipDropped("all its frames are empty")
    return clip.take("T", filled)


def mark_empty_frames(clip: Clip) -> Clip:
    """Mark the empty frames in a field ``empty_frames`` (T,) of bool.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    Clip
        The clip with the field.
    """
    empty = Field(np.asarray(~clip.present().any((0, 2))), "T")
    return clip.replace(fields={**clip.fields, EMPTY_FRAMES: empty})


def pad(clip: Clip, *, length: int, mode: Literal["zero", "edge"]) -> Clip:
    """Lengthen a shorter clip at its end, with zeros or with its last frame.

    ``zero`` is ``mode="zero"`` of MMAction2's PadTo, except that longer clips stay as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    length : int
        How many frames.
    mode : {"zero", "edge"}
        What to add.

    Returns
    -------
    Clip
        The clip with at least `length` frames.

    Raises
    ------
    ClipError
        When the clip has no frame, and `mode` is ``edge``.
    """
    frames = clip.total_frames
    if frames >= length:
        return clip
    if mode == "edge":
        _refuse_no_frames(clip)
        return clip.take("T", np.minimum(np.arange(length), frames - 1))

    def _lengthened(values: Array, axes: str) -> Array:
        if "T" not in axes:
            return values
        return np.pad(values, [(0, length - frames if axis == "T" else 0) for axis in axes])

    return clip.with_arrays(_lengthened)


def loop(clip: Clip, *, length: int) -> Clip:
    """Repeat a shorter clip from its start until it is long enough.

    This is ``mode="loop"`` of MMAction2's PadTo, except that longer clips stay as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    length : int
        How many frames.

    Returns
    -------
    Clip
        The clip with at least `length` frames.

    Raises
    ------
    ClipError
        When the clip has no frame.
    """
    if clip.total_frames >= length:
        return clip
    _refuse_no_frames(clip)
    return clip.take("T", np.arange(length) % clip.total_frames)


def crop(
    clip: Clip, *, length: int, position: Literal["start", "center", "random"], seed: int
) -> Clip:
    """Cut a longer clip to consecutive frames; shorter ones stay as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    length : int
        How many frames.
    position : {"start", "center", "random"}
        Where from. ``center`` cuts an odd frame more at the end. ``random`` depends only on the
        seed and the id, so that a clip is cut in the same place whatever else is built: the start
        is the first 8 bytes of SHA-256 of ``<seed>:<id>``, little-endian, modulo the number of
        places.
    seed : int
        For ``random``.

    Returns
    -------
    Clip
        The clip with at most `length` frames.
    """
    spare = clip.total_frames - length
    if spare <= 0:
        return clip
    start = 0
    if position == "center":
        start = spare // 2
    elif position == "random":
        digest = hashlib.sha256(f"{seed}:{clip.id}".encode()).digest()
        start = int.from_bytes(digest[:8], "little") % (spare + 1)
    return clip.take("T", slice(start, start + length))


def resample(
    clip: Clip,
    *,
    length: int | None,
    fps: float | None,
    source_fps: float | None,
    method: Literal["linear", "nearest"],
) -> Clip:
    """Take frames at other times.

    Between two frames a keypoint and its score are interpolated along a line. Where a keypoint is
    missing in one of the two it is that of the nearer frame, as all fields are; of two frames
    equally near the earlier. A field ``fps``, the rate that a source found in its file, is left
    out, as it is no longer true.

    Parameters
    ----------
    clip : Clip
        The clip.
    length : int, optional
        The number of frames, evenly from the first to the last.
    fps, source_fps : float, optional
        Or the new frame rate and the old one, from the first frame on and never beyond the last.
    method : {"linear", "nearest"}
        ``nearest`` interpolates nothing.

    Returns
    -------
    Clip
        The clip with other frames.

    Raises
    ------
    ClipError
        When the clip has no frame.
    """
    _refuse_no_frames(clip)
    last = clip.total_frames - 1
    if length is not None:
        steps, divisor = np.arange(length) * last, max(length - 1, 1)
    else:
        # In whole numbers, since times that fall on a frame must not miss it by rounding.
        ratio = (Fraction(str(source_fps)) / Fraction(str(fps))).limit_denominator(10**6)
        count = last * ratio.denominator // ratio.numerator + 1
        steps, divisor = np.arange(count) * ratio.numerator, ratio.denominator
    before, rest = np.divmod(steps, divisor)
    nearest = clip.without("fps").take("T", before + (2 * rest > divisor))
    if method == "nearest":
        return nearest
    after = np.minimum(before + 1, last)
    there = clip.present()
    between = there[:, before] & there[:, after] & (rest > 0)[:, np.newaxis]
    weight = (rest / divisor)[:, np.newaxis]

    def _mixed(wide: Array, near: Array, mask: Mask, weight: Array) -> Array:
        line = wide[:, before] * (1 - weight) + wide[:, after] * weight
        return np.where(mask, narrowed(line, near.dtype), near)

    changed = nearest.replace(
        keypoint=_mixed(
            coordinates(clip),
            nearest.keypoint,
            between[..., np.newaxis],
            weight[..., np.newaxis],
        )
    )
    if clip.keypoint_score is None or nearest.keypoint_score is None:
        return changed
    score = widened(clip.keypoint_score)
    score = np.where(there, score, score.dtype.type(0))
    return changed.replace(keypoint_score=_mixed(score, nearest.keypoint_score, between, weight))


def _refuse_no_frames(clip: Clip) -> None:
    if not clip.total_frames:
        raise ClipError("it has no frames")
