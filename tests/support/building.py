"""A build of a folder of files."""

import json
from pathlib import Path
from typing import Any

import skelconv
from support import folders


def build(
    tmp_path: Path, use: str, files: dict[str, str | bytes], **options: Any
) -> tuple[Any, skelconv.Dataset]:
    """Build a dataset of files by a source with options; return the report, and the dataset."""
    root = folders.fill(tmp_path / "root", files)
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": use, "with": {"root": str(root), **options}},
        "sink": {"use": "zarr", "with": {"path": str(tmp_path / "out.zarr")}},
    }
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    report = skelconv.build(path, executor="serial")
    return report, skelconv.open(report.target)
