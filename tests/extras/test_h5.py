"""SGN's form of datasets needs no more than its extra."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np


def test_a_dataset_of_sgn(skelconv: Callable[..., str], tmp_path: Path) -> None:
    x = np.random.default_rng(1).normal(size=(2, 20, 150)).astype(np.float32)
    with h5py.File(tmp_path / "NTU_CS.h5", "w") as file:
        for prefix in ("", "test_"):
            file[f"{prefix}x"], file[f"{prefix}y"] = x, np.eye(60)[:2]
    assert "clips: 4" in skelconv("inspect", "NTU_CS.h5")
    skelconv("convert", "NTU_CS.h5", "ntu.pkl")
    assert "clips: 4" in skelconv("inspect", "ntu.pkl")
