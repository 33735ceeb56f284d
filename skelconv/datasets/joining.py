"""Datasets that become one: whether their classes are the same, or how they are joined by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from skelconv.data.classes import Label, class_name, in_words, numbers_of
from skelconv.data.errors import DatasetError
from skelconv.text.counts import counted
from skelconv.text.listing import listed

Joining: TypeAlias = Literal["same", "union"]

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the datasets says of its classes.

    Attributes
    ----------
    path : str
        The dataset.
    names : sequence of str
        The names of its classes, in the order of labels.
    labels : sequence of label
        The label of each clip.
    """

    path: str
    names: Sequence[str]
    labels: Sequence[Label]

    @property
    def numbers(self) -> list[int]:
        """The numbers that its clips have, ascending."""
        return sorted({number for label in set(self.labels) for number in numbers_of(label)})


@dataclass(frozen=True, slots=True)
class Joined:
    """The classes of the datasets together.

    Attributes
    ----------
    names : sequence of str
        The names of the classes, in the order of the new labels.
    numbers : sequence of mapping of int to int
        For each dataset, the new number of each of its labels; empty where labels stay.
    notes : sequence of str
        What is to be said of it.
    """

    names: Sequence[str]
    numbers: Sequence[Mapping[int, int]]
    notes: Sequence[str] = ()


def join(parts: Sequence[Part], classes: Joining) -> Joined:
    """Find out what the classes of several datasets are together.

    Parameters
    ----------
    parts : sequence of Part
        The datasets, in their order.
    classes : {"same", "union"}
        Whether their classes must be the same and labels stay as they are, or are joined by name:
        each class has then the number in which its name first occurs.

    Returns
    -------
    Joined
        The names, and the new numbers.

    Raises
    ------
    DatasetError
        When they are not the same; or when a label without a class is to be joined by name.
    """
    if classes == "union":
        return _union(parts)
    if not any(part.names for part in parts):
        return Joined((), [{} for _ in parts])
    return _same(parts)


def _same(parts: Sequence[Part]) -> Joined:
    first = next(part for part in parts if part.names)
    notes = []
    for part in parts:
        if part.names and tuple(part.names) != tuple(first.names):
            raise DatasetError(
                f"{first.path} and {part.path} differ in their classes:\n"
                f"    {first.path}: {listed(first.names, _SHOWN)}\n"
                f"    {part.path}: {listed(part.names, _SHOWN)}",
                hint="to join them by the names of classes, with other labels where they differ: "
                "--classes union",
            )
        if not part.names and part.numbers:
            beyond = [number for number in part.numbers if not class_name(number, first.names)]
            if beyond:
                raise DatasetError(
                    f"its labels have no names of classes, and {beyond[0]} is none of the "
                    f"{counted(len(first.names), 'class', 'classes')} of {first.path}",
                    where=part.path,
                )
            notes.append(
                f"the labels of {part.path} have no names of classes: they are taken to be those "
                f"of {first.path}"
            )
    return Joined(first.names, [{} for _ in parts], notes)


def _union(parts: Sequence[Part]) -> Joined:
    numbers: dict[str, int] = {}
    mappings = []
    notes = []
    for part in parts:
        nameless = [number for number in part.numbers if not class_name(number, part.names)]
        if nameless:
            raise DatasetError(
                f"the label {nameless[0]} is of no class with a name, by which it could be joined",
                where=part.path,
                hint=None if part.names else "build it again: skelconv keeps the names of classes",
            )
        twice = {name for name in part.names if name and part.names.count(name) > 1}
        if twice:
            raise DatasetError(
                f"two of its classes are called {min(twice)!r}, by which they cannot be joined",
                where=part.path,
            )
        mapping = {
            old: numbers.setdefault(name, len(numbers))
            for old, name in enumerate(part.names)
            if name
        }
        changed = {old: new for old, new in mapping.items() if old != new}
        if changed:
            notes.append(f"{part.path}: {in_words(changed, part.names)}")
        mappings.append(mapping)
    return Joined(tuple(numbers), mappings, notes)
