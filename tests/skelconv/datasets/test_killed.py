"""A sample of tests/slow: what is killed and run again is as if it had not been killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from slow.forked import Nursery
from slow.harness import Harness
from slow.scenarios import scenarios

TOY = str(Path(__file__).parents[2] / "support" / "toy")
CASES = (
    "convert-kpfiles",
    "convert-from-zarr",
    "convert-fresh-zarr",
    "merge-pickle",
    "merge-zarr",
    "merge-fresh-pickle",
)


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", TOY, prepend=os.pathsep)
        with Nursery() as nursery:
            yield Harness(tmp_path_factory.mktemp("killed"), nursery=nursery)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_convert_and_merge_are_killed(harness: Harness, name: str, seed: int) -> None:
    harness.round(scenarios(harness.folder)[name], seed)
