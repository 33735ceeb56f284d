"""Splits that are read off what a source knows: its inputs, folders in ids, classes."""

import itertools
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import BuildError, RecipeError
from skelconv.cli.app import run
from skelconv.plugin import Inventory, Item
from skelconv.plugin.use import use_plugin


def split(use: str, inventory: Inventory, **options: Any) -> dict[str, list[str]]:
    """Return the clips of each part."""
    made = use_plugin("split", use, options).make()
    made.survey(inventory)
    parts: dict[str, list[str]] = {name: [] for name in made.names}
    for item in inventory.items:
        for name in made.assign(item.id):
            parts[name].append(item.id)
    assert made.assign("a clip that the source does not have") == ()
    return parts


def inventory(ids: str, **known: Any) -> Inventory:
    return Inventory([Item(name) for name in ids.split()], **known)


FILES = inventory("a b c d", inputs=["d/train.pkl", "d/val.pkl", "e/val.pkl", "d/train.pkl"])


def test_each_input_is_a_part():
    known = inventory("a b c", inputs=["d/train.pkl", "d/val.v2.pkl", "d/train.pkl"])
    assert split("by-source", known) == {"train": ["a", "c"], "val.v2": ["b"]}
    folders = inventory("a b", inputs=["d/one/", "two"])
    assert split("by-source", folders) == {"one": ["a"], "two": ["b"]}
    urls = inventory("a", inputs=["https://host/d/val.zarr?token=1.2"])
    assert split("by-source", urls) == {"val": ["a"]}


def test_inputs_make_up_the_parts_that_are_named():
    assert split("by-source", FILES, parts={"test": ["val.pkl"], "train": ["train.pkl"]}) == {
        "test": ["b", "c"],
        "train": ["a", "d"],
    }
    assert split("by-source", FILES, parts={"one": ["d/val.pkl"]}) == {"one": ["b"]}


@pytest.mark.parametrize(
    ("known", "options", "message"),
    [
        (FILES, {}, r"'d/val.pkl' and 'e/val.pkl' would both be the part 'val'"),
        (FILES, {"parts": {"a": ["al.pkl"]}}, "no clip is from 'al.pkl'"),
        (FILES, {"parts": {"a": ["val.pkl"], "b": ["e/val.pkl"]}}, "in two parts: a and b"),
        (inventory("a"), {}, "does not say from which file a clip is"),
        (
            Inventory([Item(f"{n}") for n in range(1001)], inputs=[f"{n}" for n in range(1001)]),
            {},
            "clips are from 1,001 files",
        ),
    ],
)
def test_inputs_that_are_no_parts_are_refused(known, options, message):
    with pytest.raises(BuildError, match=message):
        split("by-source", known, **options)


def annotations(path: Path, names: str) -> Path:
    clips = [
        {
            "frame_dir": name,
            "label": n % 2,
            "img_shape": (100, 200),
            "total_frames": 4,
            "keypoint": np.full((1, 4, 17, 2), 50 + n, "f4"),
            "keypoint_score": np.ones((1, 4, 17), "f4"),
        }
        for n, name in enumerate(names.split())
    ]
    path.write_bytes(pickle.dumps(clips))
    return path


def test_two_lists_of_annotations_become_one_file_with_two_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [annotations(tmp_path / "train.pkl", "a b c"), annotations(tmp_path / "val.pkl", "d e")]
    recipe = {
        "skelconv": 1,
        "name": "both",
        "source": {"use": "stored", "with": {"paths": [str(path) for path in paths]}},
        "splits": ["by-source"],
        "sink": {"use": "pickle", "with": {"path": "both.pkl"}},
    }
    skelconv.build(recipe, executor="serial")
    both = pickle.loads((tmp_path / "both.pkl").read_bytes())
    assert both["split"] == {"train": ["a", "b", "c"], "val": ["d", "e"]}
    assert [clip["frame_dir"] for clip in both["annotations"]] == ["a", "b", "c", "d", "e"]


def test_files_with_many_clips_are_parts_and_the_parts_of_a_build_agree(tmp_path: Path) -> None:
    """The whole and its two halves put each clip into the same part."""
    paths = [annotations(tmp_path / f"{name}.pkl", name) for name in ("abc", "de")]
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "stored", "with": {"paths": [str(path) for path in paths]}},
        "splits": [{"use": "random", "with": {"parts": {"x": 0.5, "y": 0.5}}}, "by-source"],
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    ids = "abc de"
    annotations(paths[0], "a b c")
    annotations(paths[1], "d e")

    def members(path: Path) -> dict[str, set[str]]:
        dataset = skelconv.open(path)
        return {
            name: {dataset.ids[n] for n in dataset.splits.get(name, ())}
            for name in ("x", "y", *ids.split())
        }

    whole = members(skelconv.build(recipe, executor="serial").target)
    halves = [
        members(skelconv.build(recipe, executor="serial", shard=(n, 2)).target) for n in (1, 2)
    ]
    assert {name: halves[0][name] | halves[1][name] for name in whole} == whole
    assert whole["abc"] == {"a", "b", "c"}


def test_files_of_poses_with_many_clips_are_parts(tmp_path: Path) -> None:
    """COCO's form, a file for training and one for validation, each with two videos."""
    for part in ("train", "val"):
        images = [
            {"id": n, "file_name": f"{part}_video{n % 2}/{n:06}.jpg", "height": 9, "width": 16}
            for n in range(4)
        ]
        poses = [
            {"id": n, "image_id": n, "category_id": 1, "keypoints": [1.0, 2.0, 2] * 17}
            for n in range(4)
        ]
        content = {"images": images, "annotations": poses, "categories": [{"id": 1, "name": "p"}]}
        (tmp_path / f"{part}.json").write_text(json.dumps(content))
    made = skelconv.plan(
        {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "coco-keypoints", "with": {"root": str(tmp_path)}},
            "splits": ["by-source"],
            "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
        }
    )
    ids = [item.id for item in made.items]
    assert {name: [ids[n] for n in members] for name, members in made.splits.items()} == {
        part: [name for name in ids if part in name] for part in ("train", "val")
    }
    assert len(ids) == 4


def test_each_folder_is_a_part_in_the_order_of_names():
    known = inventory("val/jump/1 train/run/1 train/jump/2")
    for items in itertools.permutations(known.items):
        found = split("by-folder", Inventory(items))
        assert list(found) == ["train", "val"]
        assert set(found["train"]) == {"train/run/1", "train/jump/2"}
    assert set(split("by-folder", known, level=2)) == {"jump", "run"}
    assert split("by-folder", known, level=-2) == split("by-folder", known)


@pytest.mark.parametrize(
    ("ids", "level", "message"),
    [
        ("train/1 2", 1, "the id '2' has no folder in front"),
        ("train/1", 2, "the id 'train/1' has only 1 in front"),
        ("train/1", -2, "has only 1 in front"),
    ],
)
def test_ids_without_the_folder_are_refused(ids, level, message):
    with pytest.raises(BuildError, match=message):
        split("by-folder", inventory(ids), level=level)


def test_there_is_no_folder_number_0():
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": "toy",
        "splits": [{"use": "by-folder", "with": {"level": 0}}],
        "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
    }
    with pytest.raises(RecipeError, match="folders are counted from 1"):
        skelconv.plan(recipe)


NAMED = inventory("a b c d", labels=[0, 1, 2, 1], label_names=["jump", "run", "wave"])


def test_parts_by_names_and_numbers_of_classes():
    assert split("by-class", NAMED, parts={"unseen": ["run", 2], "seen": "rest"}) == {
        "unseen": ["b", "c", "d"],
        "seen": ["a"],
    }
    assert split("by-class", NAMED, parts={"all": "rest"}) == {"all": ["a", "b", "c", "d"]}
    overlapping = split("by-class", NAMED, parts={"zero": [0], "both": [0, 1]})
    assert overlapping == {"zero": ["a"], "both": ["a", "b", "d"]}


def test_a_clip_with_classes_of_two_parts_is_in_neither():
    known = inventory("a b c d", labels=[(0, 1), (0, 2), None, ()])
    found = split("by-class", known, parts={"unseen": [2], "seen": "rest"})
    assert found == {"unseen": [], "seen": ["a"]}


@pytest.mark.parametrize(
    ("known", "classes", "message"),
    [
        (NAMED, ["runn"], "there is no class 'runn': did you mean 'run'"),
        (NAMED, [3], "there is no class 3: the last is 2"),
        (inventory("a", labels=[0]), ["run"], "the names of the classes are not known"),
        (inventory("a", labels=[0]), [1], "there is no class 1: the last is 0"),
        (inventory("a"), [0], "the source knows no labels before clips are loaded"),
    ],
)
def test_classes_that_are_not_there_are_refused(known, classes, message):
    with pytest.raises(BuildError, match=message):
        split("by-class", known, parts={"unseen": classes})


def test_classes_in_one_part_only_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    annotations(tmp_path / "train.pkl", "a b c")
    annotations(tmp_path / "val.pkl", "d")
    Path("recipe.yaml").write_text(
        "skelconv: 1\nname: toy\nsource: {use: stored, with: {paths: [train.pkl, val.pkl]}}\n"
        "splits: [by-source]\nsink: {use: pickle, with: {path: out.pkl}}\n"
    )
    told = "1 class in train and not in val: 1"
    assert run(["plan", "recipe.yaml"]) == 0
    printed = capsys.readouterr().out
    assert told in printed
    assert "  train: 3\n  val: 1\n" in printed
    for command in ("plan", "build"):
        assert run([command, "recipe.yaml", "--json"]) == 0
        assert told in capsys.readouterr().out
