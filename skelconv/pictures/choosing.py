"""Which clips of a dataset to look at: some of each class, or the worst ones."""

from __future__ import annotations

import hashlib
from typing import Literal

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.datasets.dataset import Dataset
from skelconv.pictures.camera import present

Fault = Literal["missing", "jitter", "score"]


def sample(dataset: Dataset, count: int, *, per_class: bool = False) -> list[str]:
    """Choose clips in an order that is as good as random, and the same each time.

    Parameters
    ----------
    dataset : Dataset
        The dataset; no clip is read.
    count : int
        How many clips.
    per_class : bool
        Whether this is the number for each class.

    Returns
    -------
    list of str
        Their ids, in the order of the dataset, or of the classes.
    """
    groups: dict[object, list[int]] = {}
    for index, label in enumerate(dataset.labels):
        groups.setdefault(label if per_class else None, []).append(index)
    ids = dataset.ids
    ordered = sorted(groups.items(), key=lambda group: (group[0] is None, str(group[0]).zfill(9)))
    chosen = [
        sorted(sorted(group, key=lambda index: _shuffled(ids[index]))[:count])
        for _, group in ordered
    ]
    return [ids[index] for group in chosen for index in group]


def _shuffled(clip_id: str) -> bytes:
    return hashlib.sha256(clip_id.encode("utf-8", "surrogatepass")).digest()


def worst(dataset: Dataset, count: int, by: Fault) -> list[str]:
    """Choose the clips with most of a fault; each clip is read once.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    count : int
        How many clips.
    by : {"missing", "jitter", "score"}
        The share of joints that are missing; how much joints tremble; how low their scores are.

    Returns
    -------
    list of str
        Their ids, the worst first.
    """
    measure = {"missing": missing_share, "jitter": jitter, "score": _lowness}[by]
    measured = [(measure(clip), index) for index, clip in enumerate(dataset)]
    measured.sort(key=lambda found: (-found[0], found[1]))
    return [dataset.ids[index] for _, index in measured[:count]]


def missing_share(clip: Clip) -> float:
    """Return the share of joints that are missing in the frames of a clip.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    float
        From 0 to 1; of rows of persons that are in no frame nothing is missing.
    """
    there = present(clip)
    there = there[there.any(axis=(1, 2))]
    return float(1 - there.mean()) if there.size else 1.0


def jitter(clip: Clip) -> float:
    """Return how much joints tremble: the change of their speed from frame to frame.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    float
        The mean length of the second difference, as a share of the size of a person.
    """
    there = present(clip)
    if not there.any():
        return 0.0
    points = np.where(there[..., None], clip.keypoint.astype(np.float64), np.nan)
    three = there[:, :-2] & there[:, 1:-1] & there[:, 2:]
    change = points[:, 2:] - 2 * points[:, 1:-1] + points[:, :-2]
    lengths: Array = np.linalg.norm(change, axis=-1)[three]
    size = _size(points, there)
    return float(lengths.mean() / size) if lengths.size and size > 0 else 0.0


def _size(points: Array, there: Array) -> float:
    """Return the median diagonal of the box around a person."""
    seen = points[there.any(axis=-1)]
    low, high = np.nanmin(seen, axis=1), np.nanmax(seen, axis=1)
    return float(np.median(np.linalg.norm(high - low, axis=-1)))


def _lowness(clip: Clip) -> float:
    if clip.keypoint_score is None:
        return 0.0
    scores = np.nan_to_num(clip.keypoint_score.astype(np.float64))[present(clip)]
    return float(1 - scores.mean()) if scores.size else 1.0
