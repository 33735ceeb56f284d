"""Builds of toy recipes."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv.engine.report import BuildReport

Build = Callable[..., BuildReport]


@pytest.fixture
def run(tmp_path: Path) -> Build:
    """Build a toy recipe; keywords that are no arguments of `build` change the recipe."""

    def run(
        source: dict[str, Any] | None = None,
        *,
        transforms: Sequence[Any] = (),
        sink: dict[str, Any] | None = None,
        expect: dict[str, Any] | None = None,
        splits: Sequence[Any] = ("toy-halves",),
        **arguments: Any,
    ) -> BuildReport:
        recipe: dict[str, Any] = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": source or {}},
            "transforms": list(transforms),
            "splits": list(splits),
            "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt"), **(sink or {})}},
        }
        if expect is not None:
            recipe["expect"] = expect
        path = tmp_path / "recipe.yaml"
        path.write_text(json.dumps(recipe))  # JSON is YAML
        arguments.setdefault("executor", "serial")
        return skelconv.build(path, **arguments)

    return run
