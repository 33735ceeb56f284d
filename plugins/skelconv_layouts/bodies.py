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
)
