from skelconv_ntu.layout import NTU25

# Joint and parent as the graph networks have them, counted from 1 as in NTU's documentation.
PUBLISHED_BONES = """
    1 2, 2 21, 3 21, 4 3, 5 21, 6 5, 7 6, 8 7, 9 21, 10 9, 11 10, 12 11, 13 1, 14 13, 15 14, 16 15,
    17 1, 18 17, 19 18, 20 19, 22 23, 23 8, 24 25, 25 12
"""


def test_the_bones_are_those_that_graph_networks_use():
    published = {
        tuple(int(number) - 1 for number in bone.split()) for bone in PUBLISHED_BONES.split(",")
    }
    assert set(NTU25.bones) == published
    assert len(NTU25.bones) == len(published)


def test_the_bones_are_a_tree():
    parents = dict(NTU25.bones)
    (root,) = set(range(25)) - set(parents)
    assert NTU25.joints[root] == "spine_shoulder"
    for joint in parents:
        steps = 0
        while joint != root:
            joint, steps = parents[joint], steps + 1
            assert steps < 25


def test_the_mirror_image_of_a_bone_is_a_bone():
    mirror = dict(NTU25.pairs) | {right: left for left, right in NTU25.pairs}
    mirrored = {(mirror.get(joint, joint), mirror.get(up, up)) for joint, up in NTU25.bones}
    assert mirrored == set(NTU25.bones)
    assert len(NTU25.pairs) == 10


def test_joints_are_in_the_documented_order():
    joints = NTU25.joints
    assert len(joints) == 25
    published = {4: "head", 5: "left_shoulder", 9: "right_shoulder", 17: "right_hip"}
    assert {number: joints[number - 1] for number in published} == published
