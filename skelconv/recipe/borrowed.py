"""What a recipe borrows from the environment, and how it is shown without it.

A recipe that is printed, or kept beside a dataset, says what its file says: ``${NTU_ROOT}/raw`` and
not the folder, ``${TOKEN}`` and not the token. So that two builds with other values are not taken
for the same, a digest of each value goes with it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skelconv.recipe.nodes import Path
from skelconv.text.secrets import without_secrets

# A shorter value, such as 1 or train, may be in other text by chance.
_LONG = 8


class Written(str):
    """Text as a recipe's file has it, in which ``${`` begins a variable."""

    __slots__ = ()


@dataclass(slots=True)
class Borrowed:
    """What a recipe has from the environment.

    Attributes
    ----------
    texts : dict of Path to str
        The texts with a value of the environment in them, as they are written, by the keys that
        lead to them.
    values : dict of str to str
        The values, each with its variable such as ``${NTU_ROOT}``.
    """

    texts: dict[Path, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Return text with variables in place of their values, and without secrets of URLs.

        Parameters
        ----------
        text : str
            Any text. Only values of 8 characters or more are looked for in it.

        Returns
        -------
        str
            The same text, as it may be kept.
        """
        for value in sorted(self.values, key=len, reverse=True):
            if len(value) >= _LONG:
                text = text.replace(value, self.values[value])
        return without_secrets(text)

    def hide_all(self, value: Any) -> Any:
        """Return JSON values with all text, keys too, as `hide` returns it.

        Parameters
        ----------
        value : JSON value
            The values; tuples count as lists.

        Returns
        -------
        JSON value
            A copy.
        """
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, Mapping):
            return {self.hide_all(key): self.hide_all(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.hide_all(one) for one in value]
        return value

    def written(self, plain: Any) -> tuple[Any, dict[str, str]]:
        """Return a recipe as it may be kept, and digests of what is hidden.

        Parameters
        ----------
        plain : JSON value
            The recipe, with the values of variables filled in.

        Returns
        -------
        written : JSON value
            The recipe with variables of the environment as they are written.
        digests : dict of str to str
            For each text in it that stands for another, a digest of the other.
        """
        hidden: dict[str, list[Any]] = {}
        written = self._write(plain, (), hidden)
        return written, {
            text: _digest(json.dumps(values)) for text, values in sorted(hidden.items())
        }

    def _write(self, value: Any, path: Path, hidden: dict[str, list[Any]]) -> Any:
        if isinstance(value, dict):
            return {key: self._write(one, (*path, key), hidden) for key, one in value.items()}
        if isinstance(value, list):
            return [self._write(one, (*path, str(i)), hidden) for i, one in enumerate(value)]
        if path in self.texts:
            shown: str = Written(without_secrets(self.texts[path]))
        elif isinstance(value, str) and (shown := self.hide(value)) != value:
            shown = Written(shown)
        else:
            return value
        values = hidden.setdefault(shown, [])
        if value not in values:
            values.append(value)
        return shown


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Describe where two recipes have other values for what is not shown.

    Parameters
    ----------
    before, after : mapping of str to str
        The digests of `Borrowed.written`.

    Yields
    ------
    str
        A line; what only one of the two has differs in the recipes themselves.
    """
    for text in sorted({*before} & {*after}):
        if before[text] != after[text]:
            yield f"recipe: {text} has another value now"


@functools.lru_cache(maxsize=1000)
def _digest(text: str) -> str:
    """Return a digest that takes long, as a secret may be short enough to be found by trying."""
    return hashlib.scrypt(
        text.encode("utf-8", "surrogatepass"), salt=b"skelconv", n=2**14, r=8, p=1, dklen=32
    ).hex()
