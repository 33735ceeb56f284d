"""The recipes that are shipped for BABEL."""

from pathlib import Path

import numpy as np
import pytest

from skelconv import build, load_recipe
from skelconv import open as open_dataset

RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.mark.parametrize("classes", [60, 120])
def test_a_recipe_builds_all_of_its_set(monkeypatch, tmp_path, write, rows, segments, classes):
    write("train", classes=classes)
    root = write("val", rows=[rows[3]], x=segments(1, {}), classes=classes)
    monkeypatch.setenv("BABEL_ROOT", str(root))
    recipe = load_recipe(
        RECIPES / f"babel{classes}.yaml", [f"sink.with.path={tmp_path / 'out.pkl'}"]
    )
    assert recipe.name == f"babel{classes}"
    options = recipe.source.options
    assert (options.root, options.classes, options.parts) == (root, classes, ("train", "val"))
    build(recipe, workers=1)
    dataset = open_dataset(str(tmp_path / "out.pkl"))
    assert [clip.label for clip in dataset] == [0, 3, 0, 59, 59]
    assert [len(dataset.split(name)) for name in ("train", "val")] == [4, 1]


def test_with_the_part_test(monkeypatch, tmp_path, write, rows, segments):
    write("train", classes=120)
    write("val", rows=[rows[3]], x=segments(1, {}), classes=120)
    hidden = [(seg, -1, *others) for seg, _, *others in rows[2:]]
    root = write("test", rows=hidden, x=segments(2, {}), classes=120)
    monkeypatch.setenv("BABEL_ROOT", str(root))
    path = tmp_path / "babel.yaml"
    shipped = (RECIPES / "babel120.yaml").read_text("utf-8")
    path.write_text(shipped.replace("[train, val]", "[train, val, test]"), "utf-8")
    report = build(load_recipe(path, [f"sink.with.path={tmp_path / 'out.pkl'}"]), workers=1)
    assert report.quarantined == ()
    dataset = open_dataset(str(tmp_path / "out.pkl"))
    assert {name: len(members) for name, members in dataset.splits.items()} == {
        "train": 4,
        "val": 1,
        "test": 2,
    }
    assert [clip.label for clip in dataset.split("test")] == [None, None]
    assert {clip.keypoint.dtype for clip in dataset} == {np.dtype(np.float32)}
