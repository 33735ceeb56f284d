"""Clips of people who are boxes, for tests of people over time."""

from collections.abc import Sequence

import numpy as np

from skelconv import Clip, Field

Box = tuple[float, float, float, float, float]
"""Left, top, right, bottom, score."""


def clip_of(frames: Sequence[Sequence[Box]], shape: tuple[int, int] = (480, 640)) -> Clip:
    """Make a clip of the boxes of each frame, row by row, with the field ``number``.

    It numbers all boxes from 1, frame by frame, and tells afterwards which box became which.
    """
    most = max(map(len, frames))
    table = np.zeros((most, len(frames), 5), np.float32)
    number = np.zeros((most, len(frames)), np.int32)
    count = 0
    for t, boxes in enumerate(frames):
        for m, box in enumerate(boxes):
            count += 1
            table[m, t], number[m, t] = box, count
    return Clip(
        id="a",
        keypoint=np.zeros((most, len(frames), 0, 2), np.float32),
        layout="coco17",
        img_shape=shape,
        fields={
            "bbox": Field(table[..., :4], "MTB"),
            "bbox_score": Field(table[..., 4], "MT"),
            "number": Field(number, "MT"),
        },
    )


def around(x: float, y: float, width: float = 40, height: float = 100, score: float = 0.9) -> Box:
    """Return a box by its centre."""
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2, score)


def members(clip: Clip) -> list[list[int]]:
    """Return the numbers of each row's boxes."""
    return [row[row > 0].tolist() for row in clip.fields["number"].values]
