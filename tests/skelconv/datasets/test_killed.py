"""A sample of tests/slow: what is killed and run again is as if it had not been killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from slow.forked import Nursery
from slow.harness import Harness
from slow.scenarios import scenarios

import skelconv

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


def test_a_merge_that_stops_before_its_end_leaves_no_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build keeps its work to try quarantined clips again; a merge has none to try."""
    toy = {"clips": 12, "behave": {"3": "error"}}
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": toy},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    parts = [skelconv.build(recipe, executor="serial", shard=(part, 2)).target for part in (1, 2)]
    whole = tmp_path / "whole.pkl"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("skelconv.engine.build.publish", stop)
        with pytest.raises(KeyboardInterrupt):
            skelconv.merge(parts, whole)
    report = skelconv.merge(parts, whole)
    assert (report.already_built, len(report.quarantined)) == (True, 1)
    assert sorted(path.name for path in tmp_path.glob("whole*")) == [
        "whole.pkl",
        "whole.pkl.skelconv.json",
    ]
