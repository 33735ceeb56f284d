"""Joints by the names that a file gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from skelconv.data.errors import ClipError
from skelconv.data.layout import Layout
from skelconv.plugin.loading import load_registry
from skelconv.plugin.own_layouts import DefinitionError, define
from skelconv.text.escaping import shown

# "LBigToe", "left_big_toe" and "Left Big-Toe" are of the same words.
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}
_OTHER_SIDE = {"left": "right", "Left": "Right", "LEFT": "RIGHT", "l": "r", "L": "R"}
_OTHER_SIDE |= {other: one for one, other in _OTHER_SIDE.items()}
_SHORT = {"sho": "shoulder", "elb": "elbow", "wri": "wrist", "kne": "knee", "ank": "ankle"}
# Other names of a joint in the middle of the body.
_MIDDLE = dict.fromkeys(("hip", "midhip", "hipcenter", "centerhip", "root"), "pelvis")
# What a joint may be called in a layout that has none of this name: Human3.6M's ankle, CrowdPose's
# top of the head.
_INSTEAD = {"foot": "ankle", "head": "headtop"}
_MAX_NAME, _SHOWN = 100, 8


def match_joints(names: Sequence[str], layout: Layout, *, partial: bool = False) -> list[int]:
    """Find the joints of a layout by the names that a file gives its keypoints.

    Names are equal whatever their case, and whether words are parted by blanks, ``-``, ``_`` or
    capitals; a side is ``left``, ``right``, ``l`` or ``r`` before or after the rest. What is in
    parentheses does not count.

    Parameters
    ----------
    names : sequence of str
        The file's names, in its order.
    layout : Layout
        What the user says that they are.
    partial : bool
        Whether the file may lack joints.

    Returns
    -------
    list of int
        For each name the position of that joint in the layout.

    Raises
    ------
    skelconv.ClipError
        When a name is not in the layout or is there twice, or a joint of the layout has no name.
    """
    known: dict[tuple[str, str], int] = {}
    for position, joint in enumerate(layout.joints):
        known.setdefault(_side_and_part(joint), position)
    parts = {part for side, part in known if side}
    found = [_find(name, known, parts) for name in names]
    unknown = [name for name, position in zip(names, found, strict=True) if position is None]
    positions = [position for position in found if position is not None]
    lacking = sorted(set(range(len(layout.joints))) - set(positions))
    if unknown or (lacking and not partial):
        both = [f"it has {_listed(unknown)}"] if unknown else []
        if lacking and not partial:
            both.append(f"it lacks {_listed(layout.joints[position] for position in lacking)}")
        raise ClipError(
            f"its joints are not those of {layout.name}: {', and '.join(both)} (option layout)"
        )
    if len(set(positions)) < len(positions):
        twice = [name for name, at in zip(names, positions, strict=True) if positions.count(at) > 1]
        raise ClipError(f"it names a joint of {layout.name} more than once: {_listed(twice)}")
    return positions


def layout_of_joints(names: Sequence[str], limbs: Iterable[tuple[int, int]], name: str) -> str:
    """Return the layout of the keypoints that a file names.

    Parameters
    ----------
    names : sequence of str
        The file's names, in its order.
    limbs : iterable of (int, int)
        Pairs of them that are drawn.
    name : str
        What the layout is called, where no plugin offers it.

    Returns
    -------
    str
        A layout that has these joints in this order; else one that is defined by the file, with
        left and right by the names, and a tree of the limbs.

    Raises
    ------
    skelconv.ClipError
        When they cannot be the joints of a layout.
    """
    for known, layout in _layouts(len(names)):
        with suppress(ClipError):
            if match_joints(names, layout) == [*range(len(names))]:
                return known
    sides = [_side_of_two(joint, names) for joint in names]
    definition = {
        "name": re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._")[:32] or "joints",
        "joints": [*names],
        "limbs": [[names[one], names[other]] for one, other in limbs],
        "left_right": [
            [names[left], names[sides.index(("right", part))]]
            for left, (side, part) in enumerate(sides)
            if side == "left" and ("right", part) in sides
        ],
    }
    try:
        # The lines of a file may leave out one side.
        return define(definition, mirrored=False)
    except DefinitionError as error:
        raise ClipError(f"its joints are no layout: {error}") from None


def layout_with(names: Sequence[str]) -> str | None:
    """Find a layout that has all the joints that a file names, and no others, in any order.

    Parameters
    ----------
    names : sequence of str
        The file's names; see `match_joints`.

    Returns
    -------
    str or None
        Its name; None where there is none.
    """
    for name, layout in _layouts(len(names)):
        with suppress(ClipError):
            match_joints(names, layout)
            return name
    return None


def layouts_of(joints: int) -> list[str]:
    """Return the names of all layouts with a number of joints.

    Parameters
    ----------
    joints : int
        V.

    Returns
    -------
    list of str
        Sorted.
    """
    return sorted(name for name, _ in _layouts(joints))


def _layouts(joints: int) -> Iterator[tuple[str, Layout]]:
    registry = load_registry()
    for offer in registry.of_kind("layout"):
        layout = offer.descriptor
        if isinstance(layout, Layout) and len(layout.joints) == joints:
            yield registry.short_name(offer), layout


def _find(name: str, known: dict[tuple[str, str], int], parts: set[str]) -> int | None:
    side, part = _side_and_part(name)
    if not side and part[:1] in ("l", "r") and part[1:] in parts:  # lshoulder, REYE
        side, part = _SIDES[part[0]], part[1:]
    position = known.get((side, part))
    if position is None:
        position = known.get((side, _INSTEAD.get(part, "")))
    return position


def _side_and_part(name: str) -> tuple[str, str]:
    """Return the side, or nothing, and the rest of a joint's name in one form."""
    name = name[:_MAX_NAME].partition("(")[0]  # as in "root (pelvis)"
    words = [word.lower() for word in _WORD.findall(name)]
    side = next((_SIDES[word] for word in words if word in _SIDES), "")
    part = "".join(_SHORT.get(word, word) for word in words if word not in _SIDES)
    return side, part if side else _MIDDLE.get(part, part)


def _side_of_two(name: str, names: Sequence[str]) -> tuple[str, str]:
    """Return side and part, also of LSHO or leftear, where the other of the two is there."""
    side, part = _side_and_part(name)
    if side:
        return side, part
    for one, other in _OTHER_SIDE.items():
        rest = name.removeprefix(one)
        if rest not in ("", name) and other + rest in names:
            return _SIDES[one.lower()], rest
    return "", part


def _listed(names: Iterable[str]) -> str:
    all_names = [shown(name[:_MAX_NAME]) for name in names]
    more = len(all_names) - _SHOWN
    return ", ".join(all_names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
