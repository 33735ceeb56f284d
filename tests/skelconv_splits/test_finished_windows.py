"""Windows of a finished dataset are divided anew, by lists and tables that name recordings."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv.cli.app import run

LENGTH, STRIDE = 2, 1


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Build a dataset of windows of six recordings, and return their ids."""
    monkeypatch.chdir(tmp_path)
    windows = {"use": "windows", "with": {"length": LENGTH, "stride": STRIDE, "tail": "drop"}}
    build({"use": "toy", "with": {"clips": 6}}, "windows.pkl", transforms=[windows])
    ids = list(skelconv.open("windows.pkl").ids)
    assert len(ids) > 6
    return ids


def build(source: dict[str, Any], path: str, **more: Any) -> int:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": source,
        "sink": {"use": "pickle", "with": {"path": path}},
        **more,
    }
    Path("recipe.yaml").write_text(json.dumps(recipe))
    return run(["build", "recipe.yaml", "--executor", "serial"])


def divide(split: dict[str, Any]) -> int:
    return build({"use": "stored", "with": {"paths": ["windows.pkl"]}}, "new.pkl", splits=[split])


def members(path: str) -> dict[str, list[str]]:
    """The ids of the clips of each part."""
    dataset = skelconv.open(path)
    ids = list(dataset.ids)
    return {name: [ids[row] for row in rows] for name, rows in dataset.splits.items()}


def recording(name: str) -> str:
    return name.partition("@")[0]


def test_a_list_names_recordings(windows: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    recordings = sorted(set(map(recording, windows)))
    parts = {name: ("train", "val")[n % 2] for n, name in enumerate(recordings)}
    rows = "".join(f"{name},{part}\n" for name, part in parts.items())
    Path("list.csv").write_text(f"id,split\n{rows}")
    assert divide({"use": "csv", "with": {"path": "list.csv"}}) == 0
    assert members("new.pkl") == {
        part: [one for one in windows if parts[recording(one)] == part] for part in ("train", "val")
    }


def test_the_nearest_name_counts_and_others_are_told(
    windows: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = next(one for one, other in pairwise(windows) if recording(one) == recording(other))
    named = f"{recording(first)},train\n{first},val\nnobody,val\n"
    Path("list.csv").write_text(f"id,split\n{named}")
    capsys.readouterr()
    assert divide({"use": "csv", "with": {"path": "list.csv"}}) == 2
    told = capsys.readouterr().out
    assert "1 name in the splits has no clip:\n  nobody\n" in told
    of_first = [one for one in windows if recording(one) == recording(first)]
    assert f"{len(windows) - len(of_first)} clips are in no part" in told
    assert members("new.pkl") == {"train": of_first[1:], "val": [first]}


def test_a_recording_that_is_there_itself_is_meant_alone(
    windows: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is called like a window of it may be another clip: nothing says that it is not."""
    name = recording(windows[0])
    build({"use": "toy", "with": {"clips": 1}}, "whole.pkl")
    assert list(skelconv.open("whole.pkl").ids) == [name]
    Path("list.csv").write_text(f"id,split\n{name},train\n{windows[1]},val\n")
    source = {"use": "stored", "with": {"paths": ["whole.pkl", "windows.pkl"]}}
    split = {"use": "csv", "with": {"path": "list.csv"}}
    assert build(source, "both.pkl", splits=[split]) == 0
    assert members("both.pkl") == {"train": [name], "val": [windows[1]]}


def test_a_table_of_groups_lacks_many_clips_and_names_all(
    windows: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    recordings = sorted(set(map(recording, windows)))
    Path("groups.csv").write_text("id,subject\n" + f"{recordings[0]},Ann\n{recordings[1]},Bo\n")
    group = {"table": "groups.csv", "column": "subject"}
    lacking = [one for one in windows if recording(one) not in recordings[:2]]
    for split in (
        {"use": "random", "with": {"parts": {"train": 0.5, "val": 0.5}, "group": group}},
        {"use": "k-fold", "with": {"k": 2, "group": group}},
        {"use": "leave-one-out", "with": {"group": group}},
    ):
        capsys.readouterr()
        assert divide(split) == 1
        told = capsys.readouterr().err
        assert f"the table has no group for {len(lacking)} clips" in told
        assert all(repr(one) in told for one in lacking[:20])
