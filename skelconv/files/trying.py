"""Opening a few files before a build: what is wrong with all of them is then told by the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

from skelconv.data.errors import ClipDropped, ClipError
from skelconv.files.catalog import Catalog, Found
from skelconv.plugin.interfaces.sources import Inventory, Rejected

T = TypeVar("T")

# So many that fail in a row are no chance, and cost a plan little.
_TRIED = 5


class Tried(NamedTuple, Generic[T]):
    """What came of it.

    Attributes
    ----------
    first : T, optional
        What opening the first file that is whole has given; None where there was none.
    number : int
        How many files were opened.
    failing : sequence of Rejected
        Those of them that are not whole.
    """

    first: T | None
    number: int
    failing: Sequence[Rejected]

    def told_in(self, inventory: Inventory) -> Inventory:
        """Return an inventory that tells of it.

        Parameters
        ----------
        inventory : Inventory
            That of the files.

        Returns
        -------
        Inventory
            With `tried` and `failing`, of which all are its items.
        """
        items = {item.id for item in inventory.items}
        failing = [one for one in self.failing if one.id in items]
        return replace(
            inventory, tried=self.number - len(self.failing) + len(failing), failing=failing
        )


def try_some(found: Sequence[Found], catalog: Catalog, opened: Callable[[Found], T]) -> Tried[T]:
    """Open files, spread over all, until one is whole or five are not.

    Parameters
    ----------
    found : sequence of Found
        The files. Those with a fault, and those that cannot be read now, are passed over.
    catalog : Catalog
        Their ids.
    opened : callable
        Opens a file; raises a `ClipError` where it is not whole, and a `ClipDropped` where it is to
        be left out.

    Returns
    -------
    Tried
        What came of it.
    """
    failing: list[Rejected] = []
    whole = [one for one in found if not one.fault]
    for place in dict.fromkeys(len(whole) * i // _TRIED for i in range(_TRIED)):
        if place >= len(whole):
            break
        one = whole[place]
        try:
            return Tried(opened(one), len(failing) + 1, failing)
        except ClipDropped:
            continue
        except ClipError as error:
            if isinstance(error.__cause__, OSError):
                continue  # a build tries it again
            where = one.place if error.line is None else f"{one.place}:{error.line}"
            failing.append(Rejected(one.id or catalog.id_of(one.path), error.reason, where))
    return Tried(None, len(failing), failing)
