"""Skeletons of Kinect v1 and Azure Kinect; that of Kinect v2 is with NTU RGB+D, `ntu25`.

Left and right are as the sensor calls them, as in ``ntu25``.
"""

from __future__ import annotations

from skelconv_layouts.trees import layout, one_side

_ARM = "shoulder elbow wrist hand"
_LEG = "hip knee ankle foot"
_LIMBS = {
    "elbow": "shoulder",
    "wrist": "elbow",
    "hand": "wrist",
    "knee": "hip",
    "ankle": "knee",
    "foot": "ankle",
}

# In the words of ntu25, which begins in the same way. The root is where graph networks have it.
KINECT20 = layout(
    "kinect20",
    "Kinect v1, as in NW-UCLA: 20 joints in 3D",
    (
        *("spine_base", "spine_mid", "spine_shoulder", "head"),
        *(*one_side("left", _ARM), *one_side("right", _ARM)),
        *(*one_side("left", _LEG), *one_side("right", _LEG)),
    ),
    _LIMBS
    | {"spine_base": "spine_mid", "spine_mid": "spine_shoulder", "head": "spine_shoulder"}
    | {"shoulder": "spine_shoulder", "hip": "spine_base"},
    origin="Microsoft's Kinect for Windows SDK 1.8: NUI_SKELETON_POSITION_INDEX; the tree is that "
    "of CTR-GCN's graph/ucla.py",
)

_AZURE_ARM = "clavicle shoulder elbow wrist hand hand_tip thumb"
KINECT_AZURE32 = layout(
    "kinect-azure32",
    "Azure Kinect: 32 joints in 3D",
    (
        *("pelvis", "spine_navel", "spine_chest", "neck"),
        *(*one_side("left", _AZURE_ARM), *one_side("right", _AZURE_ARM)),
        *(*one_side("left", _LEG), *one_side("right", _LEG)),
        *("head", "nose", "left_eye", "left_ear", "right_eye", "right_ear"),
    ),
    _LIMBS
    | {"spine_navel": "pelvis", "spine_chest": "spine_navel", "neck": "spine_chest"}
    | {"clavicle": "spine_chest", "shoulder": "clavicle", "hand_tip": "hand", "thumb": "wrist"}
    | {"hip": "pelvis", "head": "neck", "nose": "head", "eye": "head", "ear": "head"},
    origin="Microsoft's Azure Kinect Body Tracking SDK: k4abt_joint_id_t",
)
