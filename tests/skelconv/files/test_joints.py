"""Joints are found by their names, in whatever way programs write them."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import ClipError
from skelconv.files import layout_of_joints, match_joints
from skelconv.plugin import layout_named

COCO17 = layout_named("coco17")
STYLES = (
    lambda side, part: f"{side}_{part}",
    lambda side, part: f"{side.upper()} {part.upper()}",
    lambda side, part: f"{part}-{side}".title(),
    lambda side, part: f"{side[0].upper()}{part.title().replace('_', '')}",
    lambda side, part: f"{side[0]}_{part}",
    lambda side, part: f"{part}.{side[0].upper()}",
    lambda side, part: f"{side}{part.title().replace('_', '')}",
    lambda side, part: f"{side[0]}{part}",
)


def styled(joint: str, style) -> str:
    side, _, part = joint.partition("_")
    return style(side, part) if side in ("left", "right") else joint.title()


@pytest.mark.parametrize("name", ["coco17", "openpose25", "halpe26", "blazepose33", "openpose18"])
@pytest.mark.parametrize("style", STYLES)
@given(seed=st.integers(0, 1000))
def test_each_name_is_found_in_any_style_and_order(name, style, seed):
    layout = layout_named(name)
    order = list(range(len(layout.joints)))
    random.Random(seed).shuffle(order)
    assert match_joints([styled(layout.joints[at], style) for at in order], layout) == order


# As the programs and datasets write them.
PUBLISHED = {
    "halpe26": """Nose LEye REye LEar REar LShoulder RShoulder LElbow RElbow LWrist RWrist LHip
        RHip LKnee RKnee LAnkle RAnkle Head Neck Hip LBigToe RBigToe LSmallToe RSmallToe LHeel
        RHeel""",
    "openpose25": """Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee
        RAnkle LHip LKnee LAnkle REye LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe
        RHeel""",
    "h36m17": """root(pelvis) right_hip right_knee right_foot left_hip left_knee left_foot spine
        thorax neck_base head left_shoulder left_elbow left_wrist right_shoulder right_elbow
        right_wrist""",
    "blazepose33": """NOSE LEFT_EYE_INNER LEFT_EYE LEFT_EYE_OUTER RIGHT_EYE_INNER RIGHT_EYE
        RIGHT_EYE_OUTER LEFT_EAR RIGHT_EAR MOUTH_LEFT MOUTH_RIGHT LEFT_SHOULDER RIGHT_SHOULDER
        LEFT_ELBOW RIGHT_ELBOW LEFT_WRIST RIGHT_WRIST LEFT_PINKY RIGHT_PINKY LEFT_INDEX
        RIGHT_INDEX LEFT_THUMB RIGHT_THUMB LEFT_HIP RIGHT_HIP LEFT_KNEE RIGHT_KNEE LEFT_ANKLE
        RIGHT_ANKLE LEFT_HEEL RIGHT_HEEL LEFT_FOOT_INDEX RIGHT_FOOT_INDEX""",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_names_are_those_of_the_layout(name):
    layout = layout_named(name)
    names = PUBLISHED[name].split()
    assert match_joints(names, layout) == list(range(len(names)))


@pytest.mark.parametrize("name", ["coco-wholebody133", "openpose137", "smpl24", "ntu25", "h36m17"])
def test_a_layouts_own_names_are_its_own(name):
    layout = layout_named(name)
    assert match_joints(layout.joints, layout) == list(range(len(layout.joints)))


def with_changes(**changes: str) -> list[str]:
    return [changes.get(joint, joint) for joint in COCO17.joints]


def test_head_bottom_and_head_top_are_no_eyes():
    names = with_changes(left_eye="head_bottom", right_eye="head_top")
    with pytest.raises(ClipError) as caught:
        match_joints(names, COCO17)
    assert caught.value.reason == (
        "its joints are not those of coco17: it has head_bottom, head_top, and it lacks left_eye, "
        "right_eye (option layout)"
    )


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (list(COCO17.joints[:-1]), "it lacks right_ankle (option layout)"),
        ([*COCO17.joints, "neck"], "it has neck (option layout)"),
        (with_changes(left_eye="right_eye"), "it lacks left_eye"),
        ([*COCO17.joints, "LEye"], "names a joint of coco17 more than once: left_eye, LEye"),
        (
            [],
            "it lacks nose, left_eye, right_eye, left_ear, right_ear, left_shoulder, "
            "right_shoulder, left_elbow and 9 more",
        ),
        (["\x1b[31m" + "x" * 10**6], r"it has \x1b[31mx"),
    ],
)
def test_other_joints_are_refused(names, reason):
    with pytest.raises(ClipError, match=re.escape(reason)) as caught:
        match_joints(names, COCO17)
    assert len(caught.value.reason) < 400


def test_a_part_of_the_joints():
    assert match_joints(["RAnkle", "nose"], COCO17, partial=True) == [16, 0]
    with pytest.raises(ClipError, match=r"it has pelvis \(option layout\)"):
        match_joints(["nose", "pelvis"], COCO17, partial=True)


@given(names=st.lists(st.text() | st.sampled_from(COCO17.joints), max_size=20))
def test_any_text_is_a_joint_or_refused(names):
    try:
        positions = match_joints(names, COCO17, partial=True)
    except ClipError:
        return
    assert len(set(positions)) == len(names)


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["LSHO", "RSHO", "C7"], ((0, 1),)),
        (["rear", "tail", "lear"], ((2, 0),)),
        (["left_paw", "nose", "RightPaw"], ((0, 2),)),
        (["snout", "leftear", "rightear"], ((1, 2),)),
        (["LSHO", "rSHO", "Rib", "Lip"], ()),
    ],
)
def test_left_and_right_of_joints_that_a_file_names(names, pairs):
    assert layout_named(layout_of_joints(names, [], "toy")).pairs == pairs


def test_lines_that_leave_out_one_side_are_a_layout():
    layout = layout_named(
        layout_of_joints(["nose", "l_ear", "r_ear", "tail"], [(0, 1), (3, 2)], "x")
    )
    assert layout.pairs == ((1, 2),)
    assert layout.bones == ((1, 0), (3, 2))
