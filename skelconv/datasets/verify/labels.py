"""Labels and classes."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np

from skelconv.data.classes import lookalikes
from skelconv.data.clip import Array, Clip
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.findings import Findings
from skelconv.datasets.verify.splits import is_for_training, pairs_of_parts
from skelconv.text.counts import counted
from skelconv.text.listing import listed

_INT64 = range(-(2**63), 2**63)
_SHOWN = 5
# Gaps are counted from a list of all numbers; where a label is beyond this, it is no class.
_MOST_CLASSES = 1_000_000


class Labels:
    """The labels of clips that were read, in 16 bytes each.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, dataset: Dataset, findings: Findings) -> None:
        self._dataset = dataset
        self._findings = findings
        self._labels = array("q")
        self._clips = array("q")  # the position of the clip that each label is of
        self._unlabelled = array("q")

    def look(self, position: int, clip: Clip) -> None:
        """Take the labels of a clip.

        Parameters
        ----------
        position : int
            Where it is in the dataset.
        clip : Clip
            The clip.
        """
        label = clip.label
        if label is None or label == ():
            self._unlabelled.append(position)
            return
        for number in label if isinstance(label, tuple) else (label,):
            if number not in _INT64:
                self._findings.add_clip(catalog.LONG_LABEL, clip.id)
            elif number < 0:
                self._findings.add_clip(catalog.NEGATIVE_LABEL, clip.id, example=str(number))
            else:
                self._labels.append(number)
                self._clips.append(position)

    @property
    def num_classes(self) -> int:
        """How many classes a trainer must be given."""
        highest = max(self._labels, default=-1)
        return max(highest + 1, len(self._dataset.label_names))

    def finish(self) -> None:
        """Tell what is wrong with the labels of all clips."""
        names = self._dataset.label_names
        ids = self._dataset.ids
        if self._unlabelled and len(self._labels):
            self._findings.add(catalog.SOME_UNLABELLED, ids=[ids[n] for n in self._unlabelled])
        for same in lookalikes(names):
            listed = ", ".join(map(repr, same[:_SHOWN]))
            self._findings.add(catalog.SIMILAR_NAMES, f"{catalog.SIMILAR_NAMES.title}: {listed}")
        if not self._labels:
            return
        labels, clips = np.array(self._labels), np.array(self._clips)
        if names:
            named = np.array([bool(name.strip()) for name in names])
            nameless = ~named[np.minimum(labels, len(names) - 1)] | (labels >= len(names))
            if nameless.any():
                self._findings.add(
                    catalog.LABEL_WITHOUT_CLASS,
                    f"a label that is none of the {counted(named.sum(), 'class', 'classes')}",
                    [ids[n] for n in dict.fromkeys(clips[nameless].tolist())],
                    f"label {labels[nameless][0]}",
                )
        self._tell_classes(np.unique(labels), names)
        self._tell_splits(labels, clips)

    def _tell_classes(self, used: Array, names: Sequence[str]) -> None:
        count = self.num_classes
        named = [label for label, name in enumerate(names) if name.strip()]
        unused = np.setdiff1d(named, used)
        if len(unused):
            self._findings.add(
                catalog.CLASS_WITHOUT_CLIP,
                f"{counted(len(unused), 'class', 'classes')} of {len(named)} without a clip: "
                f"{_listed(unused, names)}",
            )
        # A class with a name is there, though no clip is of it.
        used = np.union1d(used, np.array(named, np.int64))
        give = f"a trainer must be given {counted(count, 'class', 'classes')}"
        if used[0] > 0:
            self._findings.add(
                catalog.NOT_FROM_ZERO,
                f"labels go from {used[0]} to {used[-1]}, not from 0: {give}",
            )
        gaps = int(used[-1] - used[0] + 1) - len(used)
        if gaps:
            inside = np.arange(used[0], min(int(used[-1]), _MOST_CLASSES))
            absent = np.setdiff1d(inside, used)
            which = f": {_listed(absent, names)}" if gaps == len(absent) else ""
            self._findings.add(
                catalog.LABEL_GAPS,
                f"labels {used[0]} to {used[-1]}, and {gaps} of them no clip has{which}; {give}",
            )

    def _tell_splits(self, labels: Array, clips: Array) -> None:
        splits = self._dataset.splits
        names = self._dataset.label_names
        in_part = {name: _labels_in(members, labels, clips) for name, members in splits.items()}
        for one, other in pairs_of_parts(splits):
            if not (is_for_training(one) and splits[one] and splits[other]):
                continue
            for rule, has, lacks in (
                (catalog.NEVER_TRAINED, other, one),
                (catalog.NEVER_TESTED, one, other),
            ):
                alone = np.setdiff1d(in_part[has], in_part[lacks])
                if len(alone):
                    what = f"{counted(len(alone), 'class', 'classes')} in {has} and not in {lacks}"
                    self._findings.add(rule, f"{what}: {_listed(alone, names)}")
        parts: Mapping[str, Array] = in_part or {"the dataset": labels}
        for name, numbers in parts.items():
            found, counts = np.unique(numbers, return_counts=True)
            if len(found) > 2 and counts.max() * 2 > counts.sum():
                largest = found[counts.argmax()]
                self._findings.add(
                    catalog.ONE_CLASS_RULES,
                    f"in {name}, {counts.max()} of {counts.sum()} clips are of one class of "
                    f"{len(found)}: {_listed([largest], names)}",
                )


def _labels_in(members: Sequence[int], labels: Array, clips: Array) -> Array:
    return np.asarray(labels[np.isin(clips, np.asarray(members, np.int64))])


def _listed(labels: Array | Sequence[int], names: Sequence[str]) -> str:
    shown = [
        f"{label} ({names[label]})" if label < len(names) else str(label)
        for label in labels[:_SHOWN]
    ]
    return listed(shown, _SHOWN, count=len(labels))
