"""Layouts that no plugin offers: a recipe or a file defines them, and clips bring them along.

A definition is plain data ::

    name: my_hand
    joints: [wrist, thumb, index]
    parents: {thumb: wrist, index: wrist}
    limbs: [[wrist, thumb], [wrist, index]]
    left_right: []

`Clip.layout` is the name of a layout. That of an own layout is an `OwnLayout`, which brings the
definition along; its text ends in a digest of it, so that two definitions have two names.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from skelconv.data.layout import Layout

Definition: TypeAlias = dict[str, Any]

MAX_JOINTS = 1000
MAX_LIMBS = 10_000
_MAX_FAULTS = 20
_KEYS = ("name", "joints", "parents", "limbs", "left_right")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
_JOINT = re.compile(r"[^\W_][\w .:/+-]{0,63}\Z")
_DIGITS = 8


class DefinitionError(ValueError):
    """A definition of a layout that cannot be used.

    Parameters
    ----------
    faults : iterable of (tuple of str, str)
        For each fault the keys that lead to its place in the definition, and what is wrong.
    """

    def __init__(self, faults: Iterable[tuple[tuple[str, ...], str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(what for _, what in self.faults))

    def __reduce__(self) -> tuple[Any, ...]:
        return DefinitionError, (self.faults,)


class OwnLayout(str):
    """The name of a layout that brings its definition along, also to other processes.

    Its text is the name in the definition, ``#``, and the begin of the definition's SHA-256.

    Attributes
    ----------
    layout : Layout
        The layout. Its name is without the digest.
    """

    __slots__ = ("layout",)

    layout: Layout

    def __new__(cls, layout: Layout) -> OwnLayout:  # noqa: D102 (the class says it)
        content = json.dumps(_definition(layout), separators=(",", ":"))
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        own = super().__new__(cls, f"{layout.name}#{digest[:_DIGITS]}")
        own.layout = layout
        return own

    def __reduce__(self) -> tuple[Any, ...]:
        return OwnLayout, (self.layout,)


def stored_layout(name: str) -> str | Definition:
    """Return what files hold of a layout.

    Parameters
    ----------
    name : str
        As in `Clip.layout`.

    Returns
    -------
    str or dict
        The name of a layout that a plugin offers; the definition of any other one.
    """
    return _definition(name.layout) if isinstance(name, OwnLayout) else name


def layout_of_stored(stored: Any) -> str:
    """Return a layout as clips name it.

    Parameters
    ----------
    stored : str or mapping
        See `stored_layout`.

    Returns
    -------
    str
        For `Clip.layout`.

    Raises
    ------
    ValueError
        When it is neither a name nor a definition.
    """
    if isinstance(stored, str):
        return stored
    if isinstance(stored, Mapping):
        return define(stored, mirrored=False)
    raise ValueError("its layout is neither a name nor a definition")


def define(definition: Mapping[str, Any], *, name: str = "", mirrored: bool = True) -> OwnLayout:
    """Make a layout from its definition.

    Parameters
    ----------
    definition : mapping
        ``joints``: names in the order of the keypoints. ``parents``: the parent of each joint but
        one, the root, or null where there are more roots; without it a tree is made of the limbs,
        from the first joint on. ``limbs``: pairs of
        joints that are drawn; by default each joint and its parent. ``left_right``: pairs of a
        left and a right joint; by default the joints whose names begin with ``left_`` and
        ``right_``. ``name``: letters and digits.
    name : str
        The name where the definition has none.
    mirrored : bool
        Whether the parents of a left and a right joint must be a left and a right joint, or one.

    Returns
    -------
    OwnLayout
        The name of the layout, with the definition.

    Raises
    ------
    DefinitionError
        With all that is wrong.
    """
    return OwnLayout(_Reading(definition, name, mirrored).layout())


def spanning_tree(count: int, limbs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Make a tree of limbs, which may have circles.

    Parameters
    ----------
    count : int
        V.
    limbs : iterable of (int, int)
        Pairs of joints.

    Returns
    -------
    tuple of (int, int)
        Pairs of joint and parent: the nearest way to the first joint. What is not connected with
        it has a root of its own.
    """
    near: list[list[int]] = [[] for _ in range(count)]
    for one, other in limbs:
        near[one].append(other)
        near[other].append(one)
    parents: dict[int, int] = {}
    seen: set[int] = set()
    for root in range(count):
        if root in seen:
            continue
        seen.add(root)
        waiting = deque([root])
        while waiting:
            joint = waiting.popleft()
            for neighbour in sorted(near[joint]):
                if neighbour not in seen:
                    seen.add(neighbour)
                    parents[neighbour] = joint
                    waiting.append(neighbour)
    return tuple(sorted(parents.items()))


def sides_by_name(joints: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Find the pairs of joints whose names begin with ``left_`` and ``right_``.

    Parameters
    ----------
    joints : sequence of str
        The joints.

    Returns
    -------
    tuple of (int, int)
        Left and right, in the order of the left ones.
    """
    index = {joint: position for position, joint in enumerate(joints)}
    found = []
    for joint, position in index.items():
        if joint.lower().startswith("left"):
            other = ("R" if joint[0] == "L" else "r") + "ight" + joint[4:]
            if other in index:
                found.append((position, index[other]))
    return tuple(found)


@functools.lru_cache(maxsize=64)
def _definition(layout: Layout) -> Definition:
    """Return a layout as plain data; it is shared, and may not be changed."""
    names = layout.joints
    parents: dict[str, str | None] = {
        names[joint]: names[parent] for joint, parent in sorted(layout.bones)
    }
    roots = [name for name in names if name not in parents]
    return {
        "name": layout.name,
        "joints": list(names),
        "parents": parents | dict.fromkeys(roots if len(roots) > 1 else ()),
        "limbs": [[names[one], names[other]] for one, other in layout.limbs],
        "left_right": [[names[left], names[right]] for left, right in layout.pairs],
    }


class _Reading:
    """Reads a definition, and collects all that is wrong with it."""

    def __init__(self, definition: Mapping[str, Any], name: str, mirrored: bool) -> None:
        self._given = definition
        self._mirrored = mirrored
        self._faults: list[tuple[tuple[str, ...], str]] = []
        for key in definition:
            if key not in _KEYS:
                self._fault(f"a layout has no key {key!r:.60}: it has {', '.join(_KEYS)}", str(key))
        self._name = self._read_name(name)
        self._joints = self._read_joints()
        self._index = {joint: position for position, joint in enumerate(self._joints)}

    def layout(self) -> Layout:
        if self._faults:  # further ones would follow from these
            raise DefinitionError(self._faults)
        limbs = self._pairs("limbs")
        bones = self._read_parents()
        if bones is None:
            bones = spanning_tree(len(self._joints), limbs)
        if self._given.get("left_right") is None:
            pairs = sides_by_name(self._joints)
        else:
            pairs = self._pairs("left_right")
            self._check_sides(pairs, dict(bones))
        if self._faults:
            raise DefinitionError(self._faults)
        return Layout(
            name=self._name,
            summary=f"Of a recipe or a file: {len(self._joints)} joints",
            joints=self._joints,
            bones=bones,
            pairs=pairs,
            limbs=limbs,
        )

    def _fault(self, what: str, *path: str) -> None:
        if len(self._faults) < _MAX_FAULTS:
            self._faults.append((path, what))

    def _read_name(self, default: str) -> str:
        name = self._given.get("name", default)
        if not isinstance(name, str) or not _NAME.match(name):
            what = "is missing" if name in ("", None) else f"is {name!r:.60}"
            need = "at most 64 letters, digits, '.', '_' and '-'"
            self._fault(f"the layout's name {what}: it must be {need}", "name")
            return ""
        return name

    def _read_joints(self) -> tuple[str, ...]:
        joints = self._given.get("joints")
        if not isinstance(joints, list | tuple) or not joints:
            what = "the layout needs a list `joints`: names in the order of the keypoints"
            self._fault(what, "joints")
            return ()
        if len(joints) > MAX_JOINTS:
            what = f"a layout of {len(joints):,} joints; the most is {MAX_JOINTS:,}"
            self._fault(what, "joints")
            return ()
        first: dict[str, int] = {}
        for place, joint in enumerate(joints):
            if not isinstance(joint, str) or not _JOINT.match(joint):
                what = f"{joint!r:.60} is no name of a joint: at most 64 letters, digits and '_'"
                if isinstance(joint, bool | int | float):
                    what += " (in quotes it is text)"
                self._fault(what, "joints", str(place))
            elif first.setdefault(joint, place) != place:
                what = f"the joint {joint!r} is there twice: as number {first[joint]} and {place}"
                self._fault(what, "joints", str(place))
        return tuple(map(str, joints))

    def _joint(self, name: Any, *path: str) -> int | None:
        if isinstance(name, str) and name in self._index:
            return self._index[name]
        self._fault(f"{name!r:.60} is none of the joints", *path)
        return None

    def _read_parents(self) -> tuple[tuple[int, int], ...] | None:
        given = self._given.get("parents")
        if given is None:
            return None
        if not isinstance(given, Mapping):
            self._fault("parents must be a mapping from each joint to its parent", "parents")
            return ()
        parents: dict[int, int] = {}
        roots: set[int] = set()
        for joint, parent in given.items():
            child = self._joint(joint, "parents", str(joint))
            above = None if parent is None else self._joint(parent, "parents", str(joint))
            if child is not None and above is not None:
                parents[child] = above
            elif child is not None and parent is None:
                roots.add(child)
        if len(parents) + len(roots) == len(given):
            self._check_tree(parents, roots)
        return tuple(sorted(parents.items()))

    def _check_tree(self, parents: Mapping[int, int], said: set[int]) -> None:
        done: set[int] = set()
        for start in parents:
            way: dict[int, None] = {}
            joint = start
            while joint in parents and joint not in done and joint not in way:
                way[joint] = None
                joint = parents[joint]
            if joint in way:
                circle = [*list(way)[list(way).index(joint) :], joint]
                names = " -> ".join(self._joints[one] for one in circle[:6])
                dots = " ..." if len(circle) > 6 else ""
                what = f"the parents are a circle: {names}{dots}"
                self._fault(what, "parents", self._joints[joint])
            done.update(way)
        found = set(range(len(self._joints))) - set(parents)
        if len(found) > 1 and found != said:
            roots = [self._joints[place] for place in sorted(found - said)]
            more = ", ..." if len(roots) > 6 else ""
            self._fault(
                f"the parents are no tree: {', '.join(roots[:6])}{more} have no parent, and one "
                "joint alone, the root, may have none (null says that a joint is a root, too)",
                "parents",
            )

    def _pairs(self, key: str) -> tuple[tuple[int, int], ...]:
        given = self._given.get(key)
        if given is None:
            return ()
        if not isinstance(given, list | tuple):
            self._fault(f"{key} must be a list of pairs of joints", key)
            return ()
        if len(given) > MAX_LIMBS:
            self._fault(f"{len(given):,} pairs in {key}; the most is {MAX_LIMBS:,}", key)
            return ()
        pairs: dict[tuple[int, int], None] = {}
        for place, pair in enumerate(given):
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                self._fault("this must be a pair of joints: [one, other]", key, str(place))
                continue
            ends = [self._joint(end, key, str(place), str(n)) for n, end in enumerate(pair)]
            one, other = ends
            if one is None or other is None:
                continue
            if one == other:
                self._fault(f"a pair of {pair[0]!r} with itself", key, str(place))
            elif (one, other) in pairs or (other, one) in pairs:
                what = f"the pair of {pair[0]!r} and {pair[1]!r} is there twice"
                self._fault(what, key, str(place))
            pairs[one, other] = None
        return tuple(pairs)

    def _check_sides(self, pairs: Sequence[tuple[int, int]], parents: Mapping[int, int]) -> None:
        names = self._joints
        mirror: dict[int, int] = {}
        for place, (left, right) in enumerate(pairs):
            for joint in (left, right):
                if joint in mirror:
                    self._fault(f"{names[joint]!r} is in two pairs", "left_right", str(place))
            mirror |= {left: right, right: left}
        if not self._mirrored or self._given.get("parents") is None or self._faults:
            return
        for place, (left, right) in enumerate(pairs):
            above, beside = parents.get(left), parents.get(right)
            if (above if above is None else mirror.get(above, above)) != beside:
                said = [names[one] if one is not None else "none" for one in (above, beside)]
                self._fault(
                    f"{names[left]!r} and {names[right]!r} do not mirror each other: their "
                    f"parents are {said[0]} and {said[1]}",
                    "left_right",
                    str(place),
                )
