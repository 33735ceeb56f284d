"""Merging datasets of any origin: their layouts, their ids, and the parts that they become."""

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import BuildError, DatasetError, convert, merge
from skelconv.cli.app import run
from skelconv.plugin import layout_named

OPENPOSE_IN_COCO = [0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11]
"""For each of COCO's 17 joints, which of BODY_25's 25 it is."""


def dataset(
    path: Path,
    ids: str,
    *,
    joints: int = 17,
    coordinates: int = 2,
    splits: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Write an annotation pickle in which each keypoint differs."""
    annotations = []
    for clip_id in ids.split():
        keypoint = np.arange(1, 1 + 2 * joints * coordinates, dtype="f4")
        clip: dict[str, Any] = {
            "frame_dir": clip_id,
            "label": 0,
            "total_frames": 2,
            "keypoint": keypoint.reshape(1, 2, joints, coordinates),
        }
        if coordinates == 2:
            clip["img_shape"] = (1080, 1920)
            clip["keypoint_score"] = np.linspace(0.1, 1, 2 * joints, dtype="f4").reshape(1, 2, -1)
        annotations.append(clip)
    content: Any = annotations if splits is None else {"split": splits, "annotations": annotations}
    path.write_bytes(pickle.dumps(content))
    return path


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return dataset(tmp_path / "coco.pkl", "a b", splits={"train": ["a"], "val": ["b"]})


@pytest.fixture
def openpose(tmp_path: Path) -> Path:
    pickled = dataset(
        tmp_path / "raw.pkl", "c d", joints=25, splits={"train": ["c"], "test": ["d"]}
    )
    target = tmp_path / "openpose.zarr"
    convert(pickled, target, reader={"layout": "openpose25"})
    return target


def members(path: Path) -> dict[str, list[str]]:
    found = skelconv.open(path)
    return {name: [found.ids[n] for n in positions] for name, positions in found.splits.items()}


def test_other_layouts_are_refused_with_both_or_mapped(
    coco: Path, openpose: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "all.pkl"
    command = ["merge", str(coco), str(openpose), str(target)]
    assert run(command) == 1
    said = capsys.readouterr().err
    assert f"{coco} and {openpose} differ in their layout: coco17 and openpose25" in said
    assert "--layout NAME" in said
    assert run([*command, "--layout", "coco17"]) == 0
    merged = skelconv.open(target)
    assert merged.layout == "coco17"
    assert list(merged.ids) == ["a", "b", "c", "d"]
    given = skelconv.open(openpose)["c"]
    np.testing.assert_array_equal(merged["c"].keypoint, given.keypoint[:, :, OPENPOSE_IN_COCO])
    np.testing.assert_array_equal(
        merged["c"].keypoint_score, given.keypoint_score[:, :, OPENPOSE_IN_COCO]
    )
    np.testing.assert_array_equal(merged["a"].keypoint, skelconv.open(coco)["a"].keypoint)
    assert members(target) == {"train": ["a", "c"], "val": ["b"], "test": ["d"]}


def test_a_layout_without_a_mapping_is_refused_before_anything_is_written(
    coco: Path, openpose: Path, tmp_path: Path
) -> None:
    target = tmp_path / "all.pkl"
    assert "big_toe" in " ".join(layout_named("openpose25").joints)
    with pytest.raises(DatasetError, match=r"coco17 has nothing for .* of openpose25") as error:
        merge([coco, openpose], target, layout="openpose25")
    assert error.value.where == str(coco)
    assert not target.exists()
    with pytest.raises(skelconv.SkelconvError, match="coco18x"):
        merge([coco, openpose], target, layout="coco18x")


def test_a_recipe_of_stored_datasets_gives_one_layout(
    coco: Path, openpose: Path, tmp_path: Path
) -> None:
    paths = [str(coco), str(openpose)]
    recipe: dict[str, Any] = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "stored", "with": {"paths": paths, "layout": "coco17"}},
        "transforms": ["bone"],
        "sink": {"use": "zarr", "with": {"path": str(tmp_path / "out.zarr")}},
    }
    assert skelconv.plan(recipe).inventory.layout == "coco17"
    report = skelconv.build(recipe, executor="serial")
    assert (report.clips, skelconv.open(report.target).layout) == (4, "coco17")
    with pytest.raises(skelconv.SkelconvError, match="differ in their layout"):
        skelconv.plan(recipe, ["source.with.layout="])


def test_pixels_and_metres_are_not_merged(coco: Path, tmp_path: Path) -> None:
    other = dataset(tmp_path / "ntu.pkl", "e", joints=17, coordinates=3)
    reader = {"layout": "coco17"}
    with pytest.raises(DatasetError, match="differ in the number of coordinates: 2 and 3"):
        merge([coco, other], tmp_path / "all.pkl", reader=reader)


def test_each_dataset_becomes_a_part(coco: Path, tmp_path: Path) -> None:
    other = dataset(tmp_path / "own.pkl", "e f")
    target = tmp_path / "all.zarr"
    assert run(["merge", str(coco), str(other), str(target), "--splits", "by-source"]) == 0
    assert members(target) == {"coco": ["a", "b"], "own": ["e", "f"]}


def test_ids_that_are_there_twice_are_refused_or_get_the_datasets_name(
    coco: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = dataset(tmp_path / "own.pkl", "b c", splits={"val": ["c", "lost"], "test": ["b"]})
    target = tmp_path / "all.pkl"
    command = ["merge", str(coco), str(other), str(target)]
    assert run(command) == 1
    said = capsys.readouterr().err
    assert f"the clip 'b' is in both {coco} and {other}" in said
    assert "--prefix" in said
    assert run([*command, "--prefix"]) == 2
    assert members(target) == {
        "train": ["coco/a"],
        "val": ["coco/b", "own/c"],
        "test": ["own/b"],
    }
    known = json.loads((tmp_path / "all.pkl.skelconv.json").read_text())
    assert known["report"]["absent"]["first"] == ["own/lost"]
    merged = skelconv.open(target)
    np.testing.assert_array_equal(merged["own/b"].keypoint, skelconv.open(other)["b"].keypoint)


def test_two_datasets_of_one_name_cannot_both_be_a_prefix(coco: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    other = dataset(tmp_path / "more" / "coco.pkl", "e")
    with pytest.raises(DatasetError, match="have the same name, which would be in front"):
        merge([coco, other], tmp_path / "all.pkl", prefix=True)


def test_an_id_that_one_dataset_has_twice_gets_no_advice(tmp_path: Path, coco: Path) -> None:
    twice = dataset(tmp_path / "twice.pkl", "x x")
    with pytest.raises(DatasetError, match=r"is in .* twice") as error:
        merge([coco, twice], tmp_path / "all.pkl")
    assert error.value.hint is None


@pytest.mark.parametrize(
    "change", [{"layout": "coco17"}, {"splits": "by-source"}, {"prefix": True}]
)
def test_the_parts_of_one_build_stay_as_they_are(
    coco: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "stored", "with": {"paths": [str(coco)]}},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    parts = [skelconv.build(recipe, executor="serial", shard=(n, 2)).target for n in (1, 2)]
    with pytest.raises(BuildError, match="parts of one build are merged as they are"):
        merge(parts, tmp_path / "all.pkl", **change)
    assert merge(parts, tmp_path / "all.pkl").clips == 2


def test_unknown_ways_to_divide_are_named(coco: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="splits is 'mine', not one of: own, by-source"):
        merge([coco, coco], tmp_path / "all.pkl", splits="mine")  # type: ignore[arg-type]
