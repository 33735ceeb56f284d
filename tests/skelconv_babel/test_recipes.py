"""The recipes that are shipped for BABEL."""

from pathlib import Path

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
