"""OpenPose's keypoints: Cao et al., OpenPose (2019), COCO and BODY_25 models, hands and face."""

from __future__ import annotations

from skelconv_layouts.hands_and_faces import FACE, FACE_LINES, FACE_PAIRS, HAND, HAND_PARENTS
from skelconv_layouts.trees import SIDES, layout, one_side

_ORIGIN = "Cao et al., OpenPose (2019), doc/02_output.md"

_ARM = "shoulder elbow wrist"
_LEG = "hip knee ankle"
_ARMS = (*one_side("right", _ARM), *one_side("left", _ARM))
_FACE = ("right_eye", "left_eye", "right_ear", "left_ear")
_PARENTS = {"eye": "nose", "ear": "eye", "elbow": "shoulder", "wrist": "elbow", "knee": "hip"}

# The tree along which MMAction2 takes differences: its root is the nose, and the parent of a hip is
# the shoulder above it.
OPENPOSE18 = layout(
    "openpose18",
    "OpenPose's COCO model, as in ST-GCN's Kinetics-skeleton: 18 keypoints in 2D",
    ("nose", "neck", *_ARMS, *one_side("right", _LEG), *one_side("left", _LEG), *_FACE),
    _PARENTS | {"neck": "nose", "shoulder": "neck", "hip": "shoulder", "ankle": "knee"},
    # OpenPose draws a hip to the neck.
    limbs=(_PARENTS | {"neck": "nose", "shoulder": "neck", "hip": "neck", "ankle": "knee"}).items(),
    origin=f"{_ORIGIN}: POSE_COCO",
)

# OpenPose's own limbs, which are a tree with the neck as its root.
_BODY25 = (
    *("nose", "neck", *_ARMS, "pelvis"),
    *(*one_side("right", _LEG), *one_side("left", _LEG), *_FACE),
    *(joint for side in SIDES for joint in one_side(side, "big_toe small_toe heel")),
)
_PARENTS25 = (
    _PARENTS
    | {"nose": "neck", "shoulder": "neck", "pelvis": "neck", "hip": "pelvis", "ankle": "knee"}
    | {"big_toe": "ankle", "small_toe": "big_toe", "heel": "ankle"}
)

OPENPOSE25 = layout(
    "openpose25",
    "OpenPose's BODY_25 model: 25 keypoints in 2D",
    _BODY25,
    _PARENTS25,
    origin=f"{_ORIGIN}: POSE_BODY_25",
)

_HANDS = tuple(joint for side in SIDES for joint in one_side(side, HAND))

OPENPOSE67 = layout(
    "openpose67",
    "OpenPose's BODY_25 and hands, the left first: 67 keypoints in 2D",
    (*_BODY25, *_HANDS),
    _PARENTS25 | HAND_PARENTS,
    origin=f"{_ORIGIN}: pose_keypoints_2d, hand_left_keypoints_2d, hand_right_keypoints_2d",
)

# OpenPose adds the pupils to the 68 points of the face, the right one first.
_PUPILS = ("face_68", "face_69")

OPENPOSE137 = layout(
    "openpose137",
    "OpenPose's BODY_25, hands, the left first, and face: 137 keypoints in 2D",
    (*_BODY25, *_HANDS, *FACE, *_PUPILS),
    _PARENTS25 | HAND_PARENTS | dict.fromkeys((*FACE, *_PUPILS), "nose"),
    pairs=(*FACE_PAIRS, _PUPILS[::-1]),
    limbs=(*_PARENTS25.items(), *HAND_PARENTS.items(), *FACE_LINES),
    origin=f"{_ORIGIN}: as openpose67, and then face_keypoints_2d",
)
