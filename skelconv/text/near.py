"""Names that nearly match: the same but for capitals, an ending, a folder, zeros or a copy's mark.

A list of clips and the clips that are found are often from two programs, and each writes names in
its own way. What is found here is only said, and never used to join the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# Of longer names, such as whole lines of a table, none is compared.
_MAX_LENGTH = 300
# By so many, spread over the list, it is decided in what names differ.
_COMPARED = 1000
# Letters with a digit at most, and twice, as in `.skeleton.npy`: not the .5 of `v1.5`.
_ENDING = re.compile(r"(?<=[^/.])(\.[A-Za-z][A-Za-z0-9]{1,9}){1,2}\Z", re.ASCII)
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])", re.ASCII)
_COPY = re.compile(r"( ?\([0-9]{1,3}\)| - Copy( \([0-9]{1,3}\))?)(?=(\.[A-Za-z0-9.]{1,20})?\Z)")

WAYS: Mapping[str, Callable[[str], str]] = {
    "folder": lambda name: name.replace("\\", "/").rpartition("/")[2],
    "ending": lambda name: _ENDING.sub("", name),
    "copy": lambda name: _COPY.sub("", name),
    "capitals": str.casefold,
    "zeros": lambda name: _ZEROS.sub("", name),
    "accents": lambda name: unicodedata.normalize("NFC", name),
}
"""What may differ between two names of one clip, with what leaves it out, in the order of use."""


@dataclass(frozen=True, slots=True)
class NearMatch:
    """How listed names differ from names that are found.

    Attributes
    ----------
    ways : tuple of str
        In what they differ, as most of those that were compared: some of `WAYS`.
    count : int
        How many listed names are one that is found but for these, each another one.
    listed, found : str
        The first such pair.
    """

    ways: tuple[str, ...]
    count: int
    listed: str
    found: str


def near_match(listed: Iterable[str], found: Iterable[str]) -> NearMatch | None:
    """Find out how names that do not match would match.

    Parameters
    ----------
    listed, found : iterable of str
        Names; those that are in both are left out.

    Returns
    -------
    NearMatch or None
        The ways in which most pairs differ; None where nothing nearly matches. A name with more
        than one counterpart has none.
    """
    wanted, there = set(listed), set(found)
    others = [name for name in there - wanted if len(name) <= _MAX_LENGTH]
    if not others:
        return None  # as where some of a dataset are absent, and nothing is there in their place
    names = sorted(name for name in wanted - there if len(name) <= _MAX_LENGTH)
    some = names[:: len(names) // _COMPARED + 1]
    # With their folders at first: names such as 001 are in many.
    pairs = dict(_pairs(some, others, [way for way in WAYS if way != "folder"]))
    pairs = {**dict(_pairs(some, others, list(WAYS))), **pairs}
    counts = Counter(_needed(one, other) for one, other in pairs.items())
    for ways in sorted(counts, key=lambda ways: (-counts[ways], len(ways), ways)):
        matched = list(_pairs(names, others, ways))
        if matched:
            return NearMatch(ways, len(matched), *min(matched))
    return None


def _pairs(
    names: Iterable[str], others: Iterable[str], ways: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield the pairs that are equal without the ways, of names with one counterpart only."""
    mine, theirs = _by_key(names, ways), _by_key(others, ways)
    for key, name in mine.items():
        other = theirs.get(key)
        if key and name is not None and other is not None:
            yield name, other


def _by_key(names: Iterable[str], ways: Sequence[str]) -> dict[str, str | None]:
    """Return each name by what is left of it; None where this is so of several."""
    found: dict[str, str | None] = {}
    for name in names:
        key = without(name, ways)
        found[key] = None if key in found else name
    return found


def without(name: str, ways: Iterable[str]) -> str:
    """Return what is left of a name.

    Parameters
    ----------
    name : str
        The name.
    ways : iterable of str
        What is left out: some of `WAYS`.

    Returns
    -------
    str
        The rest.
    """
    left_out = set(ways)
    for way, function in WAYS.items():
        if way in left_out:
            name = function(name)
    return name


def _needed(one: str, other: str) -> tuple[str, ...]:
    """Return the ways without which two names would differ."""
    needed = list(WAYS)
    for way in WAYS:
        fewer = [kept for kept in needed if kept != way]
        if without(one, fewer) == without(other, fewer):
            needed = fewer
    return tuple(needed)
