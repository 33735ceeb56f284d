"""The rules by which a joint of one layout is found in another.

The counterpart of a joint is the joint of the same name, wherever there is one: a name means a
part of the body, and datasets differ by some centimetres in where they place it. The rules are for
joints that a layout lacks: other joints, or means of some, the closest first.
The means are those of pose lifting with MMPose (``convert_keypoint_definition``) and of OpenPose's
own training data, whose neck is the middle of the shoulders.
"""

from __future__ import annotations

from collections.abc import Mapping

Parts = tuple[str, ...]

_SHOULDERS = ("left_shoulder", "right_shoulder")
_HIPS = ("left_hip", "right_hip")

_MIDDLE: dict[str, tuple[Parts, ...]] = {
    "neck": (_SHOULDERS,),
    # Where the spine meets the shoulders: the names in Human3.6M and Kinect.
    "thorax": (("spine_shoulder",), _SHOULDERS),
    "spine_shoulder": (("thorax",), _SHOULDERS),
    "pelvis": (("spine_base",), _HIPS),
    "spine_base": (("pelvis",), _HIPS),
    # Half way between them: the names in Human3.6M, Kinect and SMPL.
    "spine": (("spine_mid",), ("spine2",), ("pelvis", "thorax")),
    "spine_mid": (("spine",), ("spine2",), ("spine_navel",), ("spine_base", "spine_shoulder")),
    "spine2": (("spine",), ("spine_mid",), ("spine_navel",)),
    "spine_navel": (("spine_mid",), ("spine",), ("spine2",)),
    "belly": (("spine",), ("spine_mid",), ("spine_navel",), ("spine2",)),
    "neck_base": (("nose",),),
    # Where the neck meets the head: the names in MPII and PoseTrack.
    "upper_neck": (("head_bottom",), ("neck",)),
    "head_bottom": (("upper_neck",), ("neck",)),
    "head": (("left_eye", "right_eye"), ("head_top",)),
    "head_top": (("head",),),
    # Corners in the 68 points of a face; its right side comes first.
    "right_eye_outer": (("face_36",),),
    "right_eye_inner": (("face_39",),),
    "left_eye_inner": (("face_42",),),
    "left_eye_outer": (("face_45",),),
    "right_mouth": (("face_48",),),
    "left_mouth": (("face_54",),),
}

_ON_EACH_SIDE: dict[str, tuple[Parts, ...]] = {
    "foot": (("foot_index",), ("big_toe", "small_toe")),
    "foot_index": (("big_toe",),),
    "big_toe": (("foot_index",),),
    "hand_root": (("wrist",),),
    # Without a joint for the hand, the knuckles are the closest.
    "hand": (("middle_finger1",), ("index", "pinky")),
    "hand_tip": (("middle_finger4",),),
    "thumb": (("thumb4",),),
    "index": (("forefinger1",),),
    "pinky": (("pinky_finger1",),),
}

RULES: Mapping[str, tuple[Parts, ...]] = _MIDDLE | {
    f"{side}_{joint}": tuple(tuple(f"{side}_{part}" for part in parts) for parts in rules)
    for side in ("left", "right")
    for joint, rules in _ON_EACH_SIDE.items()
}


def counterpart(
    joint: str, joints: Mapping[str, int], asked: tuple[str, ...] = ()
) -> dict[int, float] | None:
    """Find the counterpart of a joint among others.

    Parameters
    ----------
    joint : str
        The joint.
    joints : mapping of str to int
        The others' positions, by name.
    asked : tuple of str
        Joints on the way to this one, which cannot be its counterpart.

    Returns
    -------
    dict of int to float, or None
        Positions and their weights, which sum to 1; None when there is no counterpart.
    """
    if joint in joints:
        return {joints[joint]: 1.0}
    for parts in RULES.get(joint, ()):
        if set(parts) & set(asked):
            continue
        found = [counterpart(part, joints, (*asked, joint)) for part in parts]
        weights: dict[int, float] = {}
        for one in found:
            for position, weight in (one or {}).items():
                weights[position] = weights.get(position, 0.0) + weight / len(parts)
        if all(found):
            return weights
    return None
