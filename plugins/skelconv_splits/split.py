"""Splits that are read from lists, and those that follow from names."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

from skelconv import BuildError
from skelconv_splits.rows import Members

MAX_NAME = 1024
"""The longest id that a pattern is tried on."""


class ListSplit:
    """A split by lists, which are read when they are first asked.

    Parameters
    ----------
    read : callable
        Reads the lists.

    Attributes
    ----------
    names : tuple of str
        The parts.
    """

    def __init__(self, read: Callable[[], Members]) -> None:
        self._read = read

    @functools.cached_property
    def _members(self) -> Members:
        return self._read()

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, in the order of the lists."""
        return self._members.parts

    def assign(self, frame_dir: str) -> tuple[str, ...]:
        """Name the parts of a clip; one that no list names is in none."""
        return self._members.of.get(frame_dir, ())


class PatternSplit:
    """A split by patterns that are searched for in ids.

    Parameters
    ----------
    patterns : mapping of str to str
        A regular expression a part.

    Attributes
    ----------
    names : tuple of str
        The parts.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self.names = tuple(patterns)
        self._patterns = {part: re.compile(pattern) for part, pattern in patterns.items()}

    def assign(self, frame_dir: str) -> tuple[str, ...]:
        """Name the part of a clip; one that no pattern fits is in none.

        Raises
        ------
        BuildError
            When several fit.
        """
        name = frame_dir[:MAX_NAME]
        parts = tuple(part for part, pattern in self._patterns.items() if pattern.search(name))
        if len(parts) > 1:
            raise BuildError(
                f"the patterns of {' and '.join(parts)} both fit the clip {frame_dir!r}",
                hint="A clip belongs to one part; make the patterns narrower.",
            )
        return parts
