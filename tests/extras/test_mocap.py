"""Motion capture needs no more than its extra."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from support.recordings import c3d


def test_a_dataset_of_c3d(skelconv: Callable[..., str], tmp_path: Path) -> None:
    places = np.random.default_rng(1).normal(size=(20, 3, 3)) * 900
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.c3d").write_bytes(c3d(places, ["LSHO", "RSHO", "C7"]))
    recipe = {
        "skelconv": 1,
        "name": "markers",
        "source": {"use": "c3d", "with": {"root": "data", "fps": 50}},
        "sink": {"use": "pickle", "with": {"path": "markers.pkl"}},
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    skelconv("build", "recipe.yaml", "--workers", "1")
    assert "1 x 10 x 3 x 3" in skelconv("inspect", "markers.pkl")
