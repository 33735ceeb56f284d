"""Recordings that give many clips, on the workers of a cluster."""

from pathlib import Path
from typing import Any

import skelconv


def recipe(folder: Path) -> dict[str, Any]:
    """Items of 0, 1, 2 and 300 clips, of which some fail and one is dropped."""
    refused = {"clip000002@1": "error", "clip000005@0": "drop", "clip000004@200": "error"}
    return {
        "name": "many",
        "source": {"use": "toy", "with": {"clips": 9}},
        "transforms": [
            {"use": "toy-divide", "with": {"into": {0: 0, 1: 1, 4: 300}, "otherwise": 2}},
            {"use": "toy-refuse", "with": {"ids": refused}},
        ],
        "sink": {"use": "toy", "with": {"path": str(folder / "out")}},
    }


def test_give_the_same_bytes_as_without_a_cluster(tmp_path: Path) -> None:
    outputs = []
    for executor in ("serial", "dask"):
        folder = tmp_path / executor
        folder.mkdir()
        workers = {"workers": 2} if executor == "dask" else {}
        report = skelconv.build(recipe(folder), executor=executor, **workers)
        assert report.clips == 1 + 300 + 6 * 2 - 3
        outputs.append((folder / "out").read_bytes())
    assert outputs[0] == outputs[1]
