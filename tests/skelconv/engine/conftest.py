"""Builds of toy recipes."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.crashing_build import Crash, crashing

import skelconv
from skelconv.engine.report import BuildReport

Build = Callable[..., BuildReport]
TOY = Path(__file__).parents[2] / "support" / "toy"


@pytest.fixture(scope="session")
def crash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crash]:
    """Build a recipe in a process that is killed; see `support.crashing_build`."""
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, [str(TOY), inherited]))
    cache = str(tmp_path_factory.mktemp("cache"))
    with crashing({**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": cache}) as crash:
        yield crash


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
