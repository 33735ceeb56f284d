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

# Who or what is recorded, where ids name it: NTU RGB+D's performers, and UCF101's groups, which
# are cut from one video.
_SUBJECTS = (
    (re.compile(r"S\d{3}C\d{3}(P\d{3})R\d{3}A\d{3}"), "performer"),
    (re.compile(r"v_(\w+_g\d{2})_c\d{2}"), "group"),
)
# NTU's other protocols divide by camera or by set-up: all performers are in both parts.
_NOT_BY_SUBJECT = re.compile(r"view|set|(^|[^a-z])cv([^a-z]|$)", re.IGNORECASE)


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
    for one, other in pairs_of_parts(dataset.splits):
        if not is_for_training(one) or _NOT_BY_SUBJECT.search(one):
            continue
        trained = {_subject(dataset.ids[n]) for n in dataset.splits[one]}
        shared = {
            subject: None
            for n in dataset.splits[other]
            if (subject := _subject(dataset.ids[n])) and subject in trained
        }
        if shared:
            kind = next(iter(shared))[0]
            names = [name for _, name in shared]
            findings.add(
                catalog.SUBJECTS,
                f"{kind}s in {one} and in {other}: {len(names)}, such as {', '.join(names[:3])}",
            )


def _subject(clip_id: str) -> tuple[str, str] | None:
    """Return who is in a clip, as its id says: the kind of name, and the name."""
    for pattern, kind in _SUBJECTS:
        found = pattern.search(clip_id)
        if found:
            return kind, found[1]
    return None
