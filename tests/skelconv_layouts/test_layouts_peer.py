"""Layouts against what MMPose says of the same datasets."""

import importlib.util
import runpy
from pathlib import Path

import pytest

from skelconv.plugin import layout_named

# Where names differ: of one joint, by two of its datasets.
WORDS = {"root": "pelvis", "hip": "pelvis", "top_head": "head_top"}
WORDS |= {"left_foot": "left_ankle", "right_foot": "right_ankle"}


def of_mmpose(name):
    """Return joints, swaps and links of one of MMPose's datasets, as positions."""
    package = Path(importlib.util.find_spec("mmpose").origin).parent
    info = runpy.run_path(str(package / f".mim/configs/_base_/datasets/{name}.py"))["dataset_info"]
    points = [info["keypoint_info"][index] for index in sorted(info["keypoint_info"])]
    names = [point["name"] for point in points]
    index = {name: place for place, name in enumerate(names)}
    swaps = {frozenset((index[p["name"]], index[p["swap"]])) for p in points if p["swap"]}
    links = {frozenset(index[end] for end in row["link"]) for row in info["skeleton_info"].values()}
    return names, swaps, links


def in_our_words(names):
    ours = [WORDS.get(name, name).replace("face-", "face_") for name in names]
    return ["hand_root" if name == "wrist" and "thumb1" in names else name for name in ours]


@pytest.mark.parametrize(
    ("layout", "dataset"),
    [
        ("coco17", "coco"),
        ("mpii16", "mpii"),
        ("crowdpose14", "crowdpose"),
        ("aic14", "aic"),
        ("posetrack17", "posetrack18"),
        ("jhmdb15", "jhmdb"),
        ("halpe26", "halpe26"),
        ("halpe136", "halpe"),
        ("h36m17", "h36m"),
        ("hand21", "coco_wholebody_hand"),
        ("coco-wholebody133", "coco_wholebody"),
    ],
)
def test_joints_and_sides_are_those_of_mmpose(layout, dataset):
    names, swaps, _ = of_mmpose(dataset)
    ours = layout_named(layout)
    assert list(ours.joints) == in_our_words(names)
    assert {frozenset(pair) for pair in ours.pairs} == swaps


@pytest.mark.parametrize(
    ("layout", "dataset"),
    [
        ("mpii16", "mpii"),
        ("crowdpose14", "crowdpose"),
        ("aic14", "aic"),
        ("posetrack17", "posetrack18"),
        ("jhmdb15", "jhmdb"),
        ("h36m17", "h36m"),
        ("hand21", "coco_wholebody_hand"),
    ],
)
def test_what_is_drawn_is_what_mmpose_draws(layout, dataset):
    _, _, links = of_mmpose(dataset)
    assert {frozenset(limb) for limb in layout_named(layout).limbs} == links


def test_halpe_68_is_136_without_the_face():
    whole = layout_named("halpe136").joints
    assert layout_named("halpe68").joints == tuple(j for j in whole if not j.startswith("face_"))
