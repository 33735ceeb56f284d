"""merge-joints: the joints of two datasets in one."""

import pickle

import numpy as np
import pytest
from support.memory import clip

import skelconv
from skelconv import ClipError, Field, RecipeError, load_recipe
from skelconv.plugin import OwnLayout, define, layout_named, stored_layout
from skelconv.testing import check_transform
from skelconv_transforms.merging import MergeJoints
from skelconv_transforms.selecting import select_joints

CLAW = ["claw_root", "claw_tip"]
ROOT_HAND = define({"name": "claw", "joints": CLAW, "limbs": [CLAW]})


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Store clips as another dataset, and return merge-joints with it."""

    def store(clips, **options):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "x").mkdir(exist_ok=True)
        layout = clips[0].layout
        for each in clips:
            rows = np.concatenate((each.keypoint, each.keypoint_score[..., None]), -1)
            np.save(tmp_path / f"x/{each.id}.npy", rows)
        recipe = {
            "name": "other",
            "source": {
                "use": "pose-array",
                "with": {"root": "x", "layout": stored_layout(layout), "img_shape": [200, 300]},
            },
            "sink": {"use": "zarr", "with": {"path": "other.zarr"}},
        }
        skelconv.build(recipe, executor="serial")
        return MergeJoints(path="other.zarr", **options)

    return store


def of(layout, clip_id="a", **keywords):
    joints = len(layout_named(layout).joints)
    return clip(clip_id, layout=layout, joints=joints, **keywords).replace(img_shape=(200, 300))


def part(whole, *joints):
    return select_joints(whole, joints=joints, without=(), name=None)


def test_a_body_and_its_hands_are_what_they_were_before(stored):
    whole = of("openpose67", seed=3)
    merge = stored([part(whole, "hands")])
    result = check_transform(merge, part(whole, "body"))
    assert result.layout == "openpose67"
    np.testing.assert_array_equal(result.keypoint, whole.keypoint)
    np.testing.assert_array_equal(result.keypoint_score, whole.keypoint_score)


def test_hands_are_at_wrists_and_others_where_the_options_say(stored):
    whole = of("openpose67")
    merge = stored([part(whole, "hands")])
    layout = layout_named(merge.layout_after("coco17"))
    parents = dict(layout.bones)
    names = layout.joints
    for side in ("left", "right"):
        root = names.index(f"{side}_hand_root")
        assert names[parents[root]] == f"{side}_wrist"
        assert (root, parents[root]) in layout.limbs
    assert len(layout.bones) == len(names) - 1
    assert len(layout.pairs) == 8 + 21


def test_an_own_layout_with_a_parent(stored):
    merge = stored([of(ROOT_HAND)], parents={"claw_root": "nose"}, name="both")
    result = merge(of("coco17"))
    assert isinstance(result.layout, OwnLayout)
    layout = layout_named(result.layout)
    assert layout.name == "both"
    assert layout.joints[17:] == ("claw_root", "claw_tip")
    assert (17, 0) in layout.bones
    assert (18, 17) in layout.bones


def test_clips_that_the_other_does_not_have(stored):
    merge = stored([of(ROOT_HAND)])
    with pytest.raises(ClipError, match="no clip of this id"):
        merge(of("coco17", "b"))
    merge.missing = "zero"
    result = merge(of("coco17", "b"))
    assert not result.keypoint[:, :, 17:].any()
    assert not result.keypoint_score[:, :, 17:].any()
    assert not result.present()[:, :, 17:].any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"persons": 2}, "persons: 2 here, and 1 in other.zarr"),
        ({"frames": 5}, "frames: 5 here, and 4 in"),
        ({"channels": 3}, "coordinates: 3 here, and 2 in"),
        ({"fields": {"f": Field(np.arange(17), "V")}}, "fields for each keypoint would not fit: f"),
    ],
)
def test_clips_that_do_not_fit(stored, change, words):
    merge = stored([of(ROOT_HAND)])
    with pytest.raises(ClipError, match=words):
        merge(of("coco17", **change))


def test_what_cannot_be_one_layout_is_refused_before_the_build(stored):
    stored([of("coco17")])
    recipe = {
        "name": "toy",
        "source": {"use": "pose-array", "with": {"root": "x", "layout": "coco17"}},
        "transforms": [{"use": "merge-joints", "with": {"path": "other.zarr"}}],
        "sink": {"use": "pickle", "with": {"path": "x.pkl"}},
    }
    with pytest.raises(RecipeError, match="coco17 and coco17 both have left_ankle"):
        load_recipe(recipe)
    recipe["transforms"][0]["with"]["path"] = "nowhere.zarr"
    with pytest.raises(RecipeError, match="there is no such file or folder"):
        load_recipe(recipe)


@pytest.mark.parametrize("theirs", [[0, 1], [1, 0], [1, 2]])
def test_rows_of_tracks_are_those_of_the_same_person(tmp_path, theirs):
    def with_tracks(layout, tracks):
        made = of(layout, persons=2)
        return made.replace(fields={"track_id": Field(np.array(tracks), "M")})

    hand, body = with_tracks("hand21", theirs), with_tracks("coco17", [0, 1])
    annotation = {
        "frame_dir": "a",
        "label": 0,
        "total_frames": hand.total_frames,
        "layout": "hand21",
        "img_shape": hand.img_shape,
        "keypoint": hand.keypoint,
        "keypoint_score": hand.keypoint_score,
        "track_id": np.array(theirs),
    }
    (tmp_path / "hands.pkl").write_bytes(pickle.dumps([annotation]))
    merge = MergeJoints(path=str(tmp_path / "hands.pkl"))
    if theirs == [1, 2]:
        with pytest.raises(ClipError, match=r"tracks: \[0, 1\] here, and \[1, 2\] in"):
            merge(body)
        return
    rows = [theirs.index(0), theirs.index(1)]
    np.testing.assert_array_equal(merge(body).keypoint[:, :, 17:], hand.keypoint[rows])
