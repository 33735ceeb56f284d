"""Parts of a dataset by their names: which are for training, and which exclude each other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

TRAINING = "train"

_WORDS = re.compile(r"[A-Za-z]+|[0-9]+")
_KINDS = {
    **dict.fromkeys(("train", "training"), TRAINING),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "eval"), "test"),
}


class PartName(NamedTuple):
    """What the name of a part says.

    Attributes
    ----------
    kind : str
        ``train``, ``val`` or ``test``; empty where the name has none of them, or several.
    division : tuple of str
        The other words of the name, which the parts of one division share: ``xsub`` of
        ``xsub_train`` and ``xsub_val``.
    """

    kind: str
    division: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> PartName:
        """Read a name.

        Parameters
        ----------
        name : str
            The name of a part, such as ``xsub_train``.

        Returns
        -------
        PartName
            What it says.
        """
        words = [word.lower() for word in _WORDS.findall(name)]
        kinds = [_KINDS[word] for word in words if word in _KINDS]
        others = tuple(word for word in words if word not in _KINDS)
        return cls(kinds[0] if len(kinds) == 1 else "", others)


def pairs_that_exclude(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of parts of which no clip should be in both.

    Parameters
    ----------
    names : iterable of str
        The names of parts.

    Yields
    ------
    (str, str)
        Parts of one division and of different kinds, such as ``xsub_train`` and ``xsub_val``, in
        their order.
    """
    divisions: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name in names:
        kind, division = PartName.of(name)
        if kind:
            divisions.setdefault(division, []).append((name, kind))
    for parts in divisions.values():
        for (one, kind), (other, another) in itertools.combinations(parts, 2):
            if kind != another:
                yield one, other
