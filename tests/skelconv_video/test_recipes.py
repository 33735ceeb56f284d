"""The recipes of video datasets, on folders of files with the names of the real ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from skelconv import load_recipe
from skelconv.cli.app import run
from skelconv.recipe.finding import shipped_recipes
from skelconv_splits.forms.hmdb51 import hmdb51
from skelconv_splits.forms.plain import gym99
from skelconv_splits.forms.ucf101 import ucf101


def ucf101_files(root: Path) -> dict[str, Path]:
    fill(root, {f"{row.id}.avi" for row in ucf101(keep=True)})
    return {"UCF101_ROOT": root}


def hmdb51_files(root: Path) -> dict[str, Path]:
    fill(root, {f"class/{row.id}.avi" for row in hmdb51()})
    return {"HMDB51_ROOT": root}


def gym_files(root: Path) -> dict[str, Path]:
    """Whole videos, and an annotation that has one element too many for each event."""
    annotation: dict[str, Any] = {}
    for row in gym99():
        video, _, name = row.id.partition("_E_")
        event, _, element = name.partition("_A_")
        times = {"timestamps": [[1.5, 2.5]]}
        events = annotation.setdefault(video, {})
        segments = events.setdefault(f"E_{event}", {"timestamps": [[1, 9]], "segments": {}})
        segments["segments"] |= {f"A_{element}": times, "A_9998_9999": times}
    fill(root, {f"{video}.mp4" for video in annotation})
    (root / "annotation.json").write_text(json.dumps(annotation))
    return {"GYM_ROOT": root, "GYM_ANNOTATION": root / "annotation.json"}


def fill(root: Path, names: set[str]) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1")


@pytest.mark.parametrize(
    ("name", "files"),
    [("ucf101_2d", ucf101_files), ("hmdb51_2d", hmdb51_files), ("gym_2d", gym_files)],
)
def test_the_whole_dataset_comes_to_what_is_expected(name, files, tmp_path, monkeypatch, capsys):
    for variable, path in files(tmp_path / "videos").items():
        monkeypatch.setenv(variable, str(path))
    recipe = str(shipped_recipes()[name])
    assert run(["plan", recipe, "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)
    expect = load_recipe(recipe).expect
    counts = {part: len(clips) for part, clips in planned["splits"].items()}
    assert (len(planned["items"]), counts) == (expect.clips, expect.splits)
