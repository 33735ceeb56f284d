"""What is in a dataset, in numbers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skelconv.data.classes import ClassCount, Label, count_classes, facts
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.measures import missing_joints
from skelconv.datasets.opening import as_dataset


@dataclass(frozen=True)
class Statistics:
    """What is in a dataset.

    Attributes
    ----------
    clips : int
        How many clips.
    frames : mapping of str to number
        ``total``, ``min``, ``median``, ``mean`` and ``max`` of T.
    persons : mapping of int to int
        How many clips have each number of persons (M).
    shapes : mapping of (V, C, dtype) to int
        How many clips have each number of keypoints and coordinates, and type of keypoint.
    empty_frames : int
        Frames without a person: all keypoints are missing (`Clip.present`).
    missing_joints : float
        Share of missing keypoints of the persons in a frame.
    labels : mapping of int to int
        How many clips have each label; one with several counts for each. -1 means none.
    label_names : sequence of str
        The classes' names, where known.
    splits : mapping of str to int
        How many clips each split has.
    classes : sequence of ClassCount
        How many clips each class has, in the whole and in each split.
    told : sequence of str
        What is to be known of the labels, such as the number of classes that a trainer must be
        given, labels without a class and gaps.
    """

    clips: int
    frames: Mapping[str, float]
    persons: Mapping[int, int]
    shapes: Mapping[tuple[int, int, str], int]
    empty_frames: int
    missing_joints: float
    labels: Mapping[int, int]
    label_names: Sequence[str]
    splits: Mapping[str, int]
    classes: Sequence[ClassCount] = ()
    told: Sequence[str] = ()


def stats(data: Dataset | str | os.PathLike[str]) -> Statistics:
    """Go through all clips once and count; one clip is held at a time.

    Parameters
    ----------
    data : Dataset, path or URL
        The dataset.

    Returns
    -------
    Statistics
        Counts over all clips.
    """
    dataset = as_dataset(data)
    lengths = []
    persons: Counter[int] = Counter()
    shapes: Counter[tuple[int, int, str]] = Counter()
    labels: list[Label] = []
    empty = absent = total = 0
    for clip in dataset:
        lengths.append(clip.total_frames)
        persons[clip.num_person] += 1
        _, _, joints, channels = clip.keypoint.shape
        shapes[joints, channels, str(clip.keypoint.dtype)] += 1
        labels.append(clip.label)
        empty += int((~clip.present().any(axis=(0, 2))).sum())
        missing, joints_of_persons = missing_joints(clip)
        absent += missing
        total += joints_of_persons
    classes = count_classes(labels, dataset.label_names, dataset.splits)
    numbers = {-1 if one.label is None else one.label: one.clips for one in classes if one.clips}
    return Statistics(
        clips=len(dataset),
        frames=_describe(lengths),
        persons=dict(sorted(persons.items())),
        shapes=dict(sorted(shapes.items())),
        empty_frames=empty,
        missing_joints=absent / total if total else 0.0,
        labels=dict(sorted(numbers.items())),
        label_names=dataset.label_names,
        splits={name: len(members) for name, members in dataset.splits.items()},
        classes=classes,
        told=facts(classes),
    )


def _describe(lengths: Sequence[int]) -> dict[str, float]:
    if not lengths:
        return {"total": 0}
    return {
        "total": sum(lengths),
        "min": min(lengths),
        "median": float(np.median(lengths)),
        "mean": float(np.mean(lengths)),
        "max": max(lengths),
    }
