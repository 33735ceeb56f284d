"""Hands alone."""

from __future__ import annotations

from skelconv_layouts.hands_and_faces import FINGERS, HAND, HAND_PARENTS
from skelconv_layouts.trees import layout

HAND21 = layout(
    "hand21",
    "One hand: 21 keypoints, in the order of MediaPipe, OpenPose and COCO-WholeBody",
    HAND.split(),
    {joint: parent for joint, parent in HAND_PARENTS.items() if joint != "hand_root"},
    origin="Simon et al., Hand Keypoint Detection (2017); MMPose's coco_wholebody_hand.py",
)

SHREC22 = layout(
    "shrec22",
    "SHREC'17 and DHG-14/28, one hand of RealSense: 22 joints in 2D or 3D",
    ("wrist", "palm", *(f"{finger}{joint}" for finger in FINGERS for joint in "1234")),
    {"palm": "wrist"}
    | {
        f"{finger}{joint}": f"{finger}{joint - 1}" if joint > 1 else "palm"
        for finger in FINGERS
        for joint in (1, 2, 3, 4)
    },
    origin="De Smedt et al., SHREC'17 Track: 3D Hand Gesture Recognition (2017), its README",
)
