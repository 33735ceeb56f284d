"""COCO's 17 keypoints, the larger sets that begin with them, and those that name them otherwise.

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

COCO17 = layout(
    "coco17",
    "COCO: 17 keypoints in 2D",
    _BODY,
    _PARENTS,
    limbs=_LIMBS,
    origin="Lin et al., Microsoft COCO (2014): person_keypoints; limbs of PoseConv3D's configs",
)

MOVENET17 = layout(
    "movenet17",
    "MoveNet: COCO's 17 keypoints in 2D, drawn as its tutorial draws them",
    _BODY,
    _PARENTS,
    limbs=(
        *(("eye", "nose"), ("ear", "eye"), ("shoulder", "nose"), ("shoulder", "elbow")),
        *(("elbow", "wrist"), ("left_shoulder", "right_shoulder"), ("shoulder", "hip")),
        *(("left_hip", "right_hip"), ("hip", "knee"), ("knee", "ankle")),
    ),
    origin="TensorFlow Hub's tutorial of MoveNet: KEYPOINT_DICT and KEYPOINT_EDGE_INDS_TO_COLOR",
)

UAV_HUMAN17 = layout(
    "uav-human17",
    "UAV-Human: COCO's 17 keypoints, connected as its graph networks connect them",
    _BODY,
    _PARENTS,
    limbs=(
        *(("wrist", "elbow"), ("elbow", "shoulder"), ("ankle", "knee"), ("knee", "hip")),
        *(("hip", "shoulder"), ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")),
        *(("shoulder", "nose"), ("eye", "nose"), ("ear", "eye")),
    ),
    origin="Li et al., UAV-Human (2021), whose skeletons are AlphaPose's of COCO",
)

# In the order of COCO's limbs, and then the head.
_TORSO = (
    *(("ankle", "knee"), ("knee", "hip"), ("left_hip", "right_hip"), ("shoulder", "hip")),
    *(("left_shoulder", "right_shoulder"), ("shoulder", "elbow"), ("elbow", "wrist")),
)
_TREE = {"elbow": "shoulder", "wrist": "elbow", "hip": "shoulder", "knee": "hip", "ankle": "knee"}

CROWDPOSE14 = layout(
    "crowdpose14",
    "CrowdPose: 14 keypoints in 2D",
    (*both("shoulder elbow wrist hip knee ankle"), "head_top", "neck"),
    _TREE | {"shoulder": "neck", "head_top": "neck"},
    limbs=(*_TORSO, ("head_top", "neck"), ("shoulder", "neck")),
    origin="Li et al., CrowdPose (2019); MMPose's crowdpose.py",
)

POSETRACK17 = layout(
    "posetrack17",
    "PoseTrack18 and 21: 17 keypoints in 2D, with head_bottom and head_top in place of COCO's eyes",
    ("nose", "head_bottom", "head_top", *both("ear shoulder elbow wrist hip knee ankle")),
    _TREE | {"shoulder": "head_bottom", "nose": "head_bottom", "head_top": "nose", "ear": "nose"},
    limbs=(*_TORSO, ("nose", "head_bottom"), ("nose", "head_top"), ("shoulder", "head_bottom")),
    origin="Andriluka et al., PoseTrack (2018); MMPose's posetrack18.py",
)

_HALPE_ORIGIN = "Fang et al., AlphaPose (2022), Halpe-FullBody; MMPose's halpe.py"
_HALPE = (*_BODY, "head", "neck", "pelvis", *both("big_toe small_toe heel"))
_HALPE_PARENTS = (
    _PARENTS
    | _FOOT
    | {"neck": "pelvis", "head": "neck", "nose": "neck", "shoulder": "neck", "hip": "pelvis"}
)
_HANDS = tuple(joint for side in SIDES for joint in one_side(side, HAND))

HALPE26 = layout(
    "halpe26",
    "Halpe, as AlphaPose gives it: COCO, head, neck, pelvis and feet, 26 keypoints in 2D",
    _HALPE,
    _HALPE_PARENTS,
    origin=_HALPE_ORIGIN,
)

HALPE68 = layout(
    "halpe68",
    "Halpe without the face: the 26 of halpe26 and hands, 68 keypoints in 2D",
    (*_HALPE, *_HANDS),
    _HALPE_PARENTS | HAND_PARENTS,
    origin=f"{_HALPE_ORIGIN}, without its face: AlphaPose's halpe_68_noface",
)

HALPE136 = layout(
    "halpe136",
    "Halpe: the 26 of halpe26, face and hands, 136 keypoints in 2D",
    (*_HALPE, *FACE, *_HANDS),
    _HALPE_PARENTS | HAND_PARENTS | dict.fromkeys(FACE, "nose"),
    pairs=FACE_PAIRS,
    limbs=(*_HALPE_PARENTS.items(), *HAND_PARENTS.items(), *FACE_LINES),
    origin=_HALPE_ORIGIN,
)

COCO_WHOLEBODY133 = layout(
    "coco-wholebody133",
    "COCO-WholeBody: COCO, feet, face and hands, 133 keypoints in 2D",
    (
        *_BODY,
        *(joint for side in SIDES for joint in one_side(side, "big_toe small_toe heel")),
        *FACE,
        *_HANDS,
    ),
    _PARENTS | _FOOT | HAND_PARENTS | dict.fromkeys(FACE, "nose"),
    pairs=FACE_PAIRS,
    limbs=(*_LIMBS, *_FOOT.items(), *HAND_PARENTS.items(), *FACE_LINES),
    origin="Jin et al., Whole-Body Human Pose Estimation in the Wild (2020)",
)
