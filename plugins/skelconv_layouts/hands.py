"""A hand alone."""

from __future__ import annotations

from skelconv_layouts.hands_and_faces import HAND, HAND_PARENTS
from skelconv_layouts.trees import layout

HAND21 = layout(
    "hand21",
    "A hand, as in COCO-WholeBody's and OpenMMLab's models of hands: 21 keypoints in 2D",
    HAND.split(),
    {joint: parent for joint, parent in HAND_PARENTS.items() if parent != "wrist"},
)
