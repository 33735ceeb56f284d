"""From the boxes and poses of frames to a clip, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Clip, Field
from skelconv.plugin import Poses
from skelconv.vision import APPEARANCE, APPEARANCE_ROW, BOX, BOX_SCORE

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

EMPTY_FRAMES = "empty_frames"
NO_LAYOUT = "none"


def clip_of_boxes(
    clip_id: str, label: int | None, shape: tuple[int, int], boxes: Sequence[Floats]
) -> Clip:
    """Make a clip of people whose joints are not known yet.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    label : int or None
        Its class.
    shape : (int, int)
        Height and width of the frames.
    boxes : sequence of ndarray of shape (N, 5)
        For each frame left, top, right, bottom and score. A box without area or without a score
        above 0 is not a person, and is left out.

    Returns
    -------
    Clip
        With no keypoints, and the boxes as fields. Row m of a frame is its m-th box.
    """
    boxes = [frame[are_people(frame)] for frame in boxes]
    most = max((len(frame) for frame in boxes), default=0)
    table = np.zeros((most, len(boxes), 5), np.float32)
    for t, frame in enumerate(boxes):
        table[: len(frame), t] = frame
    return Clip(
        id=clip_id,
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


def with_appearance(clip: Clip, seen: Mapping[int, Bytes]) -> Clip:
    """Add what people look like, for transforms that compare it.

    Parameters
    ----------
    clip : Clip
        As `clip_of_boxes` makes it.
    seen : mapping of int to ndarray of shape (N, 128)
        For some frames, what the people in it look like (`skelconv.vision.appearance_of`), in the
        order of rows.

    Returns
    -------
    Clip
        With the fields of `skelconv.vision.APPEARANCE` and `APPEARANCE_ROW`.
    """
    row = np.zeros((clip.num_person, clip.total_frames), np.int32)
    count = 1
    for t, people in seen.items():
        row[: len(people), t] = np.arange(count, count + len(people))
        count += len(people)
    table = np.concatenate([np.zeros((0, 128), np.uint8), *seen.values()])
    fields = {APPEARANCE: Field(table, "NB"), APPEARANCE_ROW: Field(row, "MT")}
    return clip.replace(fields={**clip.fields, **fields})


def are_people(boxes: Floats) -> npt.NDArray[np.bool_]:
    """Return which boxes have a score above 0 and an area.

    Parameters
    ----------
    boxes : ndarray of shape (N, 5)
        Left, top, right, bottom and score.

    Returns
    -------
    ndarray of bool, shape (N,)
        True where a box is a person.
    """
    return np.asarray((boxes[:, 4] > 0) & (boxes[:, 2:4] > boxes[:, :2]).all(1))


def with_poses(clip: Clip, layout: str, poses: Sequence[Poses]) -> Clip:
    """Put skeletons into a clip of boxes.

    Parameters
    ----------
    clip : Clip
        As `clip_of_boxes` makes it, its people chosen or not.
    layout : str
        The skeletons' layout.
    poses : sequence of Poses
        For each frame the skeletons of the people in it, in the order of rows.

    Returns
    -------
    Clip
        The clip with keypoints.
    """
    there = presence(clip)
    joints, channels = poses[0].keypoint.shape[1:]
    keypoint = np.zeros((*there.shape, joints, channels), np.float32)
    score = np.zeros((*there.shape, joints), np.float32)
    for t, frame in enumerate(poses):
        keypoint[there[:, t], t] = frame.keypoint
        score[there[:, t], t] = frame.keypoint_score
    return clip.replace(keypoint=keypoint, keypoint_score=score, layout=layout)


def presence(clip: Clip) -> npt.NDArray[np.bool_]:
    """Return which people are in which frames.

    Parameters
    ----------
    clip : Clip
        With boxes.

    Returns
    -------
    ndarray of bool, shape (M, T)
        True where a person is in a frame.
    """
    return np.asarray(clip.fields[BOX_SCORE].values > 0)


def boxes_in(clip: Clip) -> list[Floats]:
    """Return the boxes of the people in each frame.

    Parameters
    ----------
    clip : Clip
        With boxes.

    Returns
    -------
    list of ndarray of shape (N, 4)
        For each frame the boxes of the people in it, in the order of rows.
    """
    there = presence(clip)
    boxes = clip.fields[BOX].values.astype(np.float32, copy=False)
    return [boxes[there[:, t], t] for t in range(there.shape[1])]


def finished(clip: Clip, *, keep_boxes: bool) -> Clip:
    """Mark the empty frames, and leave out what is known of people beside their joints.

    Parameters
    ----------
    clip : Clip
        With boxes.
    keep_boxes : bool
        Whether the boxes and their scores stay in it.

    Returns
    -------
    Clip
        With a field ``empty_frames`` (T,) of bool.
    """
    empty = Field(np.asarray(~presence(clip).any(0)), "T")
    clip = clip.replace(fields={**clip.fields, EMPTY_FRAMES: empty})
    clip = clip.without(APPEARANCE, APPEARANCE_ROW)
    return clip if keep_boxes else clip.without(BOX, BOX_SCORE)
