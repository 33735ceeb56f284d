"""What a format has no place for is told, and nothing else."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

import skelconv
from skelconv import Clip, convert, merge
from skelconv.cli.app import run
from skelconv.data.clip import Field
from skelconv_pickle.sink import PickleSink

SPLITS = {"xsub_train": [0, 2], "xsub_val": [1], "xset_val": [0]}


def clip(number: int, dimensions: int = 2) -> Clip:
    shape = (1, 3, 17, dimensions)
    return Clip(
        f"clip{number}",
        np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 1,
        "coco17",
        label=number % 2,
        keypoint_score=np.full(shape[:3], 0.5, np.float32),
        img_shape=(1080, 1920) if number else None,
        fields={"mood": Field(np.zeros(3, np.float32), "T")} if number == 2 else {},
    )


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return written(tmp_path / "a.pkl", [clip(number) for number in range(3)])


def written(path: Path, clips: list[Clip], splits: Any = SPLITS) -> Path:
    sink = PickleSink(path)
    sink.assemble(Encoded(sink, clips, splits, label_names=["sit", "run"]), path)
    return path


def test_npz_has_arrays_and_labels_alone(dataset: Path, tmp_path: Path) -> None:
    options = {"train": "xsub_train", "test": "xsub_val"}
    report = convert(dataset, tmp_path / "b.npz", options=options)
    assert dict(report.not_kept) == {
        "id": 3,
        "layout": 3,
        "keypoint_score": 3,
        "img_shape": 2,
        "mood": 1,
        "split xset_val": 1,
    }
    assert report.clean


def test_npy_has_ids_and_scores_in_2d(dataset: Path, tmp_path: Path) -> None:
    report = convert(dataset, tmp_path / "b", sink="npy")
    assert dict(report.not_kept) == {"layout": 3, "img_shape": 2, "mood": 1}
    written(tmp_path / "c.pkl", [clip(0, dimensions=3)], {})
    report = convert(tmp_path / "c.pkl", tmp_path / "c", sink="npy")
    assert dict(report.not_kept) == {"layout": 1, "keypoint_score": 1}


@pytest.mark.parametrize(("name", "sink"), [("b.npz", "npz"), ("b", "npy")])
def test_clips_of_no_part_are_told_where_arrays_have_parts_alone(
    tmp_path: Path, capsys: Any, name: str, sink: str
) -> None:
    clips = [clip(number) for number in range(5)]
    source = written(tmp_path / "a.pkl", clips, {"train": [0, 4], "val": [1]})
    report = convert(source, tmp_path / name, sink=sink)
    assert next(iter(report.not_kept.items())) == ("clips of no part", 2)
    assert len(skelconv.open(tmp_path / name)) == 3
    assert run(["convert", str(source), str(tmp_path / name), "--sink", sink]) == 0
    told = capsys.readouterr().out
    assert f"{tmp_path / name}: 3 of 5 clips\n" in told
    assert "the format does not keep: clips of no part (2 clips)" in told
    written(tmp_path / "c.pkl", clips, {})
    assert (
        "clips of no part" not in convert(tmp_path / "c.pkl", tmp_path / "c", sink="npy").not_kept
    )


def test_kpfiles_has_fields_of_its_own(dataset: Path, tmp_path: Path) -> None:
    report = convert(dataset, tmp_path / "b", sink="kpfiles")
    assert dict(report.not_kept) == {"mood": 1}
    again = convert(tmp_path / "b", tmp_path / "c", sink="kpfiles")
    assert dict(again.not_kept) == {}


@pytest.mark.parametrize("name", ["b.pkl", "b.zarr"])
def test_what_keeps_all_loses_nothing(dataset: Path, tmp_path: Path, name: str) -> None:
    assert dict(convert(dataset, tmp_path / name).not_kept) == {}
    assert skelconv.diff(dataset, tmp_path / name).equal


def test_it_is_told_and_kept_in_provenance(dataset: Path, tmp_path: Path, capsys: Any) -> None:
    command = ["convert", str(dataset), str(tmp_path / "b"), "--sink", "npy"]
    assert run(command) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "the format does not keep: layout (3 clips), img_shape (2), mood (1)" in told
    lost = {"layout": 3, "img_shape": 2, "mood": 1}
    provenance = json.loads((tmp_path / "b.skelconv.json").read_text())
    assert provenance["report"]["not_kept"] == lost
    assert run([*command, "--json"]) == 0  # of what is built already
    assert json.loads(capsys.readouterr().out)["not_kept"] == lost


def test_a_merge_tells_it_too(tmp_path: Path) -> None:
    parts = [written(tmp_path / f"{n}.pkl", [clip(n)], {}) for n in range(2)]
    report = merge(parts, tmp_path / "b", sink="npy")
    assert dict(report.not_kept) == {"layout": 2, "img_shape": 1}


def test_the_merge_of_parts_counts_each_clip_once(dataset: Path, tmp_path: Path) -> None:
    recipe = {
        "name": "toy",
        "source": {"use": "stored", "with": {"paths": [str(dataset)]}},
        "sink": {"use": "npy", "with": {"path": str(tmp_path / "part")}},
    }
    parts = [
        skelconv.build(recipe, executor="serial", shard=(number, 2)).target for number in (1, 2)
    ]
    report = merge(parts, tmp_path / "whole", sink="npy")
    assert dict(report.not_kept) == {"layout": 3, "img_shape": 2, "mood": 1}
