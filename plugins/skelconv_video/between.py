"""Boxes in the frames between those in which people were detected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skelconv.vision import iou, pair
from skelconv_video.clips import Floats

_SAME_PERSON = 0.3


def fill_between(keys: Sequence[Floats], every: int, total: int) -> list[Floats]:
    """Interpolate boxes between those of every n-th frame.

    Boxes of two such frames that overlap most, with an IoU of at least 0.3, are one person, who
    moves evenly from one to the other. A person who is in only one of them is there for half of
    the time between.

    Parameters
    ----------
    keys : sequence of ndarray of shape (N, 5)
        The boxes of frames 0, `every`, 2 `every`, ...
    every : int
        n.
    total : int
        T.

    Returns
    -------
    list of ndarray of shape (N, 5)
        The boxes of each frame, the highest score first.
    """
    if every == 1:
        return list(keys)
    frames: list[Floats] = []
    for index, one in enumerate(keys):
        length = min(every, total - index * every)
        if index + 1 == len(keys):
            frames += [one] * length
            continue
        other = keys[index + 1]
        pairs = pair(iou(one, other), _SAME_PERSON)
        first, second = [i for i, _ in pairs], [j for _, j in pairs]
        left = np.delete(one, first, axis=0)
        came = np.delete(other, second, axis=0)
        for step in range(length):
            if step == 0:
                frames.append(one)
                continue
            moved = one[first] + (other[second] - one[first]) * np.float32(step / every)
            alone = left if 2 * step < every else came
            found = np.concatenate([moved, alone]).astype(np.float32, copy=False)
            frames.append(found[np.argsort(-found[:, 4], kind="stable")])
    return frames
