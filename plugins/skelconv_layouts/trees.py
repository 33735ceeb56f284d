"""Makes layouts from joint names and the parent of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from skelconv import Layout

SIDES = ("left", "right")


def layout(
    name: str,
    summary: str,
    joints: Sequence[str],
    parents: Mapping[str, str],
    pairs: Iterable[tuple[str, str]] = (),
) -> Layout:
    """Make a layout.

    Parameters
    ----------
    name, summary : str
        As in `Layout`.
    joints : sequence of str
        The joints' names in the order of the keypoints. A joint that the body has twice begins
        with ``left_`` or ``right_``.
    parents : mapping of str to str
        The parent of each joint. A name that is no joint, such as ``elbow``, stands for the left
        and the right one.
    pairs : iterable of (str, str)
        Left and right joints whose names do not tell that they are.
    """
    index = {joint: position for position, joint in enumerate(joints)}
    bones = {
        index[joint]: index[parent]
        for one, other in parents.items()
        for joint, parent in _on_each_side(one, other, index)
    }
    by_name = (
        (joint, joint.replace("left", "right", 1)) for joint in joints if joint.startswith("left_")
    )
    return Layout(
        name=name,
        summary=summary,
        joints=tuple(joints),
        bones=tuple(sorted(bones.items())),
        pairs=tuple((index[left], index[right]) for left, right in (*by_name, *pairs)),
    )


def both(joints: str) -> tuple[str, ...]:
    """Return names with ``left_`` and ``right_`` before each: left, right, left, right, ..."""
    return tuple(f"{side}_{joint}" for joint in joints.split() for side in SIDES)


def one_side(side: str, joints: str) -> tuple[str, ...]:
    """Return names with one side before each."""
    return tuple(f"{side}_{joint}" for joint in joints.split())


def _on_each_side(joint: str, parent: str, known: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if joint in known:
        yield joint, parent
        return
    for side in SIDES:
        yield f"{side}_{joint}", parent if parent in known else f"{side}_{parent}"
