"""Which images are the frames of a clip, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from skelconv.text import shown
from skelconv_video.kinds import stem_of

_DIGITS = re.compile(r"([0-9]+)")
_SHOWN = 3


class SeriesError(Exception):
    """Images of which it is not known which frames they are.

    Parameters
    ----------
    what : str
        What is not clear.
    pattern : str
        A pattern that would say it; empty where none would.
    """

    def __init__(self, what: str, pattern: str = "") -> None:
        super().__init__(what)
        self.pattern = pattern


class Series(NamedTuple):
    """Images that are frames.

    Attributes
    ----------
    names : sequence of str
        Their names, in the order of their numbers.
    others : sequence of str
        Images that are none of them.
    gaps : sequence of (int, int)
        The first and last of the numbers that are missing between two images.
    """

    names: Sequence[str]
    others: Sequence[str]
    gaps: Sequence[tuple[int, int]]


def series_of(names: Sequence[str], pattern: str | None = None) -> Series:
    r"""Find the frames among the images of a folder.

    Without a pattern, names must differ in one number alone: ``img_1.jpg``, ``img_2.jpg``, ...; an
    image without a number is none of them.

    Parameters
    ----------
    names : sequence of str
        The images.
    pattern : str, optional
        A regular expression with a group ``frame``, which has digits in it, such as
        ``^img_(?P<frame>\d+)``.

    Returns
    -------
    Series
        The frames; none where no image has a number.

    Raises
    ------
    SeriesError
        When there are several series, or two images have the same number.
    """
    numbered = _numbered(names) if pattern is None else _matched(names, pattern)
    ordered = sorted(numbered, key=lambda name: (numbered[name], name))
    for one, other in pairwise(ordered):
        if numbered[one] == numbered[other]:
            raise SeriesError(f"{shown(one)} and {shown(other)} have the same number")
    numbers = [numbered[name][-1] for name in ordered if len(numbered[name]) == 1]
    return Series(ordered, [name for name in names if name not in numbered], _gaps(numbers))


def _matched(names: Sequence[str], pattern: str) -> dict[str, tuple[int, ...]]:
    found = {}
    for name in names:
        match = re.search(pattern, name)
        numbers = _DIGITS.findall(match["frame"] or "") if match else []
        if numbers:
            found[name] = tuple(map(int, numbers))
    return found


def _numbered(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    groups: dict[tuple[str, ...], list[tuple[str, list[int]]]] = {}
    for name in names:
        parts = _DIGITS.split(stem_of(name))
        if len(parts) > 1:
            numbers = [int(digits) for digits in parts[1::2]]
            groups.setdefault(tuple(parts[::2]), []).append((name, numbers))
    if len(groups) > 1:
        most = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
        there = ", ".join(f"{shown(group[0][0])} ({len(group)})" for _, group in most[:_SHOWN])
        there += ", ..." if len(most) > _SHOWN else ""
        what = f"there are {len(groups)} series of images in it: {there}"
        raise SeriesError(what, _pattern(most[0][0], len(most[0][0]) - 2))
    if not groups:
        return {}
    ((texts, images),) = groups.items()
    columns = list(zip(*(numbers for _, numbers in images), strict=True))
    varying = [at for at, column in enumerate(columns) if len(set(column)) > 1]
    # What stands in front goes first, as in FRAME_SECONDS; it must tell all of them apart.
    at = varying[0] if varying else len(columns) - 1
    apart = len(set(columns[at])) == len(images)
    if len(varying) > 1 and not (apart and _counts([numbers for _, numbers in images], varying)):
        names = [shown(name) for name, _ in (images[0], images[-1])]
        what = f"several numbers of its images' names differ: {names[0]}, {names[1]}"
        raise SeriesError(what, _pattern(texts, varying[-1]))
    return {name: (numbers[at],) for name, numbers in images}


def _counts(images: Sequence[Sequence[int]], varying: Sequence[int]) -> bool:
    """Return whether the first number that differs may count the frames: SCORE_FRAME's does not.

    It is evenly spaced, or what follows has the images in the same order, or not in any.
    """
    first, *others = varying
    ordered = sorted(images, key=lambda numbers: numbers[first])
    if len({after[first] - before[first] for before, after in pairwise(ordered)}) == 1:
        return True
    rest = [tuple(numbers[at] for at in others) for numbers in ordered]
    return len(set(rest)) < len(rest) or rest == sorted(rest)


def _pattern(texts: Sequence[str], frame: int) -> str:
    """Return a pattern for one series."""
    parts = [re.escape(texts[0])]
    for at, text in enumerate(texts[1:]):
        parts += [r"(?P<frame>\d+)" if at == frame else r"\d+", re.escape(text)]
    return f"^{''.join(parts)}[.]"


def _gaps(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return what is missing in numbers of one step, the smallest one."""
    steps = [after - before for before, after in pairwise(numbers)]
    step = min(steps, default=1)
    return [
        (before + step, before + wide - step)
        for before, wide in zip(numbers, steps, strict=False)
        if wide >= 2 * step
    ]
