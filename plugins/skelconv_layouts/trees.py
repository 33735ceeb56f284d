"""Makes layouts from the names and the parents of joints."""

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
    limbs: Iterable[tuple[str, str]] = (),
    *,
    origin: str,
) -> Layout:
    """Make a layout.

    Parameters
    ----------
    name, summary : str
        As in `Layout`.
    joints : sequence of str
        The joints' names in the order of the keypoints. The name of a joint that the body has
        twice begins with ``left_`` or ``right_``.
    parents : mapping of str to str
        The parent of each joint. A name that is not a joint, such as ``elbow``, means the left and
        the right one.
    pairs : iterable of (str, str)
        Pairs of left and right joints whose names do not show it.
    limbs : iterable of (str, str)
        Pairs of joints between which there is a line; by default each joint and its parent. Here
        as well ``elbow`` means the left and the right one.
    origin : str
        Where the order of the joints is from.

    Returns
    -------
    Layout
        The layout.
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
        limbs=tuple(
            (index[joint], index[other])
            for pair in limbs
            for joint, other in _on_each_side(*pair, index)
        ),
        origin=origin,
    )


def both(joints: str) -> tuple[str, ...]:
    """Return the left and the right one of each joint.

    Parameters
    ----------
    joints : str
        Names with spaces between them.

    Returns
    -------
    tuple of str
        Each name with ``left_``, then with ``right_`` before it.
    """
    return tuple(f"{side}_{joint}" for joint in joints.split() for side in SIDES)


def one_side(side: str, joints: str) -> tuple[str, ...]:
    """Return the joints of one side.

    Parameters
    ----------
    side : {"left", "right"}
        The side.
    joints : str
        Names with spaces between them.

    Returns
    -------
    tuple of str
        Each name with the side before it.
    """
    return tuple(f"{side}_{joint}" for joint in joints.split())


def _on_each_side(joint: str, parent: str, known: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if joint in known:
        yield joint, parent
        return
    for side in SIDES:
        yield f"{side}_{joint}", parent if parent in known else f"{side}_{parent}"
