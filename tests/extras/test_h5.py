"""SGN's form of datasets, SLEAP's and DeepLabCut's files need no more than the extra."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.keypoints import analysis, dlc_h5, people


def test_a_dataset_of_sgn(skelconv: Callable[..., str], tmp_path: Path) -> None:
    x = np.random.default_rng(1).normal(size=(2, 20, 150)).astype(np.float32)
    with h5py.File(tmp_path / "NTU_CS.h5", "w") as file:
        for prefix in ("", "test_"):
            file[f"{prefix}x"], file[f"{prefix}y"] = x, np.eye(60)[:2]
    assert "clips: 4" in skelconv("inspect", "NTU_CS.h5")
    skelconv("convert", "NTU_CS.h5", "ntu.pkl")
    assert "clips: 4" in skelconv("inspect", "ntu.pkl")


@pytest.mark.parametrize("use", ["sleap", "deeplabcut"])
def test_animals(skelconv: Callable[..., str], tmp_path: Path, use: str) -> None:
    joints = ["head", "ear_left", "ear_right", "tail"]
    made = people()
    content = analysis(made, joints) if use == "sleap" else dlc_h5(made, ["a", "b"], joints)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mice.h5").write_bytes(content)
    recipe = {
        "skelconv": 1,
        "name": "mice",
        "source": {"use": use, "with": {"root": "data", "img_shape": [480, 640]}},
        "sink": {"use": "pickle", "with": {"path": "mice.pkl"}},
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    skelconv("build", "recipe.yaml", "--workers", "1")
    assert "2 x 6 x 4 x 2" in skelconv("inspect", "mice.pkl")
