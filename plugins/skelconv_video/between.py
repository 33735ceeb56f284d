"""People in frames that the detector did not look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv_video.people import Floats

_SAME_PERSON = 0.3


def fill_between(keys: Sequence[Floats], every: int, total: int) -> list[Floats]:
    """Give every frame boxes, when there are some for each so manyth.

    Boxes of two such frames that overlap most, with an IoU of at least 0.3, are one person, who
    moves evenly from one to the other. Somebody who is in one of them only is there for half of
    the time between.

    Parameters
    ----------
    keys : sequence of ndarray of shape (N, 5)
        The boxes of frames 0, `every`, 2 `every`, ...
    every : int
        Frames from one to the next.
    total : int
        T.

    Returns
    -------
    list of ndarray of shape (N, 5)
        Of each frame, the best score first.
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
        pairs = _pairs(one, other)
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


def _pairs(one: Floats, other: Floats) -> list[tuple[int, int]]:
    """Pair boxes, those that overlap most first."""
    overlap = _iou(one, other)
    pairs = []
    taken: tuple[set[np.intp], set[np.intp]] = (set(), set())
    for flat in np.argsort(-overlap, axis=None, kind="stable"):
        i, j = np.unravel_index(flat, overlap.shape)
        if overlap[i, j] < _SAME_PERSON:
            break
        if i not in taken[0] and j not in taken[1]:
            pairs.append((int(i), int(j)))
            taken[0].add(i)
            taken[1].add(j)
    return sorted(pairs)


def _iou(one: Floats, other: Floats) -> npt.NDArray[np.float64]:
    a, b = one[:, np.newaxis].astype(np.float64), other[np.newaxis].astype(np.float64)
    shared = np.prod(
        np.clip(np.minimum(a[..., 2:4], b[..., 2:4]) - np.maximum(a[..., :2], b[..., :2]), 0, None),
        axis=-1,
    )
    area = [np.prod(box[..., 2:4] - box[..., :2], axis=-1) for box in (a, b)]
    union = area[0] + area[1] - shared
    iou: npt.NDArray[np.float64] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return iou
