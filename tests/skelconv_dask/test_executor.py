"""Builds on real Dask clusters, started here."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import distributed
import pytest
from support.dask_clusters import free_port, recipe
from support.videos import scene, write_video

import skelconv
from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv_dask.executor import DaskExecutor

# Dask closes its sockets and event loops late.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=2,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def test_dask_gives_the_same_bytes_as_a_serial_build(
    tmp_path: Path, cluster: distributed.LocalCluster
) -> None:
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


def video_recipe(folder: Path) -> Path:
    """Write a recipe that needs a GPU for the detector in the source's options."""
    (folder / "videos").mkdir()
    for name in "abcdef":
        write_video(folder / "videos" / f"{name}.mkv", [scene([(5, 5, 25, 40)])] * 2)
    path = folder / "recipe.yaml"
    source = {
        "root": str(folder / "videos"),
        "detector": {"use": "toy-detector", "with": {"device": "cuda"}},
        "pose": "toy-pose",
    }
    content = {
        "skelconv": 1,
        "name": "videos",
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": "toy", "with": {"path": str(folder / "out.txt")}},
    }
    path.write_text(json.dumps(content))
    return path


def test_a_build_that_needs_gpus_is_refused_by_a_cluster_without(
    tmp_path: Path, cluster: distributed.LocalCluster
) -> None:
    path = video_recipe(tmp_path)
    with pytest.raises(BuildError, match="the cluster has no worker with 1 GPU") as raised:
        skelconv.build(path, executor="dask", scheduler=cluster.scheduler_address)
    assert raised.value.where == cluster.scheduler_address
    assert "--resources GPU=1" in str(raised.value.hint)
    with pytest.raises(BuildError, match="no workers with GPUs"):
        skelconv.build(path, executor="dask", workers=1)
    assert {found.name for found in tmp_path.iterdir()} == {"recipe.yaml", "videos"}


@contextmanager
def dask_worker(address: str, *arguments: str, path: str = "") -> Iterator[None]:
    """Start a worker from a shell, as the hints of errors say."""
    command = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", *arguments]
    inherited = os.environ["PYTHONPATH"]
    with subprocess.Popen(
        [*command, "--no-dashboard"],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{inherited}" if path else inherited},
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def test_batches_that_need_a_gpu_run_on_workers_with_one(tmp_path: Path) -> None:
    """Two workers have a GPU each, and one has none."""
    gpu = ("--resources", "GPU=1")
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
        dask_worker(cluster.scheduler_address, *gpu),
        dask_worker(cluster.scheduler_address, *gpu),
    ):
        client.wait_for_workers(3)
        executor = DaskExecutor(0, cluster.scheduler_address, 0)
        with executor.start(Resources(gpus=1)) as pool:
            assert executor.workers == 2
            tasks = [pool.submit(os.getpid) for _ in range(20)]
            ran = {task.result(60) for task in tasks}
        workers = client.scheduler_info()["workers"]
        processes = client.run(os.getpid)
        assert ran == {processes[name] for name in workers if workers[name]["resources"]}
        executor.start(Resources()).shutdown()
        assert executor.workers == 4

        path = video_recipe(tmp_path)
        report = skelconv.build(path, executor="dask", scheduler=cluster.scheduler_address)
        assert report.clips == 6
        made = client.run(eval, "'toy_models' in __import__('sys').modules")
        assert any(made.values())
        assert not any(made[name] for name in workers if not workers[name]["resources"])


def test_workers_with_another_skelconv_are_refused(tmp_path: Path) -> None:
    """Without any skelconv on the workers, Dask would hang."""
    info = tmp_path / "skelconv-0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: skelconv\nVersion: 0.0\n")
    with (
        distributed.LocalCluster(
            n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        ) as cluster,
        distributed.Client(cluster) as client,
        dask_worker(cluster.scheduler_address, path=str(tmp_path)),
    ):
        client.wait_for_workers(1)
        with pytest.raises(
            BuildError, match=r"workers have skelconv 0\.0, and this machine has"
        ) as raised:
            DaskExecutor(0, cluster.scheduler_address, 0).start(Resources())
        assert "pip install skelconv==" in str(raised.value.hint)


def test_a_missing_scheduler_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setattr("skelconv_dask.executor.CONNECT_SECONDS", 1)
    with pytest.raises(BuildError, match="no Dask scheduler"):
        skelconv.build(recipe(tmp_path), executor="dask", scheduler=address)


def test_other_executors_refuse_a_scheduler(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="'local' has no option 'scheduler'"):
        skelconv.build(recipe(tmp_path), scheduler="tcp://127.0.0.1:8786")
