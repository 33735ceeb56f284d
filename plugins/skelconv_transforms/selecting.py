"""Some joints of a layout: a layout of their own."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from skelconv import Clip, ClipError, Field, Layout
from skelconv.files import layout_of_joints
from skelconv.plugin import OwnLayout, layout_named
from skelconv_transforms.layouts import layout_of

_FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
_HAND = ("hand_root", *(f"{finger}[1-4]" for finger in _FINGERS))
_FEET = ("big_toe", "small_toe", "heel", "foot_index", "toe", "toe_end", "foot")


def _on(*sides: str, of: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{side}_{pattern}" for side in sides for pattern in of)


GROUPS = {
    "left_hand": _on("left", of=_HAND),
    "right_hand": _on("right", of=_HAND),
    "hands": _on("left", "right", of=_HAND),
    "face": ("face_*",),
    "feet": _on("left", "right", of=_FEET),
}
"""Patterns of the joints of each group; the group ``body`` is what is in neither hands nor face."""


def select_joints(
    clip: Clip, *, joints: tuple[str, ...], without: tuple[str, ...], name: str | None
) -> Clip:
    """Keep some joints.

    Parameters
    ----------
    clip : Clip
        The clip.
    joints, without : tuple of str
        Names, patterns or groups of joints to keep, in this order, and of joints not to keep.
    name : str, optional
        The name of their layout.

    Returns
    -------
    Clip
        The clip, with all that it has for each keypoint of these joints alone.

    Raises
    ------
    ClipError
        When the clip's layout is not known, or has no such joint.
    """
    layout_of(clip)
    places, selected = selection(clip.layout, joints, without, name)
    chosen = list(places)
    score = clip.keypoint_score
    return clip.replace(
        layout=selected,
        keypoint=clip.keypoint[:, :, chosen],
        keypoint_score=None if score is None else score[:, :, chosen],
        fields={
            key: Field(extra.values.take(chosen, extra.axes.index("V")), extra.axes)
            if "V" in extra.axes
            else extra
            for key, extra in clip.fields.items()
        },
    )


@functools.lru_cache(maxsize=64)
def selection(
    layout: str, joints: tuple[str, ...], without: tuple[str, ...], name: str | None
) -> tuple[tuple[int, ...], str]:
    """Find joints, and the layout that they are.

    Parameters
    ----------
    layout : str
        The layout of which they are.
    joints, without : tuple of str
        As of `select_joints`.
    name : str, optional
        As of `select_joints`.

    Returns
    -------
    places : tuple of int
        The joints' places in the layout.
    selected : str
        Their layout: one that is offered, where it has these joints in this order. Otherwise the
        parent of a joint is the nearest one above it that is kept, limbs and pairs are those of
        which both joints are.

    Raises
    ------
    ClipError
        When the layout has no such joint, or none is left.
    """
    whole = layout_named(layout)
    refused = {place for pattern in without for place in _places(pattern, whole)}
    kept = dict.fromkeys(place for pattern in joints for place in _places(pattern, whole))
    places = tuple(place for place in kept if place not in refused)
    if not places:
        raise ClipError(f"no joint of {whole.name} is left")
    if places == tuple(range(len(whole.joints))) and name is None:
        return places, layout
    selected = _selected(whole, places, name or f"{whole.name}-{len(places)}")
    known = layout_of_joints(selected.joints, (), selected.name) if name is None else ""
    if known and layout_named(known).joints == selected.joints and not isinstance(known, OwnLayout):
        return places, known
    return places, OwnLayout(selected)


def _places(pattern: str, layout: Layout) -> list[int]:
    if pattern in layout.joints:  # which may be called as a group is: Kinect's left_hand
        return [layout.joints.index(pattern)]
    patterns = GROUPS.get(pattern, (pattern,))
    found = [*_matching(patterns, layout)]
    if pattern == "body":
        others = {*_matching((*GROUPS["hands"], *GROUPS["face"]), layout)}
        found = [place for place in range(len(layout.joints)) if place not in others]
    if not found:
        groups = ", ".join(["body", *GROUPS])
        raise ClipError(
            f"{layout.name} has no joint {pattern!r} (skelconv describe {layout.name} lists them; "
            f"groups: {groups})"
        )
    return found


def _matching(patterns: Sequence[str], layout: Layout) -> Iterator[int]:
    for place, joint in enumerate(layout.joints):
        if any(fnmatchcase(joint, pattern) for pattern in patterns):
            yield place


def _selected(whole: Layout, places: tuple[int, ...], name: str) -> Layout:
    new = {old: place for place, old in enumerate(places)}
    parents = dict(whole.bones)
    drawn = {frozenset(limb) for limb in whole.limbs}
    bones: dict[int, int] = {}
    limbs = [(new[one], new[other]) for one, other in whole.limbs if one in new and other in new]
    for old, joint in new.items():
        above, seen = parents.get(old), {old}
        while above is not None and above not in new and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above is None or above not in new:
            continue
        bones[joint] = new[above]
        # A line to a joint that is gone goes on to the next one.
        ends = frozenset((old, above))
        if above != parents[old] and frozenset((old, parents[old])) in drawn and ends not in drawn:
            limbs.append((joint, new[above]))
    return Layout(
        name=name,
        summary=f"{len(places)} joints of {whole.name}",
        joints=tuple(whole.joints[place] for place in places),
        bones=tuple(sorted(bones.items())),
        pairs=tuple((new[one], new[other]) for one, other in whole.pairs if {one, other} <= {*new}),
        limbs=tuple(limbs),
    )
