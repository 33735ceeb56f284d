"""The recipe as the rest of skelconv sees it: checked, complete and plain."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RECIPE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """A plugin and its options.

    Attributes
    ----------
    use : str
        The plugin's name, bare or as ``distribution/name``.
    options : mapping of str to JSON value
        Checked, and with the defaults of what the recipe leaves out.
    """

    use: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """What the whole dataset comes to.

    Attributes
    ----------
    clips : int, optional
        The number of clips.
    splits : mapping of str to int
        The number of clips of a split, by its name.
    """

    clips: int | None = None
    splits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a dataset is built. `load_recipe` makes it from a file.

    Attributes
    ----------
    name : str
        Letters, digits, ``.``, ``_`` and ``-``.
    about : str
        One line, for people.
    source : Stage
        Where clips come from.
    transforms : tuple of Stage
        What each clip goes through, in order.
    splits : tuple of Stage
        Which clips belong to which part of the dataset.
    sink : Stage
        Where clips go.
    expect : Expect, optional
        What the whole dataset comes to.
    """

    name: str
    about: str
    source: Stage
    transforms: tuple[Stage, ...]
    splits: tuple[Stage, ...]
    sink: Stage
    expect: Expect | None = None

    def resolved(self) -> dict[str, Any]:
        """Return all of it as plain JSON values: no parent, no variable, no default left out.

        Two recipes that say the same in different words give the same.
        """
        plain: dict[str, Any] = {
            "skelconv": RECIPE_VERSION,
            "name": self.name,
            "about": self.about,
            "source": _plain(self.source),
            "transforms": [_plain(stage) for stage in self.transforms],
            "splits": [_plain(stage) for stage in self.splits],
            "sink": _plain(self.sink),
        }
        if self.expect is not None:
            counts = {} if self.expect.clips is None else {"clips": self.expect.clips}
            plain["expect"] = {**counts, "splits": dict(self.expect.splits)}
        return plain

    def digest(self) -> str:
        """Return the SHA-256 of what decides the output's content, in hexadecimal.

        That is all of `resolved` but two things: ``expect``, by which the output is only judged,
        and the sink's option ``path``, which says where it goes and not what it is. The order of
        keys counts, for a plugin may go by it.
        """
        plain = self.resolved()
        plain.pop("expect", None)
        plain["sink"]["with"].pop("path", None)
        canonical = json.dumps(plain, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _plain(stage: Stage) -> dict[str, Any]:
    return {"use": stage.use, "with": copy.deepcopy(dict(stage.options))}
