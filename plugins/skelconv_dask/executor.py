"""The executor ``dask``: batches as tasks of a Dask cluster."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from concurrent.futures import Executor as Pool
from typing import Any
from urllib.parse import urlsplit

import distributed
from distributed.utils import silence_logging_cmgr

from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv.text import one_line
from skelconv_dask.cluster import start_cluster
from skelconv_dask.lookout import check_versions, places
from skelconv_dask.pool import DaskPool
from skelconv_dask.saying import say

# How long a scheduler may take to answer.
CONNECT_SECONDS = 15
_RETRY_SECONDS = 3
# How long a cluster of our own may be without workers, which it replaces by itself, before the
# build starts another.
_OWN_SECONDS = 60.0
# Dask logs at exit what was interrupted in the middle.
_UNTIL_EXIT: list[contextlib.ExitStack] = []


class _NotThere(BuildError):  # noqa: N818 (a BuildError, for which it is worth to wait)
    """There is no scheduler, or no worker that could be used."""


class DaskExecutor:
    """Runs work on a Dask cluster.

    Parameters
    ----------
    workers : int
        Processes to start on this machine when there is no `scheduler`; 0 is one for each core.
    scheduler : str or None
        The address of a running scheduler, or the path of its scheduler file.
    wait : float
        Seconds to wait for lost workers, or for a scheduler that does not answer any more.
    """

    isolated = True

    def __init__(self, workers: int, scheduler: str | None, wait: float) -> None:
        self._scheduler = scheduler
        self._wait = wait
        self._connected = False
        self.workers = workers or len(os.sched_getaffinity(0))

    def start(self, resources: Resources) -> Pool:
        """Connect to the cluster, or start one on this machine.

        Parameters
        ----------
        resources : Resources
            What each batch needs.

        Returns
        -------
        concurrent.futures.Executor
            A pool that runs its work on the cluster.

        Raises
        ------
        BuildError
            When the scheduler does not answer, no worker has the resources, or workers have
            another version of skelconv.
        """
        with contextlib.ExitStack() as stack:
            # What Dask logs of lost workers and connections is said in plain words.
            stack.enter_context(silence_logging_cmgr(logging.CRITICAL))
            on_lost: Callable[[str], Exception]
            try:
                if self._scheduler is not None:
                    client = self._connect(self._scheduler, resources)
                    wait, on_lost = self._wait, self._lost
                else:
                    client = self._start_cluster(resources)
                    wait, on_lost = min(self._wait, _OWN_SECONDS), BrokenExecutor
            except KeyboardInterrupt:
                _UNTIL_EXIT.append(stack.pop_all())
                raise
            return DaskPool(client, resources, wait, on_lost, stack.pop_all())

    def kill(self, pool: Pool) -> None:
        """Forget all tasks; a cluster that was started here ends.

        Parameters
        ----------
        pool : concurrent.futures.Executor
            A pool that `start` returned.
        """
        pool.shutdown(wait=False, cancel_futures=True)

    def _start_cluster(self, resources: Resources) -> distributed.Client:
        if resources.gpus:
            raise BuildError(
                "a cluster that is started here has no workers with GPUs",
                hint="for each GPU start `CUDA_VISIBLE_DEVICES=N dask worker ADDRESS --nthreads 1 "
                "--resources GPU=1` and give --scheduler ADDRESS; the executor local needs nothing",
            )
        return distributed.Client(start_cluster(self.workers))

    def _lost(self, what: str) -> BuildError:
        return BuildError(
            what,
            where=self._scheduler,
            hint="what is done is kept: start the cluster again, and then the same command; "
            "--wait-for-workers sets how long to wait",
        )

    def _connect(self, scheduler: str, resources: Resources) -> Any:
        """Connect to the cluster; wait for it where it was lost during the build."""
        end = time.monotonic() + self._wait
        waits = False
        while True:
            timeout = _RETRY_SECONDS if self._connected else CONNECT_SECONDS
            try:
                client, self.workers = _client(scheduler, resources, timeout)
                break
            except _NotThere as error:
                if not self._connected:
                    raise
                if time.monotonic() >= end:
                    raise self._lost(error.what) from error
                if not waits:
                    waits = True
                    say(f"{error.what}; the build waits up to {self._wait:g} s")
                time.sleep(1)
        if not self._connected and is_exposed(client.scheduler.address):
            say(
                f"{client.scheduler.address} is neither encrypted nor protected: whoever reaches "
                "it can run code on the workers and here; docs/dask.md shows how to use tls://"
            )
        self._connected = True
        return client


def is_exposed(address: str) -> bool:
    """Return whether a connection can be read, and the scheduler used, by others on the network.

    Parameters
    ----------
    address : str
        The scheduler's address, as ``tcp://10.0.0.7:8786``.

    Returns
    -------
    bool
        True for a connection without TLS to an address that is not loopback.
    """
    parts = urlsplit(address)
    if parts.scheme != "tcp":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def _client(scheduler: str, resources: Resources, timeout: float) -> tuple[Any, int]:
    """Connect to a cluster, and count the batches that it can run at the same time."""
    is_file = os.path.exists(scheduler)
    address = {"scheduler_file": scheduler} if is_file else {"address": scheduler}
    try:
        client = distributed.Client(**address, timeout=timeout)
    except TypeError as error:  # an address with tls://
        raise BuildError(
            "there are no keys for this connection in Dask's configuration",
            where=scheduler,
            hint="distributed.comm.tls, see docs/dask.md",
        ) from error
    except (OSError, ValueError) as error:
        raise _NotThere(
            f"there is no Dask scheduler: {one_line(error)}", where=scheduler
        ) from error
    try:
        return client, _usable(client, scheduler, resources)
    except BaseException:
        client.close(timeout=1)
        raise


def _usable(client: Any, scheduler: str, resources: Resources) -> int:
    try:
        info: Any = client.sync(
            client.scheduler.identity, n_workers=-1, callback_timeout=CONNECT_SECONDS
        )
    except OSError as error:
        raise _NotThere("the Dask scheduler does not answer", where=scheduler) from error
    workers = info["workers"]
    usable = sum(places(worker, resources) for worker in workers.values())
    if not usable:
        lack = f"no worker with {resources.gpus} GPU" if workers else "no worker"
        raise _NotThere(
            f"the cluster has {lack}",
            where=scheduler,
            hint="start `dask worker ADDRESS --nthreads 1"
            + (f" --resources GPU={resources.gpus}`" if resources.gpus else "`"),
        )
    client.sync(check_versions, client, set(workers))
    return usable
