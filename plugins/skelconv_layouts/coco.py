"""COCO's 17 keypoints, and the larger sets that begin with them.

Orders: Lin et al., Microsoft COCO (2014); Fang et al., AlphaPose (2022), for Halpe; Jin et al.,
Whole-Body Human Pose Estimation in the Wild (2020). The bones of COCO are the tree that MMAction2
and PYSKL take differences along.
"""

from __future__ import annotations

from skelconv_layouts.hands_and_faces import FACE, FACE_LINES, FACE_PAIRS, HAND, HAND_PARENTS
from skelconv_layouts.trees import SIDES, both, layout, one_side

_BODY = (
    "nose",
    *both("eye ear shoulder elbow wrist hip knee ankle"),
)
_PARENTS = {
    "eye": "nose",
    "ear": "eye",
    "shoulder": "nose",
    "elbow": "shoulder",
    "wrist": "elbow",
    "hip": "nose",
    "knee": "hip",
    "ankle": "knee",
}
_FOOT = {"big_toe": "ankle", "small_toe": "ankle", "heel": "ankle"}

# What is drawn, in the order of the limbs that PoseConv3D is trained on.
_LIMBS = (
    ("nose", "left_shoulder"),
    ("nose", "right_shoulder"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("right_shoulder", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
    ("nose", "left_eye"),
    ("nose", "right_eye"),
    ("left_eye", "left_ear"),
    ("right_eye", "right_ear"),
    ("left_hip", "right_hip"),
)

COCO17 = layout("coco17", "COCO: 17 keypoints in 2D", _BODY, _PARENTS, limbs=_LIMBS)

HALPE26 = layout(
    "halpe26",
    "Halpe, as AlphaPose gives it: COCO, head, neck, pelvis and feet, 26 keypoints in 2D",
    (*_BODY, "head", "neck", "pelvis", *both("big_toe small_toe heel")),
    _PARENTS
    | _FOOT
    | {"neck": "pelvis", "head": "neck", "nose": "neck", "shoulder": "neck", "hip": "pelvis"},
)

COCO_WHOLEBODY133 = layout(
    "coco-wholebody133",
    "COCO-WholeBody: COCO, feet, face and hands, 133 keypoints in 2D",
    (
        *_BODY,
        *(joint for side in SIDES for joint in one_side(side, "big_toe small_toe heel")),
        *FACE,
        *(joint for side in SIDES for joint in one_side(side, HAND)),
    ),
    _PARENTS | _FOOT | HAND_PARENTS | dict.fromkeys(FACE, "nose"),
    pairs=FACE_PAIRS,
    limbs=(*_LIMBS, *_FOOT.items(), *HAND_PARENTS.items(), *FACE_LINES),
)
