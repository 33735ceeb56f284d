"""The engine ``dask``: batches as tasks of a Dask cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, TypeVar

import dask
import distributed

from skelconv import BuildError, Resources

T = TypeVar("T")

# How long a scheduler may take to answer.
CONNECT_SECONDS = 15

# What a task raises whose worker died, or that the scheduler forgot.
_WORKER_DIED = (
    distributed.KilledWorker,
    distributed.scheduler.NoValidWorkerError,
    distributed.client.FutureCancelledError,
)


class DaskEngine:
    """A Dask cluster.

    Parameters
    ----------
    workers : int
        Processes to start on this machine when there is no `scheduler`; 0 is one for each core.
    scheduler : str or None
        The address of a running scheduler, or the path of its scheduler file.
    """

    isolated = True

    def __init__(self, workers: int, scheduler: str | None) -> None:
        self._scheduler = scheduler
        self.workers = workers or len(os.sched_getaffinity(0))

    def start(self, resources: Resources) -> Executor:
        """Connect to the cluster, or start one on this machine.

        Raises
        ------
        BuildError
            When the scheduler does not answer, no worker has the resources, or workers have
            another skelconv.
        """
        if self._scheduler is None:
            client = self._local_client(resources)
        else:
            client, self.workers = _remote_client(self._scheduler, resources)
        needed = {"GPU": resources.gpus} if resources.gpus else {}
        return _DaskExecutor(client, needed)

    def kill(self, executor: Executor) -> None:
        """Forget all tasks; a cluster that was started here ends."""
        executor.shutdown(wait=False, cancel_futures=True)

    def _local_client(self, resources: Resources) -> distributed.Client:
        if resources.gpus:
            raise BuildError(
                "a cluster that is started here has no workers with GPUs",
                hint="for each GPU start `CUDA_VISIBLE_DEVICES=N dask worker ADDRESS --nthreads 1 "
                "--resources GPU=1` and give --scheduler ADDRESS; the executor local needs nothing",
            )
        # A task that kills its worker is not to be tried on others too: the build tries it alone.
        with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
            cluster = distributed.LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
        return distributed.Client(cluster)


def _remote_client(scheduler: str, resources: Resources) -> tuple[distributed.Client, int]:
    """Connect to a cluster, and count the batches that it can run at the same time."""
    is_file = os.path.exists(scheduler)
    address = {"scheduler_file": scheduler} if is_file else {"address": scheduler}
    try:
        client = distributed.Client(**address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise BuildError(f"there is no Dask scheduler: {error}", where=scheduler) from error
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    places = sum(_places(worker, resources) for worker in workers)
    if not places:
        client.close()
        lack = f"no worker with {resources.gpus} GPU" if workers else "no worker"
        raise BuildError(
            f"the cluster has {lack}",
            where=scheduler,
            hint="start `dask worker ADDRESS --nthreads 1"
            + (f" --resources GPU={resources.gpus}`" if resources.gpus else "`"),
        )
    try:
        _check_versions(client, scheduler)
    except BuildError:
        client.close()
        raise
    return client, places


def _check_versions(client: distributed.Client, scheduler: str) -> None:
    """Refuse workers with another skelconv: results may differ, and with none Dask would hang."""
    versions: Any = client.get_versions(packages=["skelconv"])
    ours = versions["client"]["packages"]["skelconv"]
    theirs = {told["packages"]["skelconv"] for told in versions["workers"].values()} - {ours}
    if theirs:
        found = " and ".join(sorted(f"skelconv {it}" if it else "no skelconv" for it in theirs))
        raise BuildError(
            f"workers have {found}, and here it is {ours}",
            where=scheduler,
            hint=f"where they run: pip install skelconv=={ours}, and the plugins of the recipe",
        )


def _places(worker: Mapping[str, Any], resources: Resources) -> int:
    """Count the batches that a worker can run at the same time."""
    threads = int(worker["nthreads"])
    if not resources.gpus:
        return threads
    return min(threads, int(worker["resources"].get("GPU", 0)) // resources.gpus)


class _DaskExecutor(Executor):
    """A client as a plain executor, with Dask's errors as the ones that a pool raises."""

    def __init__(self, client: distributed.Client, resources: dict[str, int]) -> None:
        self._client = client
        self._resources = resources

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        task = self._client.submit(
            fn, *args, **kwargs, pure=False, resources=self._resources or None
        )
        # The callback holds the task: Dask forgets a task that no one holds.
        task.add_done_callback(lambda done: _hand_over(done, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if not (wait or cancel_futures):
            return  # what is under way goes on, and the client is needed for it
        cluster = self._client.cluster
        self._client.close()
        if cluster is not None:
            cluster.close()


def _hand_over(task: distributed.Future, future: Future[Any]) -> None:
    try:
        future.set_result(task.result())
    except _WORKER_DIED as error:
        future.set_exception(BrokenExecutor(str(error)))
    except Exception as error:
        future.set_exception(error)
