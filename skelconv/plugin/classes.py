"""What is known of the classes while a build is planned, and how transforms change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from skelconv.data.classes import Label as Label
from skelconv.data.classes import class_name, in_words, numbers_of
from skelconv.data.errors import BuildError, ClipDropped, ClipError
from skelconv.text.advice import nearest

# A longer list of names is none: labels of this size are not numbers of classes.
_MOST_NAMES = 100_000


@dataclass(frozen=True, slots=True)
class Classes:
    """What is known of the classes at one place between source and sink.

    Attributes
    ----------
    names : tuple of str
        The names of the classes, in the order of labels; empty where they are not known, and
        ``""`` for a number without a name.
    clips : mapping of label to int, optional
        The labels that clips have, each with the number of these clips: a number, a tuple of
        numbers, or None for clips without a label. None where it is not known before clips are
        loaded.
    notes : tuple of str
        What the plan and the report say of it, such as which number became which.
    """

    names: tuple[str, ...] = ()
    clips: Mapping[Label, int] | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, names: Iterable[str], labels: Iterable[Label] | None, notes: Iterable[str] = ()
    ) -> Classes:
        """Return what a source knows.

        Parameters
        ----------
        names : iterable of str
            The names of the classes, in the order of labels.
        labels : iterable of label, optional
            The label of each clip.
        notes : iterable of str
            What is to be said.

        Returns
        -------
        Classes
            With the number of clips of each label.
        """
        return cls(tuple(names), None if labels is None else Counter(labels), tuple(notes))

    @property
    def labels(self) -> tuple[int, ...] | None:
        """The numbers that clips have as labels, ascending; None where they are not known."""
        if self.clips is None:
            return None
        return tuple(sorted({number for label in self.clips for number in numbers_of(label)}))

    def number(self, label: int | str) -> int:
        """Return the number of a class.

        Parameters
        ----------
        label : int or str
            The number, or the name of a class.

        Returns
        -------
        int
            The number.

        Raises
        ------
        BuildError
            When no class, or more than one, has this name.
        """
        if isinstance(label, int):
            return label
        if not self.names:
            raise BuildError(
                f"there is no class {label!r}: the names of the classes are not known here",
                hint="give their numbers",
            )
        found = [number for number, name in enumerate(self.names) if name == label]
        if not found:
            raise BuildError(
                f"there is no class {label!r}{nearest(label, filter(None, self.names))}"
            )
        if len(found) > 1:
            numbers = " and ".join(map(str, found))
            raise BuildError(
                f"the classes {numbers} are both called {label!r}", hint="give their numbers"
            )
        return found[0]

    def changed(self, change: Callable[[Label], Label], numbers: Iterable[int] = ()) -> Classes:
        """Return what is known after a function was applied to the label of each clip.

        A class that takes in several has all their names, with ``/`` between them.

        Parameters
        ----------
        change : callable
            From a label to the new one. It raises `skelconv.ClipError` or `skelconv.ClipDropped`
            where the clip does not stay.
        numbers : iterable of int
            Labels that clips may have, besides those of the classes, where it is not known which
            they have.

        Returns
        -------
        Classes
            With the new names and numbers of clips.
        """
        clips: Counter[Label] | None = None
        if self.clips is not None:
            clips = Counter()
            for label, count in self.clips.items():
                for new in _after(change, label):
                    clips[new] += count
        return replace(self, names=self._names_after(change, numbers), clips=clips)

    def _names_after(
        self, change: Callable[[Label], Label], numbers: Iterable[int]
    ) -> tuple[str, ...]:
        present = self.labels
        possible = {*range(len(self.names)), *numbers} if self.names else ()
        named: dict[int, dict[str, None]] = {}
        for old in sorted(possible) if present is None else present:
            for new in _numbers_after(change, old):
                named.setdefault(new, {})[class_name(old, self.names)] = None
        if present is not None:  # a class without a clip keeps its name, where it is in no way
            for old in set(range(len(self.names))).difference(present):
                for new in _numbers_after(change, old):
                    named.setdefault(new, {self.names[old]: None})
        # Of a number that also clips of no known class get, the class is not known.
        joined = {number: " / ".join(of) for number, of in named.items() if all(of) and number >= 0}
        count = max(joined, default=-1) + 1
        if count > _MOST_NAMES:
            return ()
        return tuple(joined.get(number, "") for number in range(count))

    def in_words(self, numbers: Mapping[int, int]) -> str:
        """Say which of the classes gets which number, for `notes`.

        Parameters
        ----------
        numbers : mapping of int to int
            From the numbers here to new ones.

        Returns
        -------
        str
            Such as ``run 0 -> 2, walk 1 -> 3``.
        """
        return in_words(numbers, self.names)


def _after(change: Callable[[Label], Label], label: Label) -> list[Label]:
    """Return the new label, or none where the clip does not stay."""
    try:
        return [change(label)]
    except (ClipDropped, ClipError):
        return []


def _numbers_after(change: Callable[[Label], Label], number: int) -> list[int]:
    return [new for label in _after(change, number) for new in numbers_of(label)]
