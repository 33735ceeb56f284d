"""The classes of a dataset: how many clips each has, and what is to be told of their labels.

Pure functions of labels and names, for builds and for finished datasets alike. A class without a
name, as one is whose number lies between two others, is called ``""`` in a list of names.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from skelconv.data.parts import pairs_that_exclude
from skelconv.text.counts import counted
from skelconv.text.listing import listed

Label: TypeAlias = int | tuple[int, ...] | None

# How many labels or names a sentence lists.
_SHOWN, _FEW = 10, 5
_LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many clips have one label.

    Attributes
    ----------
    label : int or None
        The label; None for the clips that have none.
    name : str
        The name of the class; empty where it is not known.
    clips : int
        The number of clips; one with several labels counts for each of them.
    splits : mapping of str to int
        The number of these clips in each split, by its name.
    """

    label: int | None
    name: str
    clips: int
    splits: Mapping[str, int] = field(default_factory=dict)


def numbers_of(label: Label) -> tuple[int, ...]:
    """Return the numbers of a label.

    Parameters
    ----------
    label : int, tuple of int or None
        The label of a clip.

    Returns
    -------
    tuple of int
        One, several, or none.
    """
    if label is None:
        return ()
    return label if isinstance(label, tuple) else (label,)


def class_name(label: int | None, names: Sequence[str]) -> str:
    """Return the name of the class of a label.

    Parameters
    ----------
    label : int or None
        The label.
    names : sequence of str
        The names of the classes, in the order of labels.

    Returns
    -------
    str
        The name; empty where the label has no class, or the class no name.
    """
    return names[label] if label is not None and 0 <= label < len(names) else ""


def called(label: Label, names: Sequence[str]) -> str:
    """Return what a label is called: its numbers, each with the name of its class.

    Parameters
    ----------
    label : int, tuple of int or None
        The label of a clip.
    names : sequence of str
        The names of the classes, in the order of labels.

    Returns
    -------
    str
        Such as ``50 kicking``; empty where there is no label.
    """
    return ", ".join(f"{one} {class_name(one, names)}".rstrip() for one in numbers_of(label))


def in_words(numbers: Mapping[int, int], names: Sequence[str]) -> str:
    """Say which number became which.

    Parameters
    ----------
    numbers : mapping of int to int
        From old labels to new ones.
    names : sequence of str
        The names of the classes, in the order of the old labels.

    Returns
    -------
    str
        Such as ``run 0 -> 2, walk 1 -> 3``.
    """
    return ", ".join(
        f"{class_name(old, names)} {old} -> {new}".lstrip() for old, new in numbers.items()
    )


def count_classes(
    labels: Iterable[Label],
    names: Sequence[str] = (),
    splits: Mapping[str, Sequence[int]] | None = None,
) -> list[ClassCount]:
    """Count the clips of each class.

    Parameters
    ----------
    labels : iterable of int, tuple of int or None
        The label of each clip.
    names : sequence of str
        The names of the classes, in the order of labels.
    splits : mapping of str to sequence of int, optional
        The parts of the dataset by name, as positions in `labels`.

    Returns
    -------
    list of ClassCount
        In the order of labels: each label that a clip has, and each class that has a name. The
        clips without a label are the last.
    """
    codes: dict[Label, int] = {}
    # Four bytes for each clip: there may be millions.
    of_clip = array("I", (codes.setdefault(label, len(codes)) for label in labels))
    different = list(codes)

    def with_label(codes: Iterable[int]) -> dict[Label, int]:
        return {different[code]: clips for code, clips in Counter(codes).items()}

    parts = {
        name: with_label(of_clip[position] for position in members)
        for name, members in (splits or {}).items()
    }
    return count_labels(with_label(of_clip), names, parts)


def count_labels(
    clips: Mapping[Label, int],
    names: Sequence[str] = (),
    splits: Mapping[str, Mapping[Label, int]] | None = None,
) -> list[ClassCount]:
    """Count the clips of each class, where it is known how many have each label.

    Parameters
    ----------
    clips : mapping of label to int
        The number of clips with each label.
    names : sequence of str
        The names of the classes, in the order of labels.
    splits : mapping of str to mapping of label to int, optional
        The same of the clips of each part of the dataset.

    Returns
    -------
    list of ClassCount
        As of `count_classes`.
    """
    whole = _by_number(clips)
    parts = {name: _by_number(of_part) for name, of_part in (splits or {}).items()}
    known = {number for number in whole if number is not None}
    known |= {number for number, name in enumerate(names) if name}
    last = [None] if None in whole else []
    return [
        ClassCount(
            label,
            class_name(label, names),
            whole[label],
            {name: found[label] for name, found in parts.items()},
        )
        for label in [*sorted(known), *last]
    ]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."


def _by_number(clips: Mapping[Label, int]) -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    for label, count in clips.items():
        for number in set(numbers_of(label)) or (None,):
            found[number] += count
    return found


def lookalikes(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Find names of classes that differ in case or blanks alone.

    Parameters
    ----------
    names : sequence of str
        The names of the classes.

    Returns
    -------
    list of tuple of str
        Each group of such names, in their order; equal names are a group as well.
    """
    groups: dict[str, list[str]] = {}
    for name in filter(None, names):
        groups.setdefault("".join(name.split()).casefold(), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def gaps(labels: Iterable[int], most: int = _SHOWN) -> tuple[int, list[int]]:
    """Find the numbers from 0 to the highest label that no clip has.

    Parameters
    ----------
    labels : iterable of int
        The labels of clips.
    most : int
        How many of the numbers to return, at most: labels may be of any size.

    Returns
    -------
    (int, list of int)
        How many there are, and the first of them, ascending.
    """
    known = {label for label in labels if label >= 0}
    if not known:
        return 0, []
    first = (number for number in range(max(known)) if number not in known)
    return max(known) + 1 - len(known), list(islice(first, most))


def classes_needed(labels: Iterable[int]) -> int:
    """Return how many classes a trainer must be given (``num_classes``).

    Parameters
    ----------
    labels : iterable of int
        The labels of clips.

    Returns
    -------
    int
        The highest label and 1; 0 where no clip has a label.
    """
    return max(labels, default=-1) + 1


def facts(counts: Sequence[ClassCount]) -> list[str]:
    """Say what a user should know of the labels of a dataset.

    Parameters
    ----------
    counts : sequence of ClassCount
        The classes, from `count_classes`.

    Returns
    -------
    list of str
        A sentence for each of: the number of classes that a trainer must be given; labels without
        a class; clips without a label among others; classes without a clip; labels that do not
        begin at 0 or have other gaps; names that differ in case or blanks alone; classes that only
        one has of two parts that exclude each other, such as train and val. Empty where no clip has
        a label.
    """
    present = {one.label for one in counts if one.label is not None and one.clips}
    if not present:
        return []
    needed = classes_needed(present)
    last = max(one.label for one in counts if one.label is not None)
    least = "at least " if last >= needed else ""
    told = [f"a trainer must be given {least}{counted(needed, 'class', 'classes')} (num_classes)"]
    names = [one.name for one in counts if one.name]
    if names:
        nameless = [one.label for one in counts if one.label in present and not one.name]
        if nameless:
            have = "label of clips is" if len(nameless) == 1 else "labels of clips are"
            told.append(
                f"{len(nameless)} {have} of no class: {listed(nameless)} "
                f"({counted(len(names), 'class has', 'classes have')} a name)"
            )
    without = sum(one.clips for one in counts if one.label is None)
    if without:
        told.append(f"{counted(without, 'clip has', 'clips have')} no label, and others have one")
    told += _without_clips(counts, present)
    told += [
        f"classes whose names differ in case or blanks alone: {', '.join(map(repr, group))}"
        for group in lookalikes(names)
    ]
    return [*told, *_in_one_part_only(counts)]


def _without_clips(counts: Sequence[ClassCount], present: set[int]) -> Iterator[str]:
    """Say which classes, and which other numbers below the highest label, no clip has."""
    empty = [(one.label, one.name) for one in counts if one.label is not None and not one.clips]
    if empty:
        which = listed((f"{label} {_short(name)}".rstrip() for label, name in empty), _FEW)
        yield f"{counted(len(empty), 'class', 'classes')} without a clip: {which}"
    said = []
    if min(present) > 0:
        said.append(f"labels begin at {min(present)}, not at 0")
    highest = max(present)
    missing, first = gaps({*present, *(label for label, _ in empty if label < highest)})
    if missing:
        more = " more" if empty else ""
        have = "label below the highest has" if missing == 1 else "labels below the highest have"
        said.append(f"{missing}{more} {have} no clip: {listed(first, count=missing)}")
    if said:
        yield ": ".join(said)


def _in_one_part_only(counts: Sequence[ClassCount]) -> Iterator[str]:
    """Say which classes are in one part and not in another of the same division."""
    labelled = [one for one in counts if one.label is not None]
    found = []
    for pair in pairs_that_exclude(counts[0].splits if counts else ()):
        for has, lacks in (pair, pair[::-1]):
            alone = [one for one in labelled if one.splits[has] and not one.splits[lacks]]
            # An empty part is told as such.
            if alone and any(one.splits[lacks] for one in counts):
                found.append((has, lacks, alone))
    for has, lacks, alone in found[:_SHOWN]:
        classes = counted(len(alone), "class", "classes")
        which = listed(f"{one.label} {one.name}".rstrip() for one in alone)
        yield f"{classes} in {has} and not in {lacks}: {which}"
    if len(found) > _SHOWN:
        yield f"so it is of {counted(len(found) - _SHOWN, 'more pair')} of parts"
