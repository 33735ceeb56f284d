"""Splits that are read from lists, and those that follow from names."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping

from skelconv import BuildError
from skelconv_splits.grouping import MAX_NAME
from skelconv_splits.rows import Members


class ListSplit:
    """A split by lists, which are read when they are first needed.

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

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Return the parts of a clip.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        tuple of str
            The parts; none for a clip that is not in a list.
        """
        return self._members.of.get(clip_id, ())

    def listed(self) -> Iterator[str]:
        """Iterate over the ids of the clips that are in a part.

        Yields
        ------
        str
            An id, in the order of the lists.
        """
        yield from self._members.of


class PatternSplit:
    """A split by patterns that are searched for in ids.

    Parameters
    ----------
    patterns : mapping of str to str
        For each part a regular expression.

    Attributes
    ----------
    names : tuple of str
        The parts.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self.names = tuple(patterns)
        self._patterns = {part: re.compile(pattern) for part, pattern in patterns.items()}

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Return the part of a clip.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        tuple of str
            The part; none for a clip that no pattern fits.

        Raises
        ------
        BuildError
            When several patterns fit.
        """
        name = clip_id[:MAX_NAME]
        parts = tuple(part for part, pattern in self._patterns.items() if pattern.search(name))
        if len(parts) > 1:
            raise BuildError(
                f"the patterns of {' and '.join(parts)} all fit the clip {clip_id!r}",
                hint="A clip belongs to one part; make the patterns narrower.",
            )
        return parts
