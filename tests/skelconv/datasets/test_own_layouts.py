"""Datasets with a layout that no plugin offers open without the recipe that defines it."""

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import skelconv
from skelconv import BuildError, DatasetError, RecipeError
from skelconv.cli.app import run
from skelconv.datasets.card import card
from skelconv.plugin import OwnLayout, layout_named
from skelconv.testing import assert_same_clip

HAND = """\
joints: [wrist, left_tip, right_tip]
parents: {left_tip: wrist, right_tip: wrist}
limbs: [[left_tip, right_tip], [wrist, left_tip], [wrist, right_tip]]
"""
SINKS = {"pickle": "out.pkl", "zarr": "out.zarr", "kpfiles": "out"}


def build(
    folder: Path, sink: str, *, hand: str = HAND, first: int = 0, fresh: bool = False
) -> Path:
    """Build three clips of three joints, and remove all that they were made from."""
    for name in ("data", "layouts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "layouts/my_hand.yaml").write_text(hand)
    drawn = np.random.default_rng(first)
    for number in range(first, first + 3):
        people = drawn.uniform(1, 100, (1, 5, 3, 3)) / [1, 1, 101]
        np.save(folder / f"data/clip{number}.npy", people)
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {
            "use": "pose-array",
            "with": {"root": str(folder / "data"), "layout": "my_hand", "img_shape": [100, 100]},
        },
        "sink": {"use": sink, "with": {"path": str(folder / SINKS[sink])}},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    target = skelconv.build(folder / "recipe.yaml", executor="local", workers=2, fresh=fresh).target
    for name in ("data", "layouts"):
        shutil.rmtree(folder / name)
    return target


@pytest.mark.parametrize("sink", SINKS)
def test_it_opens_anywhere(tmp_path, sink):
    made = build(tmp_path / "made", sink)
    moved = tmp_path / "moved" / made.name
    moved.parent.mkdir()
    shutil.move(made, moved)  # without its provenance
    dataset = skelconv.open(moved)
    layout = layout_named(dataset.layout)
    assert layout.joints == ("wrist", "left_tip", "right_tip")
    assert str(dataset.layout) in yaml.safe_load(card(dataset).split("---\n")[1])["tags"]
    assert layout.bones == ((1, 0), (2, 0))
    assert layout.pairs == ((1, 2),)
    assert layout.limbs == ((1, 2), (0, 1), (0, 2))
    assert {clip.layout for clip in dataset} == {dataset.layout}
    assert run(["verify", str(moved)]) == 0
    assert run(["viz", str(moved), "clip0", "-o", str(tmp_path / "a.svg")]) == 0
    assert skelconv.heatmaps(dataset[0], kind="limb").shape[0] == len(layout.limbs)


@pytest.mark.parametrize("sink", ["pickle", "zarr"])
def test_it_is_the_same_after_every_format(tmp_path, sink):
    made = skelconv.open(build(tmp_path, "zarr"))
    other = tmp_path / "other" / SINKS[sink]
    other.parent.mkdir()
    skelconv.convert(tmp_path / "out.zarr", other, sink=sink)
    again = skelconv.open(other)
    for one, same in zip(made, again, strict=True):
        assert_same_clip(same, one)
    assert skelconv.diff(made, again).equal


def test_a_pickle_has_the_definition_once_and_every_annotation_refers_to_it(tmp_path):
    annotations = pickle.loads(build(tmp_path, "pickle").read_bytes())
    first = annotations[0]["layout"]
    assert first["joints"] == ["wrist", "left_tip", "right_tip"]
    assert all(annotation["layout"] is first for annotation in annotations)
    # So some of them are a dataset, too.
    part = tmp_path / "part.pkl"
    part.write_bytes(pickle.dumps(annotations[1:]))
    assert skelconv.open(part).layout == skelconv.open(tmp_path / "out.pkl").layout


def test_merging_compares_definitions(tmp_path):
    one = build(tmp_path / "one", "pickle")
    two = build(tmp_path / "two", "pickle", first=3)
    merged = skelconv.merge([one, two], tmp_path / "both.zarr")
    assert skelconv.open(merged.target).layout == skelconv.open(one).layout
    other = HAND.replace("[left_tip, right_tip], ", "", 1)
    three = build(tmp_path / "three", "pickle", first=6, hand=other)
    with pytest.raises(DatasetError, match=r"differ in their layout: my_hand#\w+ and my_hand#"):
        skelconv.merge([one, three], tmp_path / "no.zarr")


def test_another_definition_is_another_build(tmp_path):
    target = build(tmp_path, "pickle")
    before = json.loads(target.with_name("out.pkl.skelconv.json").read_text())
    other = HAND.replace("[left_tip, right_tip], ", "", 1)
    with pytest.raises(BuildError, match=r"recipe\.source\.with\.layout\.limbs: "):
        build(tmp_path, "pickle", hand=other)
    build(tmp_path, "pickle", hand=other, fresh=True)
    after = json.loads(target.with_name("out.pkl.skelconv.json").read_text())
    assert before["recipe"]["source"]["with"]["layout"]["joints"][0] == "wrist"
    assert before["identity_sha256"] != after["identity_sha256"]


def plain_pickle(path: Path) -> Path:
    """Write a pickle of three joints that says nothing of its layout."""
    annotation = {"frame_dir": "a", "label": 0, "keypoint": np.ones((1, 4, 3, 2), np.float32)}
    path.write_bytes(pickle.dumps([annotation | {"total_frames": 4}]))
    return path


def test_a_file_says_what_a_pickle_does_not(tmp_path, capsys):
    (tmp_path / "my_hand.yaml").write_text(HAND)
    path = plain_pickle(tmp_path / "a.pkl")
    option = f"layout={tmp_path}/my_hand.yaml"
    assert run(["inspect", str(path)]) == 1
    assert run(["inspect", str(path), "--read", option]) == 0
    assert run(["viz", str(path), "a", "-o", str(tmp_path / "a.svg"), "--read", option]) == 0
    assert run(["convert", str(path), str(tmp_path / "a.zarr"), "--read", option]) == 0
    assert isinstance(skelconv.open(tmp_path / "a.zarr").layout, OwnLayout)
    (tmp_path / "my_hand.yaml").write_text("joints: [wrist, wrist]")
    capsys.readouterr()
    assert run(["inspect", str(path), "--read", option]) == 1
    assert (
        "my_hand.yaml:1:17: joints.1: the joint 'wrist' is there twice" in capsys.readouterr().err
    )
    with pytest.raises(RecipeError, match="no such file"):
        skelconv.open(path, layout="nowhere.yaml")


def test_python_takes_a_mapping_or_a_layout(tmp_path):
    path = plain_pickle(tmp_path / "a.pkl")
    one = skelconv.open(path, layout={"name": "x", "joints": ["a", "b", "c"]}).layout
    made = skelconv.Layout(name="x", summary="", joints=("a", "b", "c"), bones=())
    assert skelconv.open(path, layout=made).layout == one


@pytest.mark.parametrize(
    "layout",
    [
        {"name": "x"},
        {"name": "x", "joints": ["a", "a", "b"]},
        {"name": "x", "joints": list(map(str, range(2000)))},
        {"name": "x", "joints": ["a", "b", "c"], "parents": {"a": "b", "b": "a"}},
        {1: 2},
    ],
)
def test_a_damaged_definition_is_told(tmp_path, layout):
    path = plain_pickle(tmp_path / "a.pkl")
    annotations = pickle.loads(path.read_bytes())
    path.write_bytes(pickle.dumps([annotations[0] | {"layout": layout}]))
    with pytest.raises(DatasetError, match="its layout cannot be used"):
        skelconv.open(path)


def test_a_damaged_definition_in_zarr_is_told(tmp_path):
    path = build(tmp_path, "zarr")
    root = path / "zarr.json"
    root.write_text(root.read_text().replace('"left_tip"', '"wrist"'))
    with pytest.raises(DatasetError, match="damaged"):
        skelconv.open(path, verify="never")
