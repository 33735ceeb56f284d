import os
import struct
import threading
import time
from collections import Counter

import pytest

from skelconv import BuildError
from skelconv.engine.local import LocalExecutor, available_cores
from skelconv.plugin import Resources


def gpu_and_process(_: int) -> tuple[str | None, int]:
    return os.environ.get("CUDA_VISIBLE_DEVICES"), os.getpid()


def gpus_of(executor: LocalExecutor, resources: Resources) -> dict[int, str | None]:
    with executor.start(resources) as pool:
        # More than there are processes, in one go: the pool starts all of them.
        seen = list(pool.map(gpu_and_process, range(8 * executor.workers)))
    return {process: gpu for gpu, process in seen}


def test_each_worker_sees_one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    executor = LocalExecutor(0)
    gpus = gpus_of(executor, Resources(gpus=1))
    assert executor.workers == 2
    assert set(gpus.values()) <= {"4", "7"}
    assert len(gpus) == len(set(gpus.values()))


def test_workers_are_dealt_out_among_the_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    counts = Counter(gpus_of(LocalExecutor(4), Resources(gpus=1)).values())
    assert set(counts) <= {"0", "1"}
    assert max(counts.values()) <= 2


def test_one_gpu_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    executor = LocalExecutor(0)
    assert set(gpus_of(executor, Resources(gpus=1, gpu=1)).values()) == {"7"}
    assert executor.workers == 1


@pytest.mark.parametrize(("gpu", "words"), [(None, "a GPU is asked for"), (2, "the GPU 2")])
def test_a_missing_gpu_is_reported_at_once(
    gpu: int | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "" if gpu is None else "0,1")
    with pytest.raises(BuildError, match=words):
        LocalExecutor(0).start(Resources(gpus=1, gpu=gpu))


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("end", ["shutdown", "kill"])
def test_workers_that_cannot_end_are_ended(
    end: str, asked_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is killed as it ends takes the lock along with which all say that they end."""
    monkeypatch.setattr("skelconv.engine.local._PATIENCE", 0.1)
    executor = LocalExecutor(2)
    pool = executor.start(Resources())
    assert len(set(pool.map(gpu_and_process, range(16)))) <= 2
    workers = list(pool._processes.values())  # type: ignore[attr-defined]
    manager = pool._executor_manager_thread  # type: ignore[attr-defined]
    with pool._result_queue._wlock:  # type: ignore[attr-defined]
        if asked_before:
            pool.shutdown(wait=False)
            manager.join(0.5)  # so that it waits for the workers by now
        ending = threading.Thread(
            target=pool.shutdown if end == "shutdown" else lambda: executor.kill(pool), daemon=True
        )
        ending.start()
        ending.join(60)
        assert not ending.is_alive()
    assert not manager.is_alive()
    assert not any(worker.is_alive() for worker in workers)


def test_without_gpus_there_is_a_worker_for_each_core() -> None:
    executor = LocalExecutor(0)
    executor.start(Resources()).shutdown()
    assert executor.workers == available_cores()
    executor.start(Resources(cpus=10**6)).shutdown()
    assert executor.workers == 1


def test_a_killed_pool_leaves_no_thread_for_the_end_of_the_program() -> None:
    executor = LocalExecutor(2)
    pool = executor.start(Resources())
    waiting = [pool.submit(time.sleep, 60) for _ in range(4)]
    thread = pool._executor_manager_thread
    executor.kill(pool)
    assert not thread.is_alive()
    assert all(future.done() for future in waiting)


def test_a_worker_may_be_killed_while_it_hands_over_a_result() -> None:
    executor = LocalExecutor(1)
    pool = executor.start(Resources())
    pool.submit(int).result()
    thread = pool._executor_manager_thread
    # As multiprocessing writes it: the length of a message, and a part of it.
    os.write(pool._result_queue._writer.fileno(), struct.pack("!i", 100) + b"half")
    time.sleep(0.1)
    killer = threading.Thread(target=executor.kill, args=(pool,), daemon=True)
    killer.start()
    killer.join(30)
    assert not thread.is_alive()


def test_a_pool_that_is_shut_down_twice_has_ended() -> None:
    """Otherwise Python may say "Exception ignored" as it exits."""
    pool = LocalExecutor(1).start(Resources())
    pool.submit(int).result()
    pool.shutdown(wait=False)
    pool.shutdown()
    left = [type(thread).__module__ for thread in threading.enumerate()]
    assert "concurrent.futures.process" not in left
