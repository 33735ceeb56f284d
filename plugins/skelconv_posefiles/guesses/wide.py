"""The patterns of the columns of a wide table, guessed from their names.

A column is called by a joint and an axis, in whichever order, with anything between and around
them that is the same in all: ``nose_x``, ``xNose``, ``Nase.px_h``, ``pos_x_12 (mm)``, ``Nosex``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SCORES = (
    "score", "conf", "confidence", "visibility", "vis", "likelihood", "prob", "probability",
    "presence", "accu", "accuracy", "v", "c", "s", "p",
)  # fmt: skip
"""What columns of scores are called; the first ones go first."""

_AXES = (("x", "y", "z"), ("h", "v"), ("horizontal", "vertical"), ("u", "v"), ("col", "row"))
# Lists in lists of JSON, of which the columns are called ``keypoints.3.0``.
_PLACES = ("0", "1", "2")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# A point has fewer places.
_POINT = 4
_PLACE = re.compile(r"(?<=\.)[012]\Z")
# A person before what all of them have: person1_nose, people.0.keypoints.3.
_PERSON = re.compile(
    r"(?P<before>[A-Za-z.]*?[_. -]?)(?P<person>\d+)(?P<between>[_. -])(?P<rest>.+)"
)
_EVERY = re.compile(r"\{n\*(\d)(?:\+(\d))?\}")
_MOST_NAMES, _LONGEST = 4000, 200
_LEAST, _MOST_PERSONS, _LEAST_OF_PERSON = 3, 20, 5


# What flat rows of one body are by their length: joints, and numbers of each.
_FLAT = {
    132: (33, 4), 99: (33, 3), 75: (25, 3), 51: (17, 3), 34: (17, 2), 50: (25, 2), 36: (18, 2),
    54: (18, 3), 63: (21, 3), 66: (22, 3), 42: (21, 2), 60: (20, 3), 78: (26, 3), 76: (19, 4),
    399: (133, 3),
}  # fmt: skip


def flat_form(length: int) -> tuple[int, int] | None:  # numpydoc ignore=PR01
    """Return joints and numbers of each of a flat list of a body, where its length is usual."""
    return _FLAT.get(length)


class WideColumns(NamedTuple):
    """The columns of a wide table.

    Attributes
    ----------
    patterns : dict of str to str
        For x, y, z and score, where they are there, such as ``{joint}_x``; empty where the table
        is not wide.
    joints : list of str
        What stands for the joint, in the order of the header.
    persons : list of str
        What stands for the person, where the columns are of several.
    """

    patterns: dict[str, str]
    joints: list[str]
    persons: Sequence[str] = ()


class _Stem(NamedTuple):
    """A column's name without the axis."""

    before: str
    after: str


def filled(pattern: str, joint: str, person: str = "") -> str:  # numpydoc ignore=PR01
    """Return the name of the column that a pattern stands for."""
    name = pattern.replace("{person}", person)
    every = _EVERY.search(name)
    if every:
        number = int(joint) * int(every[1]) + int(every[2] or 0)
        return name[: every.start()] + str(number) + name[every.end() :]
    return name.replace("{joint}", joint).replace("{n}", joint)


def wide_columns(header: Sequence[str]) -> WideColumns:
    """Find the patterns of the columns of x, y, z and score of a wide table.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.

    Returns
    -------
    WideColumns
        The patterns, as many joints as can be.
    """
    best = WideColumns({}, [])
    if len(header) > _MOST_NAMES:
        return best
    names = [name for name in header if len(name) <= _LONGEST]
    for axes in (*_AXES, _PLACES):
        for loose in (False, True) if axes == _AXES[0] else (False,):
            found = _by_axes(names, axes, loose)
            if len(found.joints) > len(best.joints):
                best = found
        if best.patterns:  # other axes would be something else, such as v beside x and y
            break
    return best if best.patterns else _in_flat_lists(names)


def _in_flat_lists(names: Sequence[str]) -> WideColumns:
    """Find a list of all numbers of a body: ``joints19.0`` to ``joints19.75``."""
    lists: dict[str, set[int]] = defaultdict(set)
    for name in names:
        stem, _, number = name.rpartition(".")
        if stem and number.isdecimal():
            lists[stem].add(int(number))
    # Many of one kind, such as value.0.points, value.1.points, are of more than one body.
    alike = Counter(re.sub(r"\d+", "#", stem) for stem in lists)
    for stem, numbers in sorted(lists.items(), key=lambda one: -len(one[1])):
        form = flat_form(len(numbers)) if max(numbers) == len(numbers) - 1 else None
        if form and alike[re.sub(r"\d+", "#", stem)] == 1:
            joints, width = form
            stem = stem.replace("{", "").replace("}", "")
            ends = ["", *(f"+{at}" for at in range(1, width))]
            patterns = {
                value: f"{stem}.{{n*{width}{end}}}"
                for value, end in zip(("x", "y", "z", "score"), ends, strict=False)
            }
            return WideColumns(patterns, [*map(str, range(joints))])
    return WideColumns({}, [])


def _by_axes(names: Sequence[str], axes: Sequence[str], loose: bool) -> WideColumns:
    """Find columns that are called by the same but for x, y, and maybe z."""
    stems: dict[tuple[_Stem, str], dict[str, str]] = {}
    for name in names:
        for axis, start, end in _axis_words(name, axes, loose):
            written = name[start:end]
            case = "upper" if written.isupper() else "title" if written.istitle() else "lower"
            stem = _Stem(name[:start], name[end:])
            stems.setdefault((stem, case), {}).setdefault(axis, name)
    paired = [(stem, case) for (stem, case), of in stems.items() if {*axes[:2]} <= of.keys()]
    if axes == _PLACES:  # not the beginning of a list of all numbers
        paired = [one for one in paired if f"{one[0].before}{_POINT}" not in {*names}]
    shared = _one_side(paired)
    if len(shared) < _LEAST:
        return WideColumns({}, [])
    found = _patterns(names, axes, stems, shared)
    if not found.persons:
        kind = _one_kind(shared)
        found = _patterns(names, axes, stems, kind) if len(kind) < len(shared) else found
    return found


def _patterns(
    names: Sequence[str],
    axes: Sequence[str],
    stems: Mapping[tuple[_Stem, str], Mapping[str, str]],
    shared: Sequence[tuple[_Stem, str]],
) -> WideColumns:
    """Write the columns of some stems as patterns."""
    three = len(axes) > 2 and all(axes[2] in stems[one] for one in shared)
    written = {
        value: stems[shared[0]][axis] for value, axis in zip("xyz", axes[: 2 + three], strict=False)
    }
    first = shared[0][0]
    ends = len({stem.after for stem, _ in shared}) == 1
    before, after, joints = _inner([stem.before if ends else stem.after for stem, _ in shared])
    place = "{n}" if all(part.isdecimal() for part in joints) else "{joint}"
    middle = f"{before}{place}{after}"
    patterns = {}
    for value, name in written.items():
        axis_word = name[len(first.before) : len(name) - len(first.after)]
        parts = (middle, axis_word, first.after) if ends else (first.before, axis_word, middle)
        patterns[value] = "".join(parts)
    by_axis = patterns["x"], shared[0][1], ends, first, middle
    score = _score(names, joints, by_axis, [*patterns.values()])
    if score:
        patterns["score"] = score
    return _by_persons(WideColumns(patterns, joints))


def _axis_words(name: str, axes: Sequence[str], loose: bool) -> Iterator[tuple[str, int, int]]:
    """Yield axes in a name, and where they are: as a word, or also at the end of a word."""
    if axes == _PLACES:
        place = _PLACE.search(name)
        if place:
            yield place[0], place.start(), place.end()
        return
    for word in _WORD.finditer(name):
        text = word[0].lower()
        if not loose:
            if text in axes:
                yield text, word.start(), word.end()
        elif len(text) > 1 and not text.isdecimal():
            if text[-1] in axes:
                yield text[-1], word.end() - 1, word.end()
            if text[0] in axes:
                yield text[0], word.start(), word.start() + 1


def _one_side(paired: Sequence[tuple[_Stem, str]]) -> list[tuple[_Stem, str]]:
    """Return most stems that differ only before the axis, or only behind it."""
    groups: dict[tuple[str, str, str], list[tuple[_Stem, str]]] = defaultdict(list)
    for stem, case in paired:
        groups["after", stem.after, case].append((stem, case))
        groups["before", stem.before, case].append((stem, case))
    return max(groups.values(), key=len, default=[])


def _one_kind(shared: Sequence[tuple[_Stem, str]]) -> Sequence[tuple[_Stem, str]]:
    """Return the stems of one kind, where there are several: joint1_3dX, joint1_depthX."""
    kinds: dict[str, list[tuple[_Stem, str]]] = defaultdict(list)
    for stem, case in shared:
        kinds[re.sub(r"\d+", "#", "|".join(stem))].append((stem, case))
    if min(map(len, kinds.values())) < _LEAST:
        return shared
    return max(kinds.values(), key=len)


def _score(
    names: Sequence[str],
    joints: Sequence[str],
    by_axis: tuple[str, str, bool, _Stem, str],
    taken: Sequence[str],
) -> str | None:
    """Find the pattern of scores: the same name with another word, or another end."""
    pattern, _, ends, first, middle = by_axis
    there = set(names)
    used = {filled(one, joint) for one in taken for joint in joints}
    by_lower = {name.lower(): name for name in names if name not in used}

    def fits(candidate: str) -> bool:
        return all(filled(candidate, joint) in there for joint in joints)

    for word in SCORES:
        # In the place of the axis.
        parts = (middle, word, first.after) if ends else (first.before, word, middle)
        name = by_lower.get(filled("".join(parts), joints[0]).lower())
        if name:
            start = name.lower().index(joints[0].lower()) if not ends else 0
            found = _with_joint(name, joints[0], pattern, start)
            if found and fits(found):
                return found
    for name in by_lower.values():  # nose.px_h, nose.px_v, nose.likelihood
        words = {word[0].lower() for word in _WORD.finditer(name.replace(joints[0], " ", 1))}
        if len(words) == 1 and words & {*SCORES} and joints[0] in name:
            found = _with_joint(name, joints[0], pattern, 0)
            if found and fits(found):
                return found
    return None


def _with_joint(name: str, joint: str, like: str, start: int) -> str | None:
    """Return a name as a pattern, its joint in the place where it is in another pattern."""
    place = "{n}" if "{n}" in like else "{joint}"
    at = name.find(joint, max(0, min(start, like.find(place))))
    at = name.find(joint) if at < 0 else at
    return None if at < 0 else name[:at] + place + name[at + len(joint) :]


def _by_persons(found: WideColumns) -> WideColumns:
    """Tell persons from joints, where all persons have the same joints."""
    parts = [_PERSON.fullmatch(joint) for joint in found.joints]
    matches = [match for match in parts if match]
    if len(matches) < len(parts) or len({(m["before"], m["between"]) for m in matches}) > 1:
        return found
    of_person: Mapping[str, list[str]] = defaultdict(list)
    for match in matches:
        of_person[match["person"]].append(match["rest"])
    joints, *others = of_person.values()
    if not 1 < len(of_person) <= _MOST_PERSONS or len(joints) < _LEAST_OF_PERSON:
        return found
    if any(other != joints for other in others):
        return found
    before, after, inner = _inner(joints)
    place = "{n}" if all(part.isdecimal() for part in inner) else "{joint}"
    match = matches[0]
    middle = f"{match['before']}{{person}}{match['between']}{before}{place}{after}"
    patterns = {
        value: pattern.replace("{joint}", middle).replace("{n}", middle, "{joint}" not in pattern)
        for value, pattern in found.patterns.items()
    }
    return WideColumns(patterns, inner, [*of_person])


def _inner(stems: Sequence[str]) -> tuple[str, str, list[str]]:
    """Return what is before and behind a joint's name or number in all of them, and the joints."""
    before, after = _around(stems)
    return before, after, [stem[len(before) : len(stem) - len(after)] for stem in stems]


def _around(stems: Sequence[str]) -> tuple[str, str]:
    before = _common(stems)
    after = _common([stem[::-1] for stem in stems])[::-1]
    first = before.rstrip("0123456789")  # digits at its end belong to a number
    number = re.compile(r"\d+").match(stems[0], len(first))
    if number:
        tail = stems[0][number.end() :]
        middle = [stem[len(first) : len(stem) - len(tail)] for stem in stems]
        if all(s.startswith(first) and s.endswith(tail) for s in stems) and all(
            part.isdecimal() for part in middle
        ):
            return first, tail
    # Letters that all names share may be theirs: left_eye, left_ear. What ends with a sign is
    # not: Pose.left_eye. Nor does a joint begin with one.
    start = re.match(r"(?:.*[.:/ ])?[^A-Za-z0-9]*", before)
    end = re.search(r"[^A-Za-z0-9]*(?:[.:/ ].*)?\Z", after)
    head, last = start[0] if start else "", end[0] if end else ""
    shortest = min(map(len, stems))
    return (head, last) if len(head) + len(last) < shortest else ("", "")


def _common(texts: Sequence[str]) -> str:
    """Return the beginning that all texts share."""
    least, most = min(texts), max(texts)
    same = next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), None)
    return least[:same] if same is not None else least
