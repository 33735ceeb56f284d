"""Comparing two datasets of any format: ids, order, classes, splits, every field of every clip."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.opening import as_dataset


@dataclass
class FieldDifference:
    """How a field differs, over all clips.

    Attributes
    ----------
    clips : int
        How many clips it differs in.
    largest : float
        The largest absolute difference of a value, where shapes are the same; NaN equals NaN.
    where : str
        The first clip, and what differs there.
    """

    clips: int
    largest: float
    where: str


@dataclass
class Comparison:
    """How two datasets A and B differ.

    Attributes
    ----------
    clips : (int, int)
        How many clips they have.
    only_a, only_b : list of str
        Ids of clips that the other lacks.
    order : bool
        Whether the clips that both have are in the same order.
    label_names : (sequence of str, sequence of str), optional
        The names of their classes, where these differ.
    splits : dict of str to (sequence of str, sequence of str)
        For each split that differs, the ids that only A's has and those that only B's has, also
        of clips that are not there.
    reordered : list of str
        The splits with the same ids, listed in another order, where the clips themselves are in
        the same. They count as equal: a split is a set, and clips are trained on in their order.
    fields : dict of str to FieldDifference
        By the name of the field, ``label`` and ``layout`` among them.
    """

    clips: tuple[int, int]
    only_a: list[str] = field(default_factory=list)
    only_b: list[str] = field(default_factory=list)
    order: bool = True
    label_names: tuple[Sequence[str], Sequence[str]] | None = None
    splits: dict[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    reordered: list[str] = field(default_factory=list)
    fields: dict[str, FieldDifference] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Whether nothing differs, but for what is `reordered`."""
        return self.order and self.equal_but_for_order

    @property
    def equal_but_for_order(self) -> bool:
        """Whether nothing differs but the order of the clips."""
        differences = (self.only_a, self.only_b, self.label_names, self.splits, self.fields)
        return not any(differences)


def diff(a: Dataset | str | os.PathLike[str], b: Dataset | str | os.PathLike[str]) -> Comparison:
    """Compare two datasets clip by clip; of the clips, only two are in memory at a time.

    Clips are compared by their ids, whatever their order. Where several have the same id, they are
    compared in their order. The axes of fields are not compared, since not all formats name them.

    Parameters
    ----------
    a, b : Dataset, path or URL
        The datasets, of any formats.

    Returns
    -------
    Comparison
        All that differs.
    """
    a, b = as_dataset(a), as_dataset(b)
    keys_a, keys_b = list(_numbered(a.ids)), list(_numbered(b.ids))
    places = {key: index for index, key in enumerate(keys_b)}
    known = set(keys_a)
    names = (tuple(a.label_names), tuple(b.label_names))
    result = Comparison(
        clips=(len(a), len(b)),
        only_a=[clip_id for clip_id, again in keys_a if (clip_id, again) not in places],
        only_b=[clip_id for clip_id, again in keys_b if (clip_id, again) not in known],
        order=[key for key in keys_a if key in places] == [key for key in keys_b if key in known],
        label_names=None if names[0] == names[1] else names,
        splits=dict(_splits(a, b)),
    )
    if result.order:
        result.reordered += [
            name
            for name in a.splits
            if name in b.splits
            and name not in result.splits
            and _listed(a, name) != _listed(b, name)
        ]
    for index, key in enumerate(keys_a):
        if key in places:
            clip_id = key[0]
            for name, difference, text in _clips(a[index], b[places[key]]):
                found = result.fields.setdefault(
                    name, FieldDifference(0, 0.0, f"{clip_id}: {text}")
                )
                found.clips += 1
                found.largest = max(found.largest, difference)
    return result


def _numbered(ids: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Give each id with how often it was there before."""
    times: Counter[str] = Counter()
    for clip_id in ids:
        yield clip_id, times[clip_id]
        times[clip_id] += 1


def _splits(a: Dataset, b: Dataset) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    for name in sorted({*a.splits, *b.splits}):
        in_a, in_b = _members(a, name), _members(b, name)
        if in_a != in_b or (name in a.splits) != (name in b.splits):
            yield name, (sorted(in_a - in_b), sorted(in_b - in_a))


def _members(dataset: Dataset, split: str) -> set[str]:
    there = {dataset.ids[index] for index in dataset.splits.get(split, ())}
    return there.union(dataset.unknown.get(split, ()))


def _listed(dataset: Dataset, split: str) -> list[str]:
    return [dataset.ids[index] for index in dataset.splits[split]]


def _clips(a: Clip, b: Clip) -> Iterator[tuple[str, float, str]]:
    """Give each field that differs: its name, the largest difference, and what differs."""
    for name in ("label", "layout", "img_shape", "original_shape"):
        one, other = getattr(a, name), getattr(b, name)
        if one != other:
            yield name, 0.0, f"{one} and {other}"
    arrays_a, arrays_b = _arrays(a), _arrays(b)
    for name in sorted({*arrays_a, *arrays_b}):
        if name not in arrays_a or name not in arrays_b:
            yield name, 0.0, f"{'A' if name not in arrays_a else 'B'} has none"
        else:
            difference = _difference(arrays_a[name], arrays_b[name])
            if difference is not None:
                yield name, *difference


def _arrays(clip: Clip) -> dict[str, Array]:
    arrays = {name: extra.values for name, extra in clip.fields.items()}
    if clip.keypoint_score is not None:
        arrays["keypoint_score"] = clip.keypoint_score
    return {"keypoint": clip.keypoint, **arrays}


def _difference(one: Array, other: Array) -> tuple[float, str] | None:
    if one.shape != other.shape:
        return 0.0, f"shapes {one.shape} and {other.shape}"
    text = f"{one.dtype} and {other.dtype}" if one.dtype != other.dtype else ""
    if one.tobytes() == other.tobytes() and not text:
        return None
    with np.errstate(invalid="ignore"):
        distances = np.abs(one.astype(np.float64) - other.astype(np.float64))
    distances[(one == other) | (np.isnan(one) & np.isnan(other))] = 0.0
    largest = float(np.nan_to_num(distances, nan=np.inf).max(initial=0.0))
    if not largest and not text:
        return None
    return largest, text or f"values, by up to {largest:g}"
