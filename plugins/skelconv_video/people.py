"""From what is found in each frame to a clip, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from skelconv import BOX, BOX_SCORE, Clip, ClipError, Field, PluginError, Poses

T = TypeVar("T")
Floats = npt.NDArray[np.float32]

EMPTY_FRAMES = "empty_frames"
NO_LAYOUT = "none"


def clip_of_boxes(
    frame_dir: str, label: int | None, shape: tuple[int, int], boxes: Sequence[Floats]
) -> Clip:
    """Make a clip of people whose joints are not known yet.

    Parameters
    ----------
    frame_dir : str
        The clip's id.
    label : int or None
        Its class.
    shape : (int, int)
        Height and width of the frames.
    boxes : sequence of ndarray of shape (N, 5)
        For each frame left, top, right, bottom and score. One without a score above 0 or without
        area would be nobody, and is left out.

    Returns
    -------
    Clip
        With no keypoints, and the boxes as fields. Row m of a frame is its m-th box.
    """
    _check_finite(boxes)
    boxes = [frame[is_somebody(frame)] for frame in boxes]
    most = max((len(frame) for frame in boxes), default=0)
    table = np.zeros((most, len(boxes), 5), np.float32)
    for t, frame in enumerate(boxes):
        table[: len(frame), t] = frame
    return Clip(
        frame_dir=frame_dir,
        keypoint=np.zeros((most, len(boxes), 0, 2), np.float32),
        keypoint_score=np.zeros((most, len(boxes), 0), np.float32),
        layout=NO_LAYOUT,
        label=label,
        img_shape=shape,
        original_shape=shape,
        fields={
            BOX: Field(np.ascontiguousarray(table[..., :4]), "MTB"),
            BOX_SCORE: Field(np.ascontiguousarray(table[..., 4]), "MT"),
        },
    )


def _check_finite(answers: Sequence[npt.NDArray[Any]]) -> None:
    if not all(np.isfinite(array).all() for array in answers):
        raise ClipError(
            "a model gave numbers that are not finite: its weights are damaged, or beyond what its "
            "precision holds"
        )


def is_somebody(boxes: Floats) -> npt.NDArray[np.bool_]:
    """Return which boxes (N, 5) have a score above 0 and an area."""
    return np.asarray((boxes[:, 4] > 0) & (boxes[:, 2:4] > boxes[:, :2]).all(1))


def one_each(answers: Sequence[T], frames: Sequence[object]) -> Sequence[T]:
    """Return what a model says of frames.

    Raises
    ------
    PluginError
        When it does not say one thing of each: everything after would be another frame's.
    """
    if len(answers) != len(frames):
        raise PluginError(f"a model gave {len(answers)} answers of {len(frames)} frames")
    return answers


def with_poses(clip: Clip, layout: str, poses: Sequence[Poses]) -> Clip:
    """Put skeletons into a clip of boxes.

    Parameters
    ----------
    clip : Clip
        As `clip_of_boxes` makes it, its people chosen or not.
    layout : str
        Of the skeletons.
    poses : sequence of Poses
        For each frame the skeletons of those who are in it, in the order of rows.
    """
    _check_finite([array for frame in poses for array in frame])
    there = presence(clip)
    joints, channels = poses[0].keypoint.shape[1:]
    keypoint = np.zeros((*there.shape, joints, channels), np.float32)
    score = np.zeros((*there.shape, joints), np.float32)
    for t, frame in enumerate(poses):
        keypoint[there[:, t], t] = frame.keypoint
        score[there[:, t], t] = frame.keypoint_score
    return clip.replace(keypoint=keypoint, keypoint_score=score, layout=layout)


def presence(clip: Clip) -> npt.NDArray[np.bool_]:
    """Return who is in which frame, (M, T)."""
    return np.asarray(clip.fields[BOX_SCORE].values > 0)


def boxes_in(clip: Clip, frames: slice) -> list[Floats]:
    """Return the boxes (N, 4) of those who are in each of some frames, in the order of rows."""
    there = presence(clip)[:, frames]
    boxes = clip.fields[BOX].values[:, frames].astype(np.float32, copy=False)
    return [boxes[there[:, t], t] for t in range(there.shape[1])]


def finished(clip: Clip, *, keep_boxes: bool) -> Clip:
    """Mark the frames that nobody is in, and leave the boxes out unless they are wanted."""
    empty = Field(np.asarray(~presence(clip).any(0)), "T")
    clip = clip.replace(fields={**clip.fields, EMPTY_FRAMES: empty})
    return clip if keep_boxes else clip.without(BOX, BOX_SCORE)
