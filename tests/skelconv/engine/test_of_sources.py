"""What holds for every source: its notes are shown, and clips that nobody is in are quarantined."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import skelconv
from skelconv.cli.app import run as command
from skelconv.engine.report import BuildReport

Build = Callable[..., BuildReport]
NOTES = ["the files have hands, too", "and a second thing"]


def test_a_clip_that_nobody_is_in_is_quarantined(run: Build) -> None:
    report = run({"clips": 3, "behave": {"1": "nobody"}})
    assert report.clips == 2
    assert not report.clean
    (clip,) = report.quarantined
    assert (clip.id, clip.reason) == ("clip000001", "nobody is in it")


@pytest.mark.parametrize("use", ["pickle", "stored", "zarr"])
def test_a_finished_dataset_keeps_what_it_has(use: str, tmp_path: Path) -> None:
    annotation = {"frame_dir": "a", "label": 0, "total_frames": 4, "img_shape": (9, 9)}
    annotation |= {"original_shape": (9, 9), "keypoint": np.zeros((0, 4, 17, 2), np.float32)}
    path = tmp_path / "in.pkl"
    path.write_bytes(pickle.dumps({"split": {"all": ["a"]}, "annotations": [annotation]}))
    if use == "zarr":
        skelconv.convert(path, tmp_path / "in.zarr")
        path = tmp_path / "in.zarr"
    given = {"paths": [str(path)]} if use == "stored" else {"path": str(path)}
    recipe = {
        "name": "kept",
        "source": {"use": use, "with": given},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    assert skelconv.build(recipe, executor="serial").clean
    assert skelconv.open(tmp_path / "out.pkl")["a"].num_person == 0


@pytest.fixture
def recipe(run: Build, tmp_path: Path) -> str:
    """The file of a recipe whose source has notes; it was built."""
    assert list(run({"notes": NOTES}).notes) == NOTES
    return str(tmp_path / "recipe.yaml")


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("note: ")]


def test_plan_and_build_show_each_note_once(
    recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [f"note: {note}" for note in NOTES]
    for words in (["plan"], ["build"], ["build", "--fresh"]):
        assert command([*words, recipe]) == 0
        assert lines_of(capsys.readouterr().out) == shown
        assert command([*words, recipe, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["notes"] == NOTES


def test_notes_are_in_the_provenance(recipe: str, tmp_path: Path) -> None:
    written = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert written["report"]["notes"] == NOTES


def test_a_merge_has_the_notes_of_its_parts_once(run: Build, tmp_path: Path) -> None:
    sink = {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}}
    recipe = {"name": "toy", "source": {"use": "toy", "with": {"notes": NOTES}}, "sink": sink}
    parts = [skelconv.build(recipe, executor="serial", shard=(n, 2)).target for n in (1, 2)]
    assert list(skelconv.merge(parts, tmp_path / "whole.pkl").notes) == NOTES
