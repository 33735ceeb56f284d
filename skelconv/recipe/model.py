"""The recipe as the rest of skelconv uses it: checked and complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skelconv.plugin.use import Use, UseSink, UseSource, UseSplit, UseTransform
from skelconv.recipe.borrowed import Borrowed

RECIPE_VERSION = 1
BIBTEX = r"^\s*@[A-Za-z]+\s*\{\s*[^\s,{}]+\s*,[\s\S]*\}\s*$"
"""What an entry of BibTeX looks like: ``@article{KEY, ...}``."""

_TELLING = frozenset({"needs", "cite", "expect"})


@dataclass(frozen=True, slots=True)
class Expect:
    """The expected size of the whole dataset.

    Attributes
    ----------
    clips : int, optional
        The number of clips.
    splits : mapping of str to int
        The number of clips of each split, by its name.
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
        A description in one line.
    needs : tuple of str
        What has to be there before it can be built, and where it is from; a line each.
    cite : tuple of str
        BibTeX entries that ``skelconv cite`` prints, beside those of the plugins.
    source : UseSource
        Where clips come from.
    transforms : tuple of UseTransform
        What is applied to each clip, in order.
    splits : tuple of UseSplit
        Which clips belong to which part of the dataset.
    sink : UseSink
        Where clips are written.
    expect : Expect, optional
        The expected size of the whole dataset.
    borrowed : Borrowed
        What is from the environment, and is not shown.
    notes : tuple of str
        What whoever changed the recipe should know of the changes, a line each.
    given : str
        The file or name that it was loaded from; empty where it was given as values.
    """

    name: str
    about: str
    source: UseSource
    transforms: tuple[UseTransform, ...]
    splits: tuple[UseSplit, ...]
    sink: UseSink
    needs: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    expect: Expect | None = None
    borrowed: Borrowed = field(default_factory=Borrowed, repr=False, compare=False)
    notes: tuple[str, ...] = field(default=(), repr=False, compare=False)
    given: str = field(default="", repr=False, compare=False)

    def stages(self) -> Iterator[Use]:
        """Yield the recipe's stages, without the plugins within another's options."""
        yield self.source
        yield from self.transforms
        yield from self.splits
        yield self.sink

    def resolved(self) -> dict[str, Any]:
        """Return the recipe as plain JSON values, with parents, variables and defaults filled in.

        It may be passed on: variables of the environment stay as they are written, such as
        ``${NTU_ROOT}``, and URLs are without user, password, keys and signatures.

        Returns
        -------
        dict of str to JSON value
            Equal for two recipes that mean the same, however they are written.
        """
        written: dict[str, Any] = self.borrowed.written(self._plain())[0]
        return written

    def hidden(self) -> dict[str, str]:
        """Return digests of what `resolved` does not show.

        The sink's option ``path`` is left out: it is where the output is written.

        Returns
        -------
        dict of str to str
            For each text in `resolved` that replaces another, a digest of the other; empty for
            most recipes.
        """
        plain = self._plain()
        plain["sink"]["with"].pop("path", None)
        return self.borrowed.written(plain)[1]

    def digest(self) -> str:
        """Return a digest of everything in the recipe that decides the output's content.

        That is what is `decisive` of `resolved`, with `hidden`, and without the sink's option
        ``path``, which is where the output is written. The order of keys counts, because a plugin
        may depend on it.

        Returns
        -------
        str
            A SHA-256, in hexadecimal.
        """
        return digest_of(self.resolved(), self.hidden())

    def _plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "skelconv": RECIPE_VERSION,
            "name": self.name,
            "about": self.about,
            **({"needs": list(self.needs)} if self.needs else {}),
            **({"cite": list(self.cite)} if self.cite else {}),
            "source": self.source.plain(),
            "transforms": [stage.plain() for stage in self.transforms],
            "splits": [stage.plain() for stage in self.splits],
            "sink": self.sink.plain(),
        }
        if self.expect is not None:
            counts = {} if self.expect.clips is None else {"clips": self.expect.clips}
            plain["expect"] = {**counts, "splits": dict(self.expect.splits)}
        return plain


def decisive(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a resolved recipe decides the output.

    Parameters
    ----------
    resolved : mapping of str to JSON value
        What `Recipe.resolved` returns, or provenance holds.

    Returns
    -------
    dict of str to JSON value
        Without ``needs`` and ``cite``, which only tell, and ``expect``, which only checks.
    """
    return {key: value for key, value in resolved.items() if key not in _TELLING}


def digest_of(resolved: Mapping[str, Any], hidden: Mapping[str, str]) -> str:
    """Return the digest of a recipe of which only the resolved form is known; see `Recipe.digest`.

    Parameters
    ----------
    resolved : mapping of str to JSON value
        What `Recipe.resolved` returns, or provenance holds.
    hidden : mapping of str to str
        What `Recipe.hidden` returns, or provenance holds.

    Returns
    -------
    str
        A SHA-256, in hexadecimal.
    """
    plain = decisive(resolved)
    sink = plain["sink"]
    options = {key: value for key, value in sink["with"].items() if key != "path"}
    plain["sink"] = {**sink, "with": options}
    if hidden:
        plain["hidden"] = dict(hidden)
    canonical = json.dumps(plain, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
