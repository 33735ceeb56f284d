"""Labels of clips: other numbers for their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from skelconv import BuildError, Clip, ClipDropped, ClipError
from skelconv.files import read_rows
from skelconv.plugin import Classes, Label

Missing: TypeAlias = Literal["refuse", "keep", "drop"]


class Relabel:
    """Gives each clip the label that a mapping has for its label.

    Each of several labels is mapped; of those that become equal the first is kept.

    Parameters
    ----------
    mapping : mapping of int to int
        From old labels to new ones.
    missing : {"refuse", "keep", "drop"}
        What to do about a label that it lacks: it is an error, it is kept, or it is dropped, and
        the clip with it when it has no other.
    """

    def __init__(self, mapping: Mapping[int, int], missing: Missing = "refuse") -> None:
        self._mapping = mapping
        self._missing = missing

    def __call__(self, clip: Clip) -> Clip:
        """Relabel one clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The clip with new labels.

        Raises
        ------
        ClipError
            When the clip has no label, or one that is refused.
        ClipDropped
            When no label is left.
        """
        return clip.replace(label=self._new(clip.label))

    def classes(self, known: Classes) -> Classes:
        """Return the classes after it: their names follow the labels.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Those after it.
        """
        # Clips without a known class may have a number that a class gets.
        return known.changed(self._new, {*self._mapping, *self._mapping.values()})

    def _new(self, label: Label) -> Label:
        if label is None:
            raise ClipError("it has no label to be mapped")
        labels = label if isinstance(label, tuple) else (label,)
        lacking = sorted({one for one in labels if one not in self._mapping})
        if lacking and self._missing == "refuse":
            raise ClipError(f"the mapping has no label {lacking[0]}")
        kept = [one for one in labels if one in self._mapping or self._missing == "keep"]
        if not kept and labels:
            raise ClipDropped("the mapping has no label for it")
        changed = tuple(dict.fromkeys(self._mapping.get(one, one) for one in kept))
        return changed if isinstance(label, tuple) else changed[0]


class Renumber:
    """Numbers classes from 0 to n - 1.

    Parameters
    ----------
    labels : sequence of int
        The old labels, in the order of their new numbers.
    """

    def __init__(self, labels: Sequence[int]) -> None:
        self._numbers = {old: new for new, old in enumerate(labels)}
        self._relabel = Relabel(self._numbers)

    def __call__(self, clip: Clip) -> Clip:
        """Renumber the label of one clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The clip with the new number.

        Raises
        ------
        ClipError
            When the clip has no label, or one that has no new number.
        """
        return self._relabel(clip)

    def classes(self, known: Classes) -> Classes:
        """Return the classes after it, and say which number became which.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Those after it.
        """
        after = self._relabel.classes(known)
        changed = {old: new for old, new in self._numbers.items() if old != new}
        if not changed:
            return after
        return replace(after, notes=(*after.notes, f"renumber: {known.in_words(changed)}"))


def numbered(mapping: Mapping[Any, int], known: Classes) -> dict[int, int]:
    """Return a mapping of labels with numbers in place of the names of classes.

    Parameters
    ----------
    mapping : mapping of int or str to int
        From labels, or names of classes, to new labels.
    known : Classes
        The classes.

    Returns
    -------
    dict of int to int
        From labels to new labels.

    Raises
    ------
    BuildError
        When there is no class of a name, or a label is there twice.
    """
    numbers: dict[int, int] = {}
    for old, new in mapping.items():
        number = known.number(old)
        if number in numbers:
            raise BuildError(f"the label {number} is there twice, also as {old!r}")
        numbers[number] = new
    return numbers


def order_of(labels: Sequence[int | str] | None, known: Classes) -> tuple[int, ...]:
    """Return the old labels of ``renumber`` in the order of their new numbers.

    Parameters
    ----------
    labels : sequence of int or str, optional
        What the user gives: numbers or names; by default the labels that clips have, ascending.
    known : Classes
        The classes.

    Returns
    -------
    tuple of int
        The numbers.

    Raises
    ------
    BuildError
        When there is no class of a name, a label is there twice, or the labels that clips have are
        not known before they are loaded.
    """
    if labels is None:
        if known.labels is None:
            raise BuildError(
                "which labels there are is not known before the clips are loaded",
                hint="give them with the option 'labels', in the order of their new numbers, such "
                "as labels: [3, 7, 9]",
            )
        return known.labels
    numbers = [known.number(label) for label in labels]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise BuildError(f"the label {number} is there twice")
    return tuple(numbers)


def read_mapping(path: Path) -> dict[int | str, int]:
    """Read a mapping of labels from a csv file with the columns ``old`` and ``new``.

    Parameters
    ----------
    path : Path
        The file. Old labels are numbers or names of classes.

    Returns
    -------
    dict of int or str to int
        From old labels to new ones.

    Raises
    ------
    BuildError
        When it cannot be read, or is not in this format.
    """
    mapping: dict[int | str, int] = {}
    for line, (text, new) in read_rows(path, ("old", "new")):
        where = f"{path}:{line}"
        if not text or not _is_label(new):
            raise BuildError(
                "old must be a label or the name of a class, and new a whole number", where
            )
        old = int(text) if _is_label(text) else text
        if old in mapping:
            raise BuildError(f"the label {old} is there twice", where)
        mapping[old] = int(new)
    return mapping


def _is_label(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) < 10
