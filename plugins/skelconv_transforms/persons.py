"""Which persons of a clip to keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError
from skelconv_transforms.arrays import Mask, frames_in, total

Measure = Literal["energy", "score", "area", "length"]
_Measures = npt.NDArray[np.float64]


def select_persons(clip: Clip, *, keep: int, by: Measure) -> Clip:
    """Keep the first persons by some measure, the highest first.

    Equal persons keep their order, and a person who is in no frame comes last. A clip with fewer
    persons keeps them all.

    Parameters
    ----------
    clip : Clip
        The clip.
    keep : int
        How many.
    by : {"energy", "score", "area", "length"}
        The spread of a person's coordinates: the sum over x, y and z of the standard deviation
        over all frames and keypoints (the choice of 2s-AGCN's ``gendata``, Shi et al. 2019); the
        mean score; the mean area of the box around a person's keypoints in x and y; or the number
        of frames that a person is in. Missing keypoints count for none of them.

    Returns
    -------
    Clip
        The clip of these persons.

    Raises
    ------
    ClipError
        When there are no scores to select by.
    """
    measure = _MEASURES[by](clip, clip.present())
    return clip.take("M", np.argsort(-measure, kind="stable")[:keep])


def _energy(clip: Clip, there: Mask) -> _Measures:
    return np.array(
        [_spread(person[seen]) for person, seen in zip(clip.keypoint, there, strict=True)]
    )


def _spread(points: Array) -> float:
    """Add up the standard deviations of the coordinates of points (N, C)."""
    count = max(len(points), 1)
    from_mean = points - total(points) / count
    return float(total(np.sqrt(total(from_mean * from_mean) / count)))


def _score(clip: Clip, there: Mask) -> _Measures:
    if clip.keypoint_score is None:
        raise ClipError("it has no keypoint_score to select persons by")
    seen = [score[mask] for score, mask in zip(clip.keypoint_score, there, strict=True)]
    return np.array([float(total(scores)) / max(len(scores), 1) for scores in seen])


def _area(clip: Clip, there: Mask) -> _Measures:
    place = clip.keypoint[..., :2].astype(np.float64)
    seen = there[..., np.newaxis]
    highest = np.where(seen, place, -np.inf).max(2, initial=-np.inf)
    lowest = np.where(seen, place, np.inf).min(2, initial=np.inf)
    frames = frames_in(there)
    sides = np.where(frames[..., np.newaxis], highest, 0) - np.where(
        frames[..., np.newaxis], lowest, 0
    )
    areas = total((sides[..., 0] * sides[..., 1]).T)
    return np.asarray(areas / np.maximum(frames.sum(-1), 1), np.float64)


def _length(clip: Clip, there: Mask) -> _Measures:
    return np.asarray(frames_in(there).sum(-1), np.float64)


_MEASURES: dict[Measure, Callable[[Clip, Mask], _Measures]] = {
    "energy": _energy,
    "score": _score,
    "area": _area,
    "length": _length,
}
