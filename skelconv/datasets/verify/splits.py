"""Splits: which clips are for training, and which for testing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.parts import TRAINING, PartName, pairs_that_exclude
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.findings import Findings
from skelconv.plugin.guard import guarded
from skelconv.plugin.loading import load_registry

# Protocols that divide by camera, by set-up or by class: all subjects are in both parts.
_NOT_BY_SUBJECT = re.compile(r"view|set|shot|(^|[^a-z])(cv|zsl)([^a-z]|$)", re.IGNORECASE)

# Longer ones are cut before a pattern is searched for in them.
_LONGEST_ID = 1024


def check_splits(dataset: Dataset, findings: Findings) -> None:
    """Look for splits that name too much, too little, or a clip for training and test.

    Parameters
    ----------
    dataset : Dataset
        The dataset; no clip is read.
    findings : Findings
        Where to add what is found.
    """
    for name, unknown in dataset.unknown.items():
        if unknown:
            what = f"split {name} names clips that are missing"
            findings.add(catalog.MISSING_CLIPS, what, unknown)
    anywhere = np.zeros(len(dataset), bool)
    for name, members in dataset.splits.items():
        counts = _counts(members, len(dataset))
        anywhere |= counts > 0
        if not members:
            findings.add(catalog.EMPTY_SPLIT, f"split {name} is empty")
        if (counts > 1).any():
            what = f"split {name} names a clip twice"
            findings.add(catalog.NAMED_TWICE, what, _ids(dataset, counts > 1))
    if dataset.splits and not anywhere.all():
        findings.add(catalog.IN_NO_SPLIT, ids=_ids(dataset, ~anywhere))
    for one, other in pairs_of_parts(dataset.splits):
        both = _flags(dataset, one) & _flags(dataset, other)
        if both.any():
            what = f"splits {one} and {other} overlap"
            findings.add(catalog.OVERLAP, what, _ids(dataset, both))
    _check_subjects(dataset, findings)


def pairs_of_parts(splits: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of parts that exclude each other, such as ``xsub_train`` and ``xsub_val``.

    Parameters
    ----------
    splits : mapping of str to sequence of int
        The parts by name.

    Yields
    ------
    (str, str)
        The one for training first, if one of them is.
    """
    for one, other in pairs_that_exclude(splits):
        yield (other, one) if is_for_training(other) else (one, other)


def is_for_training(split: str) -> bool:
    """Return whether a part is for training.

    Parameters
    ----------
    split : str
        Its name.

    Returns
    -------
    bool
        By its name.
    """
    return PartName.of(split).kind == TRAINING


def _counts(members: Sequence[int], length: int) -> Array:
    return np.bincount(np.asarray(members, np.int64), minlength=length)


def _flags(dataset: Dataset, split: str) -> Array:
    return _counts(dataset.splits[split], len(dataset)) > 0


def _ids(dataset: Dataset, flags: Array) -> list[str]:
    return [dataset.ids[position] for position in np.flatnonzero(flags).tolist()]


def _check_subjects(dataset: Dataset, findings: Findings) -> None:
    divided = [
        (one, other)
        for one, other in pairs_of_parts(dataset.splits)
        if is_for_training(one) and not _NOT_BY_SUBJECT.search(one)
    ]
    if not divided:
        return
    patterns = _patterns()
    subjects = [_subject(clip_id, patterns) for clip_id in dataset.ids]
    for one, other in divided:
        trained = {subjects[n] for n in dataset.splits[one]}
        shared = {
            subject: None
            for n in dataset.splits[other]
            if (subject := subjects[n]) and subject in trained
        }
        if shared:
            kind = next(iter(shared))[0]
            names = [name for _, name in shared]
            findings.add(
                catalog.SUBJECTS,
                f"{kind}s in {one} and in {other}: {len(names)}, such as {', '.join(names[:3])}",
            )


def _patterns() -> list[re.Pattern[str]]:
    """Return how the splits of all plugins find in ids who or what is recorded."""
    found = []
    for offer in load_registry().of_kind("split"):
        subject = getattr(offer.descriptor, "subject", "")
        with guarded(offer.who):
            if subject and len((pattern := re.compile(subject)).groupindex) != 1:
                raise ValueError(f"its subject {subject!r:.60} has not one named group")
        if subject:
            found.append(pattern)
    return found


def _subject(clip_id: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, str] | None:
    """Return who is in a clip, as its id says: the kind of name, and the name."""
    for pattern in patterns:
        if found := pattern.search(clip_id[:_LONGEST_ID]):
            return next(iter(found.groupdict().items()))
    return None
