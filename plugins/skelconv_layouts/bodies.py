"""Skeletons in 3D: Human3.6M, SMPL and BlazePose."""

from __future__ import annotations

from skelconv_layouts.trees import both, layout, one_side

_ARM = "shoulder elbow wrist"
_LEG = "hip knee ankle"
_LIMBS = {"elbow": "shoulder", "wrist": "elbow", "knee": "hip", "ankle": "knee"}

# Ionescu et al., Human3.6M (2014), in the 17 joints that pose lifting uses. The dataset names the
# ankle "foot", and the pelvis "root".
H36M17 = layout(
    "h36m17",
    "Human3.6M: 17 joints in 3D",
    (
        *("pelvis", *one_side("right", _LEG), *one_side("left", _LEG)),
        *("spine", "thorax", "neck_base", "head"),
        *(*one_side("left", _ARM), *one_side("right", _ARM)),
    ),
    _LIMBS
    | {"hip": "pelvis", "spine": "pelvis", "thorax": "spine"}
    | {"neck_base": "thorax", "head": "neck_base", "shoulder": "thorax"},
    origin="Ionescu et al., Human3.6M (2014), in the 17 joints of pose lifting: Martinez et al., "
    "A simple yet effective baseline for 3d human pose estimation (2017); MMPose's h36m.py",
)

# The whole skeleton of the dataset, in the names of the 17. Joints 11, 16 and 24 are where another
# joint is, and ends of toes, thumbs and hands are no joints that were measured.
_H36M_LEG = f"{_LEG} toe toe_end"
_H36M_ARM = "clavicle shoulder elbow wrist thumb thumb_end hand hand_end"
H36M32 = layout(
    "h36m32",
    "Human3.6M: its whole skeleton, 32 joints in 3D",
    (
        *("pelvis", *one_side("right", _H36M_LEG), *one_side("left", _H36M_LEG)),
        *("spine_base", "spine", "thorax", "neck_base", "head"),
        *(*one_side("left", _H36M_ARM), *one_side("right", _H36M_ARM)),
    ),
    _LIMBS
    | {"hip": "pelvis", "toe": "ankle", "toe_end": "toe", "spine_base": "pelvis"}
    | {"spine": "spine_base", "thorax": "spine", "neck_base": "thorax", "head": "neck_base"}
    | {"clavicle": "spine", "shoulder": "clavicle", "thumb": "wrist", "thumb_end": "thumb"}
    | {"hand": "wrist", "hand_end": "hand"},
    origin="Ionescu et al., Human3.6M (2014): D3_Positions; parents as in VideoPose3D's "
    "common/h36m_dataset.py",
)

# Loper et al., SMPL (2015): the kinematic tree of the model.
SMPL24 = layout(
    "smpl24",
    "SMPL: 24 joints in 3D",
    (
        *("pelvis", *both("hip"), "spine1", *both("knee"), "spine2", *both("ankle"), "spine3"),
        *(*both("foot"), "neck", *both("collar"), "head", *both("shoulder elbow wrist hand")),
    ),
    _LIMBS
    | {"hip": "pelvis", "spine1": "pelvis", "spine2": "spine1", "spine3": "spine2"}
    | {"neck": "spine3", "head": "neck", "collar": "spine3", "shoulder": "collar"}
    | {"hand": "wrist", "foot": "ankle"},
    origin="Loper et al., SMPL (2015)",
)

# SMPL-H and SMPL-X have the first 22 of these, and joints of fingers in place of the hands.
_SMPL_TREE = _LIMBS | {
    "hip": "pelvis",
    "spine1": "pelvis",
    "spine2": "spine1",
    "spine3": "spine2",
    "neck": "spine3",
    "head": "neck",
    "collar": "spine3",
    "shoulder": "collar",
    "foot": "ankle",
}
SMPL22 = layout(
    "smpl22",
    "SMPL without hands, as in AMASS and HumanML3D: 22 joints in 3D",
    SMPL24.joints[:22],
    _SMPL_TREE,
    origin="Loper et al., SMPL (2015); Guo et al., HumanML3D (2022): new_joints",
)

# Romero et al., Embodied Hands (2017), MANO's order of the fingers, from the knuckle on.
_SMPLH_HAND = " ".join(
    f"{finger}{knuckle}"
    for finger in ("forefinger", "middle_finger", "pinky_finger", "ring_finger", "thumb")
    for knuckle in "123"
)
SMPLH52 = layout(
    "smplh52",
    "SMPL-H: the 22 of smpl22 and 15 joints of each hand, 52 joints in 3D",
    (*SMPL22.joints, *one_side("left", _SMPLH_HAND), *one_side("right", _SMPLH_HAND)),
    _SMPL_TREE
    | {
        joint: f"{joint[:-1]}{int(joint[-1]) - 1}" if joint[-1] > "1" else "wrist"
        for joint in _SMPLH_HAND.split()
    },
    origin="Romero et al., Embodied Hands (2017): SMPL-H",
)

# Bazarevsky et al., BlazePose (2020), as MediaPipe numbers its landmarks and draws them. What it
# draws has cycles and does not connect the face; in this tree the parent of the shoulders is the
# nose, and that of a hip is the shoulder above it.
BLAZEPOSE33 = layout(
    "blazepose33",
    "BlazePose, as in MediaPipe: 33 landmarks in 3D",
    (
        *("nose", *one_side("left", "eye_inner eye eye_outer")),
        *(*one_side("right", "eye_inner eye eye_outer"), *both("ear mouth")),
        *both("shoulder elbow wrist pinky index thumb hip knee ankle heel foot_index"),
    ),
    _LIMBS
    | {"eye_inner": "nose", "eye": "eye_inner", "eye_outer": "eye", "ear": "eye_outer"}
    | {"mouth": "nose", "shoulder": "nose", "hip": "shoulder"}
    | {"pinky": "wrist", "index": "wrist", "thumb": "wrist"}
    | {"heel": "ankle", "foot_index": "ankle"},
    limbs=(
        *(("eye_inner", "nose"), ("eye_inner", "eye"), ("eye", "eye_outer"), ("eye_outer", "ear")),
        *(("left_mouth", "right_mouth"), ("left_shoulder", "right_shoulder")),
        *(("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "pinky"), ("wrist", "index")),
        *(("wrist", "thumb"), ("pinky", "index"), ("shoulder", "hip"), ("left_hip", "right_hip")),
        *(("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "foot_index")),
        ("ankle", "foot_index"),
    ),
    origin="Bazarevsky et al., BlazePose (2020); MediaPipe's pose_landmark numbers",
)
