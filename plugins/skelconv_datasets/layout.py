"""The joints of Penn Action."""

from __future__ import annotations

from typing import Final

from skelconv import Layout

# The dataset's README calls the first of each pair left. Where people face the camera the first is
# at the left of the image, and where they are seen from behind at the right: it is the right one.
_SIDES = ("right", "left")
_JOINTS: Final = (
    "head",
    *(
        f"{side}_{joint}"
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in _SIDES
    ),
)

PENN_ACTION13: Final = Layout(
    name="penn-action13",
    summary="Penn Action: 13 joints in 2D",
    joints=_JOINTS,
    bones=(
        *((1, 0), (2, 0), (3, 1), (4, 2), (5, 3), (6, 4)),
        *((7, 1), (8, 2), (9, 7), (10, 8), (11, 9), (12, 10)),
    ),
    pairs=tuple((joint + 1, joint) for joint in range(1, 13, 2)),
    origin="Zhang et al., From Actemes to Action (2013), README, with the sides as the videos have "
    "them",
)
