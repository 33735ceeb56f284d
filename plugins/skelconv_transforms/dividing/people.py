"""A clip for each person of a clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from skelconv import BuildError, Clip, ClipDropped, ClipError
from skelconv.files import read_rows
from skelconv.plugin import Classes, Label, Unmade
from skelconv_transforms.dividing.labels import TableLabels, whole_number
from skelconv_transforms.dividing.naming import numbers_of_people, person_named


class SplitPeople:
    """Gives a clip for each person of a clip, ``ID#2`` for person 2.

    Parameters
    ----------
    csv : Path, optional
        The file with the labels.
    labels : mapping of (str, int) to label, optional
        The label of each person, by the id of the clip and the person's number; None where each
        has that of the clip.
    names : sequence of str
        The classes of these labels.
    missing : {"refuse", "drop"}
        What becomes of people without one.
    """

    def __init__(
        self,
        csv: Path | None,
        labels: Mapping[tuple[str, int], Label] | None,
        names: tuple[str, ...],
        missing: Literal["refuse", "drop"],
    ) -> None:
        self._csv = csv
        self._labels = labels
        self._names = names
        self._missing = missing

    def listed(self) -> Iterator[str]:
        """Return the clips that the table names.

        Yields
        ------
        str
            An id.
        """
        yield from dict.fromkeys(clip_id for clip_id, _ in self._labels or ())

    def classes(self, known: Classes) -> Classes:
        """Return the classes after it.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Those of the table, where there is one.
        """
        if self._labels is None:
            return known
        return replace(Classes.of(self._names, self._labels.values()), notes=known.notes)

    def divide(self, clip: Clip) -> Iterator[Clip | Unmade]:
        """Give a clip for each person, in the order of rows. Their frames stay as they are.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        Clip or Unmade
            A row in which nobody is gives no clip, and is counted.

        Raises
        ------
        ClipError
            When two rows are the same person.
        ClipDropped
            When it has no rows.
        """
        numbers = numbers_of_people(clip)
        if not numbers:
            raise ClipDropped("nobody is in it")
        if len(set(numbers)) < len(numbers):
            twice = next(one for one in numbers if numbers.count(one) > 1)
            raise ClipError(f"two of its rows have the track id {twice}")
        there = np.asarray(clip.present().any((1, 2)))
        for row, number in enumerate(numbers):
            name = person_named(clip.id, number)
            label = clip.label if self._labels is None else self._labels.get((clip.id, number))
            if not there[row]:
                yield Unmade(name, ClipDropped("nobody is in this row of the recording"))
            elif self._labels is not None and label is None:
                yield Unmade(name, self._unlabelled())
            else:
                yield clip.take("M", [row]).replace(id=name, label=label)

    def _unlabelled(self) -> ClipError | ClipDropped:
        if self._missing == "drop":
            return ClipDropped("the table has no label for this person")
        return ClipError("no label: the table has no row for this person", path=str(self._csv))


def read_people(
    path: Path, strip: str
) -> tuple[dict[tuple[str, int], str], dict[tuple[str, int], str]]:
    """Read the labels of people.

    Parameters
    ----------
    path : Path
        A csv file with the columns ``id``, ``person`` and ``label``.
    strip : str
        An ending that is left out of ids.

    Returns
    -------
    texts, places : dict of (str, int) to str
        The label as it is written, and its place, by id and person.

    Raises
    ------
    BuildError
        When it cannot be read or is not in this format, or has a person twice.
    """
    texts: dict[tuple[str, int], str] = {}
    places: dict[tuple[str, int], str] = {}
    for line, (name, person, label) in read_rows(path, ("id", "person", "label")):
        where = f"{path}:{line}"
        number = whole_number(person)
        if not name or number is None or not label:
            raise BuildError("it must have an id, a person's number and a label", where)
        key = name.removesuffix(strip), number
        if key in texts:
            raise BuildError(f"person {number} of {key[0]!r} is there twice", where)
        texts[key], places[key] = label, where
    return texts, places


def split_people(
    csv: Path | None, table: TableLabels, strip: str, missing: Literal["refuse", "drop"]
) -> SplitPeople:
    """Make the transform, and read its table.

    Parameters
    ----------
    csv : Path, optional
        The file with the labels.
    table : TableLabels
        How its labels are understood.
    strip : str
        An ending that is left out of its ids.
    missing : {"refuse", "drop"}
        What becomes of people without one.

    Returns
    -------
    SplitPeople
        The transform.

    Raises
    ------
    BuildError
        When the table cannot be used.
    """
    if csv is None:
        return SplitPeople(None, None, (), missing)
    texts, places = read_people(csv, strip)
    labels, names = table.numbers(texts, places)
    return SplitPeople(csv, labels, names, missing)
