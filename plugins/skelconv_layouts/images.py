"""Bodies in images, each with an order of its own: MPII, AI Challenger, JHMDB and Smarthome."""

from __future__ import annotations

from skelconv_layouts.trees import layout, one_side

_ARM = "shoulder elbow wrist"
_LEG = "hip knee ankle"
_LIMBS = {"elbow": "shoulder", "wrist": "elbow", "knee": "hip", "ankle": "knee"}

MPII16 = layout(
    "mpii16",
    "MPII Human Pose: 16 keypoints in 2D",
    (
        *("right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle"),
        *("pelvis", "thorax", "upper_neck", "head_top"),
        *("right_wrist", "right_elbow", "right_shoulder"),
        *("left_shoulder", "left_elbow", "left_wrist"),
    ),
    _LIMBS
    | {"hip": "pelvis", "thorax": "pelvis", "upper_neck": "thorax", "head_top": "upper_neck"}
    | {"shoulder": "upper_neck"},
    origin="Andriluka et al., MPII Human Pose (2014); MMPose's mpii.py",
)

AIC14 = layout(
    "aic14",
    "AI Challenger: 14 keypoints in 2D",
    (
        *(*one_side("right", _ARM), *one_side("left", _ARM)),
        *(*one_side("right", _LEG), *one_side("left", _LEG), "head_top", "neck"),
    ),
    _LIMBS | {"shoulder": "neck", "hip": "shoulder", "head_top": "neck"},
    limbs=(
        *(("wrist", "elbow"), ("elbow", "shoulder"), ("shoulder", "neck"), ("ankle", "knee")),
        *(("knee", "hip"), ("right_hip", "left_hip"), ("head_top", "neck"), ("shoulder", "hip")),
    ),
    origin="Wu et al., AI Challenger (2017); MMPose's aic.py",
)

# The dataset calls the head "face".
JHMDB15 = layout(
    "jhmdb15",
    "JHMDB: 15 joints in 2D",
    (
        *("neck", "belly", "head"),
        *(
            f"{side}_{joint}"
            for joint in ("shoulder", "hip", "elbow", "knee", "wrist", "ankle")
            for side in ("right", "left")
        ),
    ),
    _LIMBS | {"hip": "belly", "neck": "belly", "head": "neck", "shoulder": "neck"},
    origin="Jhuang et al., Towards understanding action recognition (2013); MMPose's jhmdb.py",
)

_SMARTHOME = _LIMBS | {"shoulder": "head", "hip": "shoulder"}
SMARTHOME13 = layout(
    "smarthome13",
    "Toyota Smarthome, as LCR-Net gives it: 13 joints in 2D or 3D",
    (
        *(
            f"{side}_{joint}"
            for joint in ("ankle", "knee", "hip", "wrist", "elbow", "shoulder")
            for side in ("right", "left")
        ),
        "head",
    ),
    _SMARTHOME,
    limbs=(
        *_SMARTHOME.items(),
        *(("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")),
    ),
    origin="Das et al., Toyota Smarthome (2019), whose skeletons are LCR-Net++'s; UNIK's "
    "data_gen/smarthome_gendata.py",
)
