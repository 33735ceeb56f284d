"""Every layout has the joints of its publication, and a valid structure."""

import re
import subprocess
import sys

import pytest

from skelconv.testing import check_layout
from skelconv_layouts import plugin

LAYOUTS = {layout.name: layout for layout in plugin.skelconv_layouts()}

# Names as published, in the order of the documentation.
PUBLISHED = {
    "coco17": """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder
        left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee
        left_ankle right_ankle""",
    "openpose18": """Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist RHip RKnee RAnkle
        LHip LKnee LAnkle REye LEye REar LEar""",
    "openpose25": """Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee
        RAnkle LHip LKnee LAnkle REye LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe
        RHeel""",
    "halpe26": """Nose LEye REye LEar REar LShoulder RShoulder LElbow RElbow LWrist RWrist LHip
        RHip LKnee RKnee LAnkle RAnkle Head Neck Hip LBigToe RBigToe LSmallToe RSmallToe LHeel
        RHeel""",
    "h36m17": """Root RHip RKnee RFoot LHip LKnee LFoot Spine Thorax NeckBase Head LShoulder
        LElbow LWrist RShoulder RElbow RWrist""",
    "smpl24": """Pelvis L_Hip R_Hip Spine1 L_Knee R_Knee Spine2 L_Ankle R_Ankle Spine3 L_Foot
        R_Foot Neck L_Collar R_Collar Head L_Shoulder R_Shoulder L_Elbow R_Elbow L_Wrist R_Wrist
        L_Hand R_Hand""",
    "smpl22": """Pelvis L_Hip R_Hip Spine1 L_Knee R_Knee Spine2 L_Ankle R_Ankle Spine3 L_Foot
        R_Foot Neck L_Collar R_Collar Head L_Shoulder R_Shoulder L_Elbow R_Elbow L_Wrist
        R_Wrist""",
    # The names of smplx's joint_names.py, for SMPL-H.
    "smplh52": """Pelvis L_Hip R_Hip Spine1 L_Knee R_Knee Spine2 L_Ankle R_Ankle Spine3 L_Foot
        R_Foot Neck L_Collar R_Collar Head L_Shoulder R_Shoulder L_Elbow R_Elbow L_Wrist R_Wrist
        L_Index1 L_Index2 L_Index3 L_Middle1 L_Middle2 L_Middle3 L_Pinky1 L_Pinky2 L_Pinky3
        L_Ring1 L_Ring2 L_Ring3 L_Thumb1 L_Thumb2 L_Thumb3 R_Index1 R_Index2 R_Index3 R_Middle1
        R_Middle2 R_Middle3 R_Pinky1 R_Pinky2 R_Pinky3 R_Ring1 R_Ring2 R_Ring3 R_Thumb1 R_Thumb2
        R_Thumb3""",
    "blazepose33": """NOSE LEFT_EYE_INNER LEFT_EYE LEFT_EYE_OUTER RIGHT_EYE_INNER RIGHT_EYE
        RIGHT_EYE_OUTER LEFT_EAR RIGHT_EAR MOUTH_LEFT MOUTH_RIGHT LEFT_SHOULDER RIGHT_SHOULDER
        LEFT_ELBOW RIGHT_ELBOW LEFT_WRIST RIGHT_WRIST LEFT_PINKY RIGHT_PINKY LEFT_INDEX
        RIGHT_INDEX LEFT_THUMB RIGHT_THUMB LEFT_HIP RIGHT_HIP LEFT_KNEE RIGHT_KNEE LEFT_ANKLE
        RIGHT_ANKLE LEFT_HEEL RIGHT_HEEL LEFT_FOOT_INDEX RIGHT_FOOT_INDEX""",
    "movenet17": """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder
        left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee
        left_ankle right_ankle""",
    "uav-human17": """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder
        left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee
        left_ankle right_ankle""",
    # The names of UNIK's lcrnet by their numbers.
    "smarthome13": "Rank Lank Rkne Lkne Rhip Lhip Rwri Lwri Relb Lelb Rsho Lsho head",
    "kinect20": """HipCenter Spine ShoulderCenter Head ShoulderLeft ElbowLeft WristLeft HandLeft
        ShoulderRight ElbowRight WristRight HandRight HipLeft KneeLeft AnkleLeft FootLeft HipRight
        KneeRight AnkleRight FootRight""",
    "kinect-azure32": """PELVIS SPINE_NAVEL SPINE_CHEST NECK CLAVICLE_LEFT SHOULDER_LEFT
        ELBOW_LEFT WRIST_LEFT HAND_LEFT HANDTIP_LEFT THUMB_LEFT CLAVICLE_RIGHT SHOULDER_RIGHT
        ELBOW_RIGHT WRIST_RIGHT HAND_RIGHT HANDTIP_RIGHT THUMB_RIGHT HIP_LEFT KNEE_LEFT ANKLE_LEFT
        FOOT_LEFT HIP_RIGHT KNEE_RIGHT ANKLE_RIGHT FOOT_RIGHT HEAD NOSE EYE_LEFT EAR_LEFT EYE_RIGHT
        EAR_RIGHT""",
    # Of the README of SHREC'17, without "first_joint" and so on: they are 1 to 4 from the palm.
    "shrec22": """Wrist Palm thumb1 thumb2 thumb3 thumb4 index1 index2 index3 index4 middle1
        middle2 middle3 middle4 ring1 ring2 ring3 ring4 pinky1 pinky2 pinky3 pinky4""",
    "hand21": """wrist thumb1 thumb2 thumb3 thumb4 index1 index2 index3 index4 middle1 middle2
        middle3 middle4 ring1 ring2 ring3 ring4 pinky1 pinky2 pinky3 pinky4""",
    # The names of the motion files, in the words of the 17 joints.
    "h36m32": """Hips RightUpLeg RightLeg RightFoot RightToeBase RightToeSite LeftUpLeg LeftLeg
        LeftFoot LeftToeBase LeftToeSite Spine Spine1 Neck Head HeadSite LeftShoulder LeftArm
        LeftForeArm LeftHand LeftHandThumb LeftThumbSite LeftWristEnd LeftWristSite RightShoulder
        RightArm RightForeArm RightHand RightHandThumb RightThumbSite RightWristEnd
        RightWristSite""",
}
WORDS_OF = {
    "kinect20": {
        "hip_center": "spine_base",
        "spine": "spine_mid",
        "shoulder_center": "spine_shoulder",
    },
    "h36m32": {
        "up_leg": "hip",
        "leg": "knee",
        "foot": "ankle",
        "toe_base": "toe",
        "toe_site": "toe_end",
        "hips": "pelvis",
        "spine": "spine_base",
        "spine1": "spine",
        "neck": "thorax",
        "head": "neck_base",
        "head_site": "head",
        "shoulder": "clavicle",
        "arm": "shoulder",
        "fore_arm": "elbow",
        "hand": "wrist",
        "hand_thumb": "thumb",
        "thumb_site": "thumb_end",
        "wrist_end": "hand",
        "wrist_site": "hand_end",
    },
    "smarthome13": {
        "ank": "ankle",
        "kne": "knee",
        "wri": "wrist",
        "elb": "elbow",
        "sho": "shoulder",
    },
    "kinect-azure32": {"handtip": "hand_tip"},
}
FINGERS = {"index": "forefinger", "middle": "middle_finger", "ring": "ring_finger"}
FINGERS["pinky"] = "pinky_finger"
OTHER_WORDS = {
    "mid_hip": "pelvis",
    "hip": "pelvis",
    "root": "pelvis",
    "mouth_left": "left_mouth",
    "mouth_right": "right_mouth",
}

# The parent of each joint (a root is its own parent), as in the code of graph networks.
PUBLISHED_TREES = {
    "coco17": "0 0 0 1 2 0 0 5 6 7 8 0 0 11 12 13 14",
    "openpose18": "0 0 1 2 3 1 5 6 2 8 9 5 11 12 0 0 14 15",
    "smpl24": "0 0 0 0 1 2 3 4 5 6 7 8 9 9 9 12 13 14 16 17 18 19 20 21",
    "smpl22": "0 0 0 0 1 2 3 4 5 6 7 8 9 9 9 12 13 14 16 17 18 19",
    # The first row of kintree_table in SMPL-H's model.
    "smplh52": """0 0 0 0 1 2 3 4 5 6 7 8 9 9 9 12 13 14 16 17 18 19 20 22 23 20 25 26 20 28 29 20
        31 32 20 34 35 21 37 38 21 40 41 21 43 44 21 46 47 21 49 50""",
    "h36m17": "0 0 1 2 0 4 5 0 7 8 9 8 11 12 8 14 15",
    # VideoPose3D's, whose root is 0.
    "h36m32": """0 0 1 2 3 4 0 6 7 8 9 0 11 12 13 14 12 16 17 18 19 20 19 22 12 24 25 26 27 28
        27 30""",
    # CTR-GCN's graph of NW-UCLA, whose root is the third joint.
    "kinect20": "1 2 2 2 2 4 5 6 2 8 9 10 0 12 13 14 0 16 17 18",
    # As the SDK's documentation lists parents.
    "kinect-azure32": """0 0 1 2 2 4 5 6 7 8 7 2 11 12 13 14 15 14 0 18 19 20 0 22 23 24 3 26 26
        26 26 26""",
    "hand21": "0 0 1 2 3 0 5 6 7 0 9 10 11 0 13 14 15 0 17 18 19",
    "shrec22": "0 0 1 2 3 4 1 6 7 8 1 10 11 12 1 14 15 16 1 18 19 20",
}


def in_house_words(name: str, layout: str) -> str:
    words = re.sub(r"^([LR])_?(?=[A-Z][a-z])", r"\1_", name)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words).lower()
    words = re.sub(r"^l_", "left_", re.sub(r"^r_", "right_", words))
    if layout == "h36m17":
        words = words.replace("foot", "ankle")
    if layout == "smplh52" and words[-1].isdigit() and "spine" not in words:
        side, finger = words[:-1].split("_")
        return f"{side}_{FINGERS.get(finger, finger)}{words[-1]}"
    if layout in ("hand21", "shrec22"):
        finger, joint = words[:-1], words[-1:]
        words = FINGERS.get(finger, finger) + joint
        return "hand_root" if layout == "hand21" and words == "wrist" else words
    if layout in WORDS_OF:
        last = re.fullmatch("(.*)_(left|right)", words)
        words = f"{last[2]}_{last[1]}" if last else words
        if layout == "smarthome13":
            words = re.sub(r"^([lr])(?=[a-z]{3}$)", r"\1_", words)
            words = re.sub("^l_", "left_", re.sub("^r_", "right_", words))
        side = re.match("(left_|right_)?", words)[0]
        joint = words.removeprefix(side)
        return side + WORDS_OF[layout].get(joint, joint)
    return OTHER_WORDS.get(words, words)


def test_all_layouts_are_offered():
    by_peer = {"mpii16", "crowdpose14", "aic14", "posetrack17", "jhmdb15", "halpe68", "halpe136"}
    openpose = {"openpose67", "openpose137"}
    assert set(LAYOUTS) == {*PUBLISHED, "coco-wholebody133", *openpose, *by_peer, "blazepose75"}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_each_says_where_its_order_is_from(layout):
    assert re.search(r"\(20\d\d\)|Microsoft's|TensorFlow", layout.origin)


def test_a_hand_alone_is_the_hand_of_a_whole_body():
    hand, whole = LAYOUTS["hand21"], LAYOUTS["coco-wholebody133"]
    first = whole.joints.index("left_hand_root")
    assert [f"left_{joint}" for joint in hand.joints] == list(whole.joints[first : first + 21])
    inner = {(one - first, other - first) for one, other in whole.bones if one > first}
    assert set(hand.bones) == {pair for pair in inner if pair[0] < 21}


@pytest.mark.parametrize("name", PUBLISHED)
def test_joints_are_in_the_published_order(name):
    published = [in_house_words(joint, name) for joint in PUBLISHED[name].split()]
    assert list(LAYOUTS[name].joints) == published


@pytest.mark.parametrize("name", PUBLISHED_TREES)
def test_bones_are_the_published_trees(name):
    parents = [int(number) for number in PUBLISHED_TREES[name].split()]
    assert set(LAYOUTS[name].bones) == {
        (joint, parent) for joint, parent in enumerate(parents) if joint != parent
    }


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_name_ends_with_the_number_of_joints(layout):
    assert layout.name.endswith(str(len(layout.joints)))
    assert all(re.fullmatch(r"[a-z]+[0-9]?(_[a-z0-9]+)*", joint) for joint in layout.joints)
    assert check_layout(layout) is None


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_bones_are_one_tree(layout):
    parents = dict(layout.bones)
    assert len(parents) == len(layout.bones) == len(layout.joints) - 1
    (root,) = set(range(len(layout.joints))) - set(parents)
    for joint in parents:
        steps = 0
        while joint != root:
            joint, steps = parents[joint], steps + 1
            assert steps < len(layout.joints)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_pairs_are_all_left_and_right_joints_and_mirror_the_bones(layout):
    paired = [joint for pair in layout.pairs for joint in pair]
    assert len(set(paired)) == len(paired)
    named = {
        (layout.joints.index(joint), layout.joints.index("right" + joint.removeprefix("left")))
        for joint in layout.joints
        if joint.startswith("left")
    }
    unnamed = set(layout.pairs) - named
    assert named <= set(layout.pairs)
    assert all(layout.joints[joint].startswith("face_") for pair in unnamed for joint in pair)
    mirror = dict(layout.pairs) | {right: left for left, right in layout.pairs}
    mirrored = {(mirror.get(joint, joint), mirror.get(up, up)) for joint, up in layout.bones}
    assert mirrored == set(layout.bones)


def test_parts_of_the_whole_body_are_in_the_published_order():
    layout = LAYOUTS["coco-wholebody133"]
    assert layout.joints[:17] == LAYOUTS["coco17"].joints
    feet = "left_big_toe left_small_toe left_heel right_big_toe right_small_toe right_heel"
    assert layout.joints[17:23] == tuple(feet.split())
    assert layout.joints[23:91] == tuple(f"face_{number}" for number in range(68))
    at = {23: "face_0", 90: "face_67", 91: "left_hand_root", 92: "left_thumb1"}
    at |= {96: "left_forefinger1", 100: "left_middle_finger1", 111: "left_pinky_finger4"}
    at |= {112: "right_hand_root", 116: "right_thumb4", 132: "right_pinky_finger4"}
    assert {number: layout.joints[number] for number in at} == at


def test_the_face_is_mirrored_as_published():
    # Counted from 0, as COCO-WholeBody's swaps of face points are published.
    published = """0 16, 1 15, 2 14, 3 13, 4 12, 5 11, 6 10, 7 9, 17 26, 18 25, 19 24, 20 23, 21 22,
        31 35, 32 34, 36 45, 37 44, 38 43, 39 42, 40 47, 41 46, 48 54, 49 53, 50 52, 55 59, 56 58,
        60 64, 61 63, 65 67"""
    expected = {frozenset(map(int, pair.split())) for pair in published.split(",")}
    layout = LAYOUTS["coco-wholebody133"]
    pairs = {frozenset(joint - 23 for joint in pair) for pair in layout.pairs if 23 <= pair[0] < 91}
    assert pairs == expected


# What is drawn, where it is not the tree.
PUBLISHED_LIMBS = {
    # In the order of PoseConv3D's configurations, which their weights were trained on.
    "coco17": """0 5, 0 6, 5 7, 7 9, 6 8, 8 10, 5 11, 11 13, 13 15, 6 12, 12 14, 14 16, 0 1, 0 2,
        1 3, 2 4, 11 12""",
    "blazepose33": """0 1, 1 2, 2 3, 3 7, 0 4, 4 5, 5 6, 6 8, 9 10, 11 12, 11 13, 13 15, 15 17,
        15 19, 15 21, 17 19, 12 14, 14 16, 16 18, 16 20, 16 22, 18 20, 11 23, 12 24, 23 24, 23 25,
        24 26, 25 27, 26 28, 27 29, 28 30, 29 31, 30 32, 27 31, 28 32""",
    # The edges of TensorFlow's tutorial.
    "movenet17": """0 1, 0 2, 1 3, 2 4, 0 5, 0 6, 5 7, 7 9, 6 8, 8 10, 5 6, 5 11, 6 12, 11 12,
        11 13, 13 15, 12 14, 14 16""",
    # CTR-GCN's graph of UAV-Human.
    "uav-human17": """10 8, 8 6, 9 7, 7 5, 15 13, 13 11, 16 14, 14 12, 11 5, 12 6, 11 12, 5 6, 5 0,
        6 0, 1 0, 2 0, 3 1, 4 2""",
}


@pytest.mark.parametrize("name", PUBLISHED_LIMBS)
def test_limbs_are_those_that_are_published(name):
    published = [tuple(map(int, pair.split())) for pair in PUBLISHED_LIMBS[name].split(",")]
    limbs = LAYOUTS[name].limbs
    if name == "coco17":
        assert list(limbs) == published
    else:
        assert {frozenset(limb) for limb in limbs} == {frozenset(limb) for limb in published}
        assert len(limbs) == len(published)


def test_the_face_is_drawn_as_outlines():
    layout = LAYOUTS["coco-wholebody133"]
    face = [limb for limb in layout.limbs if all(23 <= joint < 91 for joint in limb)]
    # The 68 points are on five open lines and four closed ones.
    assert len(face) == 68 - 5
    assert {joint for limb in face for joint in limb} == set(range(23, 91))
    # The face is not tied to the nose, as it is in the tree.
    assert not [limb for limb in layout.limbs if 0 in limb and max(limb) >= 23]


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_limb_is_there_once_and_on_both_sides(name):
    layout = LAYOUTS[name]
    limbs = [frozenset(limb) for limb in layout.limbs]
    assert len(set(limbs)) == len(limbs)
    mirror = dict(layout.pairs) | {right: left for left, right in layout.pairs}
    assert {frozenset(mirror.get(joint, joint) for joint in limb) for limb in limbs} == set(limbs)


def test_layouts_do_not_import_numpy():
    code = (
        "import sys; from skelconv_layouts import plugin; list(plugin.skelconv_layouts());"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
