import pytest

from skelconv.plugin.loading import load_registry
from skelconv_transforms.counterparts import RULES, counterpart

LAYOUTS = {
    offer.name: load_registry().layout(offer.name) for offer in load_registry().of_kind("layout")
}


def test_what_needs_nothing_made_up():
    possible = {
        (here, there)
        for here in LAYOUTS
        for there in LAYOUTS
        if here != there
        and all(
            counterpart(joint, {name: i for i, name in enumerate(LAYOUTS[here].joints)})
            for joint in LAYOUTS[there].joints
        )
    }
    coco_and_more = {"coco17", "openpose18", "openpose25", "halpe26", "coco-wholebody133"}
    coco_and_more |= {"openpose67", "openpose137"}
    from_any_of_them = {"coco17", "openpose18", "h36m17"}
    for here in (*coco_and_more, "blazepose33"):
        assert {there for one, there in possible if one == here} >= from_any_of_them - {here}
    assert ("coco-wholebody133", "ntu25") in possible
    assert ("coco-wholebody133", "blazepose33") in possible
    whole = {"coco-wholebody133", "openpose137", "halpe136"}
    for one in whole - {"openpose137"}:
        assert {here for here, there in possible if there == one} == whole - {one}
    assert {here for here, there in possible if there == "openpose67"} == whole | {"halpe68"}
    # Those of image models can all be had from COCO's joints, those of Kinect from Azure's.
    of_images = {"mpii16", "crowdpose14", "aic14", "posetrack17", "jhmdb15", "smarthome13"}
    assert {there for here, there in possible if here == "coco17"} >= of_images
    kinects = {"kinect20", "ntu25"}
    assert {there for here, there in possible if here == "kinect-azure32"} >= kinects
    assert ("ntu25", "kinect20") in possible
    assert ("h36m32", "h36m17") in possible
    assert {here for here, there in possible if there == "smpl24"} == {"smplh52"}
    assert "openpose137" not in {there for _, there in possible}


def test_counterparts_weigh_one_together_and_rules_end():
    for here in LAYOUTS.values():
        positions = {name: index for index, name in enumerate(here.joints)}
        for joint in (*RULES, "no_such_joint"):
            weights = counterpart(joint, positions)
            if weights is not None:
                assert sum(weights.values()) == pytest.approx(1)
    for joint in RULES:
        assert counterpart(joint, {}) is None


def test_every_joint_of_the_rules_is_one_of_a_layout():
    known = {joint for layout in LAYOUTS.values() for joint in layout.joints}
    used = {part for rules in RULES.values() for parts in rules for part in parts}
    assert (used | set(RULES)) <= known
