"""Clusters whose workers and schedulers are killed, stopped and started again."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.dask_clusters import Build, Cluster, cluster, recipe

import skelconv
from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv_dask.executor import DaskExecutor

# Dask closes its sockets and event loops late.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def kill_workers(cluster: Cluster) -> None:
    cluster.kill_workers()


def kill_scheduler(cluster: Cluster) -> None:
    cluster.scheduler.kill()


def freeze_scheduler(cluster: Cluster) -> None:
    cluster.scheduler.send_signal(signal.SIGSTOP)


LOSSES = pytest.mark.parametrize("lose", [kill_workers, kill_scheduler, freeze_scheduler])


@LOSSES
def test_what_is_lost_is_reported_and_ctrl_c_ends_the_build(
    lose: Callable[[Cluster], None], tmp_path: Path
) -> None:
    path = recipe(tmp_path, seconds=0.1)
    with cluster() as lost, Build(path, "--scheduler", lost.address) as build:
        build.read_until("300 to convert")
        lose(lost)
        build.read_until("the build waits up to 300 s")
        begin = time.monotonic()
        build.interrupt()
        assert build.finish() == 130
        # Batches that no worker can finish are not waited for.
        assert time.monotonic() - begin < 9
        assert f"skelconv build {path} --executor dask --scheduler {lost.address}" in build.errors
        assert "Traceback" not in build.errors


@LOSSES
def test_a_build_waits_for_lost_workers_up_to_its_limit(
    lose: Callable[[Cluster], None], tmp_path: Path
) -> None:
    arguments = ("--wait-for-workers", "1", "--scheduler")
    path = recipe(tmp_path, seconds=0.1)
    with cluster() as lost, Build(path, *arguments, lost.address) as build:
        build.read_until("300 to convert")
        lose(lost)
        assert build.finish() == 1
        assert "what is done is kept: start the cluster again" in build.errors


def test_a_build_goes_on_when_workers_come_back(tmp_path: Path) -> None:
    path = recipe(tmp_path, seconds=0.01)
    skelconv.build(path, executor="serial")
    expected = (tmp_path / "out.txt").read_bytes()
    with cluster() as lost, Build(path, "--fresh", "--scheduler", lost.address) as build:
        build.read_until("300 to convert")
        lost.kill_workers()
        build.read_until("all Dask workers are lost")
        lost.start_workers(2)
        assert build.finish() == 0, build.errors
        assert "the build goes on with" in build.errors
    assert (tmp_path / "out.txt").read_bytes() == expected


def test_a_build_goes_on_on_a_cluster_that_was_started_again(tmp_path: Path) -> None:
    path = recipe(tmp_path, seconds=0.01)
    skelconv.build(path, executor="serial")
    expected = (tmp_path / "out.txt").read_bytes()
    with cluster() as lost, Build(path, "--fresh", "--scheduler", lost.address) as build:
        build.read_until("300 to convert")
        lost.scheduler.kill()
        lost.kill_workers()
        build.read_until("there is no Dask scheduler")
        lost.start_scheduler()
        lost.start_workers(2)
        assert build.finish() == 0, build.errors
    assert (tmp_path / "out.txt").read_bytes() == expected


def test_a_frozen_scheduler_that_goes_on_loses_nothing(tmp_path: Path) -> None:
    path = recipe(tmp_path, seconds=0.05)
    with cluster() as lost, Build(path, "--scheduler", lost.address) as build:
        build.read_until("300 to convert")
        lost.scheduler.send_signal(signal.SIGSTOP)
        build.read_until("the Dask scheduler does not answer")
        lost.scheduler.send_signal(signal.SIGCONT)
        assert build.finish() == 0, build.errors


def test_the_loss_of_one_worker_of_two_is_reported(tmp_path: Path) -> None:
    path = recipe(tmp_path, seconds=0.02)
    with cluster() as lost, Build(path, "--scheduler", lost.address) as build:
        build.read_until("300 to convert")
        lost.workers[0].kill()
        assert build.finish() == 0, build.errors
        assert "lost 1 of 2: the build goes on with 1 Dask worker" in build.errors


def test_the_loss_of_the_only_worker_with_a_gpu_ends_the_work() -> None:
    with cluster(1) as lost:
        lost.start_workers(1, "--resources", "GPU=1")
        pool = DaskExecutor(0, lost.address, 1).start(Resources(gpus=1))
        task = pool.submit(signal.pause)
        lost.workers[1].kill()
        with pytest.raises(BuildError, match="all Dask workers with a GPU are lost"):
            task.result(30)
        # The others are still there.
        with DaskExecutor(0, lost.address, 1).start(Resources()) as others:
            assert others.submit(os.getpid).result(30) == lost.workers[0].pid
        pool.shutdown()


def test_a_frozen_worker_counts_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelconv_dask.lookout.SILENT_SECONDS", 3)
    with cluster(1) as lost, DaskExecutor(0, lost.address, 1).start(Resources()) as pool:
        assert pool.submit(os.getpid).result(30) == lost.workers[0].pid
        lost.workers[0].send_signal(signal.SIGSTOP)
        with pytest.raises(BuildError, match="all Dask workers are lost"):
            pool.submit(os.getpid).result(60)


def test_a_worker_that_comes_later_with_another_skelconv_is_refused(tmp_path: Path) -> None:
    info = tmp_path / "skelconv-0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: skelconv\nVersion: 0.0\n")
    with cluster(1) as mixed, DaskExecutor(0, mixed.address, 60).start(Resources()) as pool:
        task = pool.submit(signal.pause)
        mixed.start_workers(1, path=str(tmp_path))
        with pytest.raises(BuildError, match=r"workers have skelconv 0\.0"):
            task.result(60)
