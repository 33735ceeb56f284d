"""COCO's 17 keypoints, and the larger sets that begin with them.

Orders: Lin et al., Microsoft COCO (2014); Fang et al., AlphaPose (2022), for Halpe; Jin et al.,
Whole-Body Human Pose Estimation in the Wild (2020). The bones of COCO are the tree that MMAction2
and PYSKL take differences along.
"""

from __future__ import annotations

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

COCO17 = layout("coco17", "COCO: 17 keypoints in 2D", _BODY, _PARENTS)

HALPE26 = layout(
    "halpe26",
    "Halpe, as AlphaPose gives it: COCO, head, neck, pelvis and feet, 26 keypoints in 2D",
    (*_BODY, "head", "neck", "pelvis", *both("big_toe small_toe heel")),
    _PARENTS
    | _FOOT
    | {"neck": "pelvis", "head": "neck", "nose": "neck", "shoulder": "neck", "hip": "pelvis"},
)

_FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
_HAND = "hand_root " + " ".join(f"{finger}{knuckle}" for finger in _FINGERS for knuckle in "1234")
_HAND_PARENTS = {"hand_root": "wrist"} | {
    f"{finger}{knuckle}": f"{finger}{knuckle - 1}" if knuckle > 1 else "hand_root"
    for finger in _FINGERS
    for knuckle in (1, 2, 3, 4)
}

# The 68 points of the face (iBUG's), and the point on the right of each on the person's left.
_FACE = tuple(f"face_{number}" for number in range(68))
_FACE_MIRROR = (
    {16 - number: number for number in range(8)}  # the jaw
    | {26 - number: 17 + number for number in range(5)}  # brows
    | {35: 31, 34: 32}  # nostrils
    | {42: 39, 43: 38, 44: 37, 45: 36, 46: 41, 47: 40}  # eyes
    | {54: 48, 53: 49, 52: 50, 55: 59, 56: 58}  # the lips' outer line
    | {64: 60, 63: 61, 65: 67}  # the lips' inner line
)

COCO_WHOLEBODY133 = layout(
    "coco-wholebody133",
    "COCO-WholeBody: COCO, feet, face and hands, 133 keypoints in 2D",
    (
        *_BODY,
        *(joint for side in SIDES for joint in one_side(side, "big_toe small_toe heel")),
        *_FACE,
        *(joint for side in SIDES for joint in one_side(side, _HAND)),
    ),
    _PARENTS | _FOOT | _HAND_PARENTS | dict.fromkeys(_FACE, "nose"),
    pairs=((f"face_{left}", f"face_{right}") for left, right in _FACE_MIRROR.items()),
)
