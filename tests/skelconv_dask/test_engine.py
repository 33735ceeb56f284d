"""Builds on real Dask clusters, started here."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

import skelconv
from skelconv import BuildError, Resources
from skelconv_dask.engine import DaskEngine

# Dask closes sockets and loops of its own late.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def recipe(folder: Path, **source: Any) -> Path:
    path = folder / "recipe.yaml"
    content = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 300, **source}},
        "splits": ["toy-halves"],
        "sink": {"use": "toy", "with": {"path": str(folder / "out.txt")}},
    }
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=2,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def test_the_same_bytes_as_without_dask(tmp_path: Path, cluster: distributed.LocalCluster) -> None:
    path = recipe(tmp_path, behave={"7": "error"})
    outputs = []
    for arguments in (
        {"executor": "serial"},
        {"executor": "dask", "workers": 2},
        {"executor": "dask", "scheduler": cluster.scheduler_address},
    ):
        report = skelconv.build(path, fresh=True, **arguments)  # type: ignore[arg-type]
        outputs.append((tmp_path / "out.txt").read_bytes())
        assert [clip.id for clip in report.quarantined] == ["clip000007"]
    assert len(set(outputs)) == 1


def test_a_clip_that_kills_its_worker_is_quarantined(tmp_path: Path) -> None:
    path = recipe(tmp_path, behave={"50": "die"})
    report = skelconv.build(path, executor="dask", workers=2)
    assert [clip.id for clip in report.quarantined] == ["clip000050"]
    assert report.clips == 299


def test_a_cluster_without_gpus_is_told_at_once(cluster: distributed.LocalCluster) -> None:
    with pytest.raises(BuildError, match="no worker with 1 GPU"):
        DaskEngine(0, cluster.scheduler_address).start(Resources(gpus=1))
    with pytest.raises(BuildError, match="no workers with GPUs"):
        DaskEngine(2, None).start(Resources(gpus=1))


def test_tasks_that_need_gpus_go_where_they_are() -> None:
    with (
        distributed.LocalCluster(
            n_workers=1,
            resources={"GPU": 1},
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        DaskEngine(0, cluster.scheduler_address).start(Resources(gpus=1)) as executor,
    ):
        assert executor.submit(sum, [1, 2]).result() == 3


def test_a_scheduler_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setattr("skelconv_dask.engine.CONNECT_SECONDS", 1)
        with pytest.raises(BuildError, match="no Dask scheduler"):
            skelconv.build(recipe(tmp_path), executor="dask", scheduler=address)


def test_other_executors_have_no_scheduler(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="'local' has no scheduler"):
        skelconv.build(recipe(tmp_path), scheduler="tcp://127.0.0.1:8786")
