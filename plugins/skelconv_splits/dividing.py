"""How clips are drawn into shares, by hashes of a seed and of names.

Nothing here depends on the order in which names are given, and nothing on a generator of random
numbers, whose stream each name would shift for those after it.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

_RANGE = 2**64


def cuts_of(sizes: Iterable[float]) -> list[Fraction]:
    """Return where one share ends and the next begins, between 0 and 1.

    Parameters
    ----------
    sizes : iterable of float
        The sizes of the shares, of which only their ratios count.

    Returns
    -------
    list of Fraction
        The end of each share but the last, ascending. 0.1 is a tenth, not the float next to it.
    """
    exact = [Fraction(str(size)) for size in sizes]
    total = sum(exact)
    return [end / total for end in accumulate(exact[:-1])]


def hash_of(seed: int, name: str) -> int:
    """Return a number that a name has with a seed.

    Parameters
    ----------
    seed : int
        The seed.
    name : str
        The name.

    Returns
    -------
    int
        From 0 to 2**64 - 1: the first eight bytes of SHA-256 of ``SEED:NAME``.
    """
    text = f"{seed}:{name}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def one_by_one(names: Iterable[str], cuts: Sequence[Fraction], seed: int) -> dict[str, int]:
    """Give each name a share by its own hash: what other names there are does not matter.

    Parameters
    ----------
    names : iterable of str
        The names, which are all different.
    cuts : sequence of Fraction
        From `cuts_of`.
    seed : int
        Another seed gives another division.

    Returns
    -------
    dict of str to int
        The number of the share of each name, from 0. Of n names, a share of size s has n * s on
        average, with a standard deviation of the root of n * s * (1 - s).
    """
    ends = [math.ceil(cut * _RANGE) for cut in cuts]
    return {name: bisect_right(ends, hash_of(seed, name)) for name in names}


def in_shares(
    names: Iterable[str], cuts: Sequence[Fraction], seed: int, salt: str = ""
) -> dict[str, int]:
    """Cut names that are in the order of their hashes: each share has its size, within one name.

    Parameters
    ----------
    names : iterable of str
        The names, which are all different.
    cuts : sequence of Fraction
        From `cuts_of`.
    seed : int
        Another seed gives another division.
    salt : str
        What these names are of. It decides which share gets what is left over, so that over many
        small classes it is not the same share each time.

    Returns
    -------
    dict of str to int
        The number of the share of each name, from 0. One more name moves at most one other at each
        cut.
    """
    ordered = sorted(names, key=lambda name: (hash_of(seed, name), name))
    left_over = Fraction(hash_of(seed, f"left over: {salt}"), _RANGE)
    ends = [int(len(ordered) * cut + left_over) for cut in cuts]
    return {name: bisect_right(ends, place) for place, name in enumerate(ordered)}


def balanced(
    groups: Mapping[str, Sequence[Hashable]], cuts: Sequence[Fraction], seed: int
) -> dict[str, int]:
    """Give each group a share such that the classes of their clips are divided evenly.

    The largest groups go first, each to the share that lacks most of the group's classes.

    Parameters
    ----------
    groups : mapping of str to sequence of hashable
        The class of each clip of each group.
    cuts : sequence of Fraction
        From `cuts_of`.
    seed : int
        Another seed gives another division among groups of the same size.

    Returns
    -------
    dict of str to int
        The number of the share of each group, from 0.
    """
    edges = [Fraction(0), *cuts, Fraction(1)]
    sizes = [float(end - start) for start, end in pairwise(edges)]
    totals = Counter(label for labels in groups.values() for label in labels)
    filled: list[Counter[Hashable]] = [Counter() for _ in sizes]
    found: dict[str, int] = {}
    for name in sorted(groups, key=lambda one: (-len(groups[one]), hash_of(seed, one), one)):
        counts = sorted(Counter(groups[name]).items(), key=lambda item: repr(item[0]))

        def excess(share: int, counts: Sequence[tuple[Hashable, int]] = counts) -> float:
            """Return by how much the squares of what is too much or too little grow."""
            total = 0.0
            for label, count in counts:  # sum() rounds otherwise from Python 3.12 on
                lacking = sizes[share] * totals[label] - filled[share][label]
                total += count * (count - 2 * lacking) / totals[label]
            return total

        share = min(range(len(sizes)), key=excess)
        filled[share].update(dict(counts))
        found[name] = share
    return found
