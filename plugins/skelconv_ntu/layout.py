"""The 25 joints that a Kinect v2 tracks, in the order of NTU's files."""

from skelconv import Layout

_JOINTS = (
    "spine_base",
    "spine_mid",
    "neck",
    "head",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "left_hand",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "right_hand",
    "left_hip",
    "left_knee",
    "left_ankle",
    "left_foot",
    "right_hip",
    "right_knee",
    "right_ankle",
    "right_foot",
    "spine_shoulder",
    "left_hand_tip",
    "left_thumb",
    "right_hand_tip",
    "right_thumb",
)

# The tree that the graph networks use, with its root where the shoulders meet the spine: the
# parent of a thumb is the hand, and that of the tip of the hand is the thumb.
_PARENTS = {
    "spine_base": "spine_mid",
    "spine_mid": "spine_shoulder",
    "neck": "spine_shoulder",
    "head": "neck",
    **{
        f"{side}_{joint}": parent if parent.startswith("spine") else f"{side}_{parent}"
        for side in ("left", "right")
        for joint, parent in (
            ("shoulder", "spine_shoulder"),
            ("elbow", "shoulder"),
            ("wrist", "elbow"),
            ("hand", "wrist"),
            ("thumb", "hand"),
            ("hand_tip", "thumb"),
            ("hip", "spine_base"),
            ("knee", "hip"),
            ("ankle", "knee"),
            ("foot", "ankle"),
        )
    },
}

NTU25 = Layout(
    name="ntu25",
    summary="Kinect v2, as in NTU RGB+D: 25 joints in 3D",
    joints=_JOINTS,
    bones=tuple(
        (index, _JOINTS.index(_PARENTS[joint]))
        for index, joint in enumerate(_JOINTS)
        if joint in _PARENTS
    ),
    pairs=tuple(
        (index, _JOINTS.index(joint.replace("left", "right")))
        for index, joint in enumerate(_JOINTS)
        if joint.startswith("left")
    ),
    origin="Shahroudy et al., NTU RGB+D (2016): Microsoft's Kinect for Windows SDK 2.0, JointType; "
    "the tree is that of MMAction2's and CTR-GCN's graphs",
)
