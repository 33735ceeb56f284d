"""Which columns of a table hold what: by their names, or by patterns of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skelconv import ClipError
from skelconv.text import nearest, shown

PLACES = {"{joint}": r"(?P<joint>.+?)", "{n}": r"(?P<joint>\d{1,4})", "{person}": "(?P<person>.+?)"}
"""What stands in a pattern for a joint's name or number, its number, and a person."""

VALUES = ("x", "y", "z", "score")

# {n*3+1} is the second of three numbers of each joint in a list of all: 1, 4, 7, ...
_EVERY = re.compile(r"\{n\*(?P<every>[1-9])(?:\+(?P<offset>[0-8]))?\}")
_PLACE = re.compile(r"(\{\w+\}|\{n\*[1-9](?:\+[0-8])?\})")
# Longer names fit no pattern.
_MAX_NAME = 200
_SHOWN = 12


def is_pattern(name: str) -> bool:  # numpydoc ignore=PR01
    """Return whether a column's name is a pattern of many."""
    return bool(_PLACE.search(name))


def places_in(pattern: str) -> list[str]:  # numpydoc ignore=PR01
    """Return what stands for something in a pattern, such as ``{joint}``; ``{n*3+1}`` is a {n}."""
    return ["{n}" if _EVERY.match(place) else place for place in _PLACE.findall(pattern)]


def regular(pattern: str) -> re.Pattern[str]:  # numpydoc ignore=PR01
    """Return a pattern as a regular expression that a column's whole name must fit."""
    parts = [
        PLACES["{n}"] if _EVERY.match(part) else PLACES.get(part, re.escape(part))
        for part in _PLACE.split(pattern)
    ]
    return re.compile("".join(parts) + r"\Z", re.ASCII | re.IGNORECASE)


def joint_at(pattern: str, place: str) -> str | None:
    """Return the joint that stands in a column's name.

    Parameters
    ----------
    pattern : str
        The pattern that the name fits.
    place : str
        What is in the place of the joint.

    Returns
    -------
    str or None
        The same; of ``{n*3+1}`` the number of the joint, and None where it is of another value.
    """
    every = _EVERY.search(pattern)
    if not every:
        return place
    number, rest = divmod(int(place), int(every["every"]))
    return str(number) if rest == int(every["offset"] or 0) else None


@dataclass(frozen=True)
class Wide:
    """A table in which each row has all joints.

    Attributes
    ----------
    persons : mapping of str to dict of str to tuple of int
        By person, who is ``""`` where there is one, and joint, the positions of the columns of
        x, y, z where there is one, and score.
    """

    persons: Mapping[str, Mapping[str, tuple[int, ...]]]

    @property
    def joints(self) -> tuple[str, ...]:
        """The joints, as the columns of the first person name them."""
        return tuple(next(iter(self.persons.values())))


def single(header: Sequence[str], name: str) -> int:
    """Find a column.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    name : str
        The column's, in any case where only one is called so.

    Returns
    -------
    int
        Its position.

    Raises
    ------
    ClipError
        When it is not there once.
    """
    found = [at for at, each in enumerate(header) if each == name]
    found = found or [at for at, each in enumerate(header) if each.casefold() == name.casefold()]
    if len(found) > 1:
        raise ClipError(f"its header names the column {name!r} {len(found)} times", line=1)
    if not found:
        raise ClipError(
            f"its header must name the column {name!r} once{nearest(name, header[:_SHOWN])} "
            "(option columns)",
            line=1,
        )
    return found[0]


def wide(header: Sequence[str], patterns: Mapping[str, str]) -> Wide:
    """Find the columns of all joints.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    patterns : mapping of str to str
        For some of `VALUES` the pattern of its columns.

    Returns
    -------
    Wide
        Persons and joints in the order of the header.

    Raises
    ------
    ClipError
        When no column fits, two are of one joint, or a joint lacks one that others have.
    """
    found: dict[str, dict[str, dict[str, int]]] = {}
    for value, person, joint, at in _fitting(header, patterns):
        columns = found.setdefault(person, {}).setdefault(joint, {})
        if value in columns:
            both = f"{header[columns[value]]!r} and {header[at]!r}"
            raise ClipError(f"two columns fit {patterns[value]!r} alike: {both}", line=1)
        columns[value] = at
    if not found:
        fits = " or ".join(map(repr, patterns.values()))
        raise ClipError(
            f"no column of its header fits {fits}; it names {_listed(header)} (option columns)",
            line=1,
        )
    persons: dict[str, dict[str, tuple[int, ...]]] = {}
    joints = [*next(iter(found.values()))]
    for person, columns_of in found.items():
        for columns in columns_of.values():
            lacking = [value for value in patterns if value not in columns]
            if lacking:
                there = header[next(iter(columns.values()))]
                raise ClipError(
                    f"it has the column {shown(there)!r} and none of this joint that fits "
                    f"{patterns[lacking[0]]!r} (option columns: {{n}} fits numbers only)",
                    line=1,
                )
        if set(columns_of) != set(joints):
            raise ClipError(f"the columns of the person {person!r} are of other joints", line=1)
        persons[person] = {
            joint: tuple(columns_of[joint][value] for value in patterns) for joint in joints
        }
    return Wide(persons)


def _fitting(
    header: Sequence[str], patterns: Mapping[str, str]
) -> Iterator[tuple[str, str, str, int]]:
    """Yield what a column holds, its person and joint, and its position."""
    compiled = {value: regular(pattern) for value, pattern in patterns.items()}
    for at, name in enumerate(header):
        for value, pattern in compiled.items():
            match = pattern.match(name) if len(name) <= _MAX_NAME else None
            groups = match.groupdict() if match else {}
            joint = joint_at(patterns[value], groups.get("joint", "")) if match else None
            if joint is not None:
                yield value, groups.get("person", ""), joint, at


def _listed(names: Sequence[str]) -> str:
    some = ", ".join(shown(repr(name[:40])) for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return (some or "nothing") + (f" and {more} more" if more > 0 else "")
