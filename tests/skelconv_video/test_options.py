"""Errors of wrong recipes of videos."""

import json
from pathlib import Path
from typing import Any

import pytest

from skelconv import RecipeError, load_recipe


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"people": [{"use": "track-people", "with": {"min_frmaes": 3}}]},
            "people.0.with.min_frmaes: no option 'min_frmaes': did you mean 'min_frames'?",
        ),
        (
            {"detector": None, "boxes": {"from": "csv", "bath": "a", "path": "b"}},
            "boxes.bath: no option 'bath': did you mean 'path'?",
        ),
        (
            {"pose": {"use": "toy-pose", "wiht": {}}},
            "pose.wiht: no option 'wiht': did you mean 'with'?",
        ),
        ({"people": "track-people"}, "people: must be a list, not 'track-people'"),
        ({"suffixes": ["mp4"]}, "suffixes.0: must be something like '.mp4' or '.avi', not 'mp4'"),
        ({"suffixes": []}, "suffixes: must have at least 1 item, not an empty list"),
        ({"cuts": {"kinetics": {"paths": "x"}}}, "cuts.kinetics.paths: must be a list, not 'x'"),
        ({"root": None}, "root: must be a path, not null"),
        (
            {"detector": None, "boxes": {"from": "csv", "path": "a", "sha256": 0}},
            "boxes.sha256: must be text, not 0 (in quotes it is text)",
        ),
        (
            {"detector": {"use": "rt-detr", "with": {"model": "a", "device": "gpu"}}},
            "detector.with.device: must be something like 'auto', 'cpu', 'cuda' or 'cuda:1', "
            "not 'gpu'",
        ),
    ],
)
def test_what_is_wrong_is_reported_with_what_is_right(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    source = {"root": "a", "pose": "toy-pose", "detector": "toy-detector", **options}
    recipe = {
        "skelconv": 1,
        "name": "a",
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": "pickle", "with": {"path": "b.pkl"}},
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "recipe.yaml")
    assert [f"{one.path}: {one.what}" for one in caught.value.problems] == [
        f"source.with.{message}"
    ]
