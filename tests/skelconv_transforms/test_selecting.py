"""select-joints against NumPy's own indexing, and against what layouts say of each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipError, Field, RecipeError, load_recipe
from skelconv.plugin import OwnLayout, layout_named
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_transform
from skelconv_transforms.selecting import select_joints, selection

LAYOUTS = {
    offer.name: load_registry().layout(offer.name) for offer in load_registry().of_kind("layout")
}


def selected(one, *joints, without=(), name=None):
    return select_joints(one, joints=joints or ("*",), without=without, name=name)


def of(name, **keywords):
    return clip(layout=name, joints=len(LAYOUTS[name].joints), **keywords)


@given(name=st.sampled_from(sorted(LAYOUTS)), seed=st.integers(0, 10**6), data=st.data())
def test_any_joints_in_any_order(name, seed, data):
    layout = LAYOUTS[name]
    count = len(layout.joints)
    places = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=20, unique=True))
    one = of(name, seed=seed, fields={"f": Field(np.arange(count)[np.newaxis], "MV")})
    result = check_transform(
        lambda each: selected(each, *(layout.joints[place] for place in places)), one
    )
    np.testing.assert_array_equal(result.keypoint, one.keypoint[:, :, places])
    np.testing.assert_array_equal(result.keypoint_score, one.keypoint_score[:, :, places])
    np.testing.assert_array_equal(result.fields["f"].values, one.fields["f"].values[:, places])
    new = layout_named(result.layout)
    assert new.joints == tuple(layout.joints[place] for place in places)
    if not isinstance(result.layout, OwnLayout):
        return  # it has a tree of its own
    # The parent of each is the nearest one above it that is kept.
    above, parents = dict(layout.bones), dict(new.bones)
    for joint, place in enumerate(places):
        up = above.get(place)
        while up is not None and up not in places:
            up = above.get(up)
        assert parents.get(joint) == (None if up is None else places.index(up))
    kept = [(one, other) for one, other in layout.pairs if {one, other} <= {*places}]
    assert [(places[one], places[other]) for one, other in new.pairs] == kept
    between = {frozenset(limb) for limb in layout.limbs if {*limb} <= {*places}}
    assert between <= {frozenset(places[end] for end in limb) for limb in new.limbs}


@pytest.mark.parametrize(
    ("of_layout", "joints", "known"),
    [
        ("openpose137", ["body"], "openpose25"),
        ("openpose137", ["body", "hands"], "openpose67"),
        ("halpe136", ["body"], "halpe26"),
        ("halpe136", ["body", "hands"], "halpe68"),
        ("coco17", ["*"], "coco17"),
        (
            "h36m32",
            ["pelvis", *(f"right_{j}" for j in ("hip", "knee", "ankle"))]
            + [*(f"left_{j}" for j in ("hip", "knee", "ankle"))]
            + ["spine", "thorax", "neck_base", "head"]
            + [f"{s}_{j}" for s in ("left", "right") for j in ("shoulder", "elbow", "wrist")],
            "h36m17",
        ),
    ],
)
def test_a_selection_that_is_a_layout_has_its_name(of_layout, joints, known):
    assert selected(of(of_layout), *joints).layout == known


def test_body_and_feet_of_the_whole_body():
    one = of("coco-wholebody133")
    assert selected(one, "body", without=("feet",)).layout == "coco17"
    places, layout = selection("coco-wholebody133", ("left_hand",), (), "left")
    assert places == tuple(range(91, 112))
    assert layout_named(layout).name == "left"
    assert len(layout_named(layout).bones) == 20


def test_a_line_goes_on_over_a_joint_that_is_gone():
    layout = layout_named(selected(of("coco17"), without=("*_elbow",)).layout)
    names = [{layout.joints[end] for end in limb} for limb in layout.limbs]
    assert {"left_shoulder", "left_wrist"} in names
    assert {"right_shoulder", "right_wrist"} in names


@pytest.mark.parametrize(
    ("joints", "without", "words"),
    [
        (["tail"], [], "coco17 has no joint 'tail'"),
        (["hands"], [], "coco17 has no joint 'hands'"),
        (["*"], ["face"], "coco17 has no joint 'face'"),
        (["nose"], ["nose"], "no joint of coco17 is left"),
    ],
)
def test_what_cannot_be_selected(joints, without, words):
    with pytest.raises(ClipError, match=words):
        selected(of("coco17"), *joints, without=tuple(without))


def test_a_recipe_is_refused_before_clips_are_loaded():
    recipe = {
        "name": "toy",
        "source": {"use": "pose-array", "with": {"root": "x", "layout": "coco17"}},
        "transforms": [
            {"use": "select-joints", "with": {"without": ["*_eye", "*_ear"]}},
            {"use": "map-layout", "with": {"to": "coco17"}},
        ],
        "sink": {"use": "pickle", "with": {"path": "x.pkl"}},
    }
    with pytest.raises(RecipeError, match="coco17-13 has nothing for left_eye"):
        load_recipe(recipe)
