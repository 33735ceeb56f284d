"""Labels in the tables of transforms that make many clips of one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from skelconv import BuildError
from skelconv.files import number_labels, read_classes
from skelconv.plugin import Classes, Label

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class TableLabels:
    """How labels in a table are understood.

    Attributes
    ----------
    classes : sequence of str or Path
        The classes' names in the order of labels, or a file with one a line.
    first : int
        The number of the first class, for labels that are numbers.
    """

    classes: Sequence[str] | Path = ()
    first: int = 0

    def numbers(
        self, texts: Mapping[Key, str], places: Mapping[Key, str]
    ) -> tuple[dict[Key, Label], tuple[str, ...]]:
        """Return labels as numbers.

        Parameters
        ----------
        texts : mapping of key to str
            What the table has.
        places : mapping of key to str
            Where it stands.

        Returns
        -------
        labels : dict of key to int
            The numbers.
        names : tuple of str
            The classes, where labels are more than numbers.

        Raises
        ------
        BuildError
            When a label is none of the classes, or some are numbers and others are not.
        """
        classes = self.classes
        if isinstance(classes, Path):
            classes = read_classes(classes.expanduser())
        numbers, faults, names = number_labels(texts, places, classes, self.first)
        for key, fault in faults.items():
            raise BuildError(fault, where=places[key])
        return dict(numbers), names


def classes_for(texts: Mapping[Key, str], places: Mapping[Key, str], known: Classes) -> list[str]:
    """Return the classes of the source, where the labels of a table are their names.

    Parameters
    ----------
    texts : mapping of key to str
        What the table has.
    places : mapping of key to str
        Where it stands.
    known : Classes
        The classes of the source.

    Returns
    -------
    list of str
        The names, in the order of labels; empty where the table has others.

    Raises
    ------
    BuildError
        When some of its labels are names of these classes, and others are not.
    """
    names = [name for name in known.names if name]
    if len(names) < len(known.names) or len(set(names)) < len(names):
        return []
    if not set(names).intersection(texts.values()):
        return []
    for key, text in texts.items():
        if text not in names:
            try:
                known.number(text)
            except BuildError as error:
                hint = "correct it, or name all classes with the option 'classes'"
                raise BuildError(error.what, places[key], hint) from None
    return names


def whole_number(text: str) -> int | None:
    """Return a number in a table.

    Parameters
    ----------
    text : str
        What the table has.

    Returns
    -------
    int or None
        The number, from 0; None where it is something else.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
