"""How the clips of a dataset and the lists of its splits fit together: what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from skelconv.text.counts import counted

# Lists can name hundreds of thousands of clips that are not there.
_KEPT = 100


@dataclass(frozen=True, slots=True)
class Names:
    """Names of which there may be very many: their number, and the first of them.

    It is true where there are any.

    Attributes
    ----------
    count : int
        How many there are.
    first : tuple of str
        The first 100.
    """

    count: int = 0
    first: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Count names, and keep the first.

        Parameters
        ----------
        names : iterable of str
            The names.

        Returns
        -------
        Names
            Bounded in size.
        """
        left = iter(names)
        first = tuple(islice(left, _KEPT))
        return cls(len(first) + sum(1 for _ in left), first)

    def __bool__(self) -> bool:
        return bool(self.count)

    def __add__(self, more: Names) -> Names:
        return Names(self.count + more.count, (*self.first, *more.first)[:_KEPT])


@dataclass(frozen=True, slots=True)
class Membership:
    """How the clips, and the lists of the splits, fit together.

    The counts are of all that the source found, also with a limit and for a part of a build; but
    for those that are known only of clips that are made, see `of_made`.

    Attributes
    ----------
    without_clip : Names
        Names in the lists of splits that no clip has, but for those of `absent`, and those that
        the source rejects or leaves out.
    absent : int
        How many more names in these lists the source itself reports as absent.
    in_no_part : Names
        Clips that are in no part; empty where the recipe has no splits.
    in_two_parts : Names
        Clips that are in two parts that exclude each other, as train and test do.
    empty : tuple of str
        Parts without a clip.
    advice : tuple of str
        What would make names match that nearly do, a line for each list.
    without_item : Names
        Names in the lists of transforms that no clip has, such as in a table of segments.
    unmade : Names
        Names in lists and tables that a clip of an item could have had, and that none got.
    of_made : bool
        Whether transforms have made many clips of one, and `in_no_part`, `in_two_parts` and
        `unmade` are of what this build has made.
    """

    without_clip: Names = Names()
    absent: int = 0
    in_no_part: Names = Names()
    in_two_parts: Names = Names()
    empty: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    without_item: Names = Names()
    unmade: Names = Names()
    of_made: bool = False

    @property
    def faults(self) -> list[str]:
        """What makes a dataset not clean: names without a clip, and empty parts."""
        found = []
        if names := self.without_clip.count + self.absent:
            found.append(
                counted(names, "name in the splits has", "names in the splits have") + " no clip"
            )
        if names := self.without_item.count:
            found.append(
                counted(names, "name in a transform's list has", "names in transforms' lists have")
                + " no clip"
            )
        if names := self.unmade.count:
            found.append(counted(names, "listed clip was", "listed clips were") + " not made")
        if self.empty:
            found.append(counted(len(self.empty), "part is", "parts are") + " empty")
        return found
