"""Which clips of a dataset to look at: some of each class, or the worst ones."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Literal

from skelconv.data.errors import ClipError, DatasetError
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.measures import jitter, lowness, missing_share

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
    measure = {"missing": missing_share, "jitter": jitter, "score": lowness}[by]
    measured = []
    for index in range(len(dataset)):
        with suppress(ClipError, DatasetError):  # one that cannot be read cannot be shown
            measured.append((measure(dataset[index]), index))
    measured.sort(key=lambda found: (-found[0], found[1]))
    return [dataset.ids[index] for _, index in measured[:count]]
