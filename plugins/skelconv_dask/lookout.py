"""What can be seen of a cluster: who is there, and whether they have this version of skelconv."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import Any

import distributed

from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv.text import pip_install

# How long a scheduler, or a worker that is asked something, may take to answer.
ANSWER_SECONDS = 5.0
# How long a worker may give no sign of life before it counts as lost.
SILENT_SECONDS = 30.0


class Lookout:
    """Sees which workers there are that batches can run on.

    Parameters
    ----------
    client : distributed.Client
        A client of the cluster.
    resources : Resources
        What each batch needs.
    """

    def __init__(self, client: distributed.Client, resources: Resources) -> None:
        self._client: Any = client
        self._resources = resources
        # By address: what the scheduler said last of a worker's life, and since when it says so.
        self._seen: dict[str, tuple[float, float]] = {}
        self._checked: set[str] = set()

    async def look(self) -> set[str] | None:
        """Return the addresses of workers; None where the scheduler does not answer."""
        try:
            info = await asyncio.wait_for(
                self._client.scheduler.identity(n_workers=-1), ANSWER_SECONDS
            )
        except (OSError, AttributeError):  # a client that has lost its connection has no scheduler
            self._seen.clear()
            return None
        now = time.monotonic()
        for address, worker in info["workers"].items():
            if self._seen.get(address, (None, 0.0))[0] != worker["last_seen"]:
                self._seen[address] = worker["last_seen"], now
        return {
            address
            for address, worker in info["workers"].items()
            if places(worker, self._resources) and now - self._seen[address][1] < SILENT_SECONDS
        }

    async def check(self, workers: set[str]) -> None:
        """Check the versions of workers that were not there before.

        Parameters
        ----------
        workers : set of str
            The addresses of all workers.

        Raises
        ------
        BuildError
            When one has another version of skelconv.
        """
        new = workers - self._checked
        if new and await check_versions(self._client, new):
            self._checked |= new


def places(worker: Mapping[str, Any], resources: Resources) -> int:
    """Count the batches that a worker can run at the same time.

    Parameters
    ----------
    worker : mapping
        What the scheduler knows about the worker.
    resources : Resources
        What each batch needs.

    Returns
    -------
    int
        The number; 0 if it lacks what a batch needs.
    """
    threads = int(worker["nthreads"])
    if not resources.gpus:
        return threads
    return min(threads, int(worker["resources"].get("GPU", 0)) // resources.gpus)


async def check_versions(client: distributed.Client, workers: Collection[str]) -> bool:
    """Refuse workers with another version of skelconv, or without it.

    Results of another version may differ, and without skelconv Dask would hang.

    Parameters
    ----------
    client : distributed.Client
        A client of their cluster.
    workers : collection of str
        Their addresses.

    Returns
    -------
    bool
        False where one did not answer.

    Raises
    ------
    BuildError
        When one has another version.
    """
    ours = version("skelconv")
    where = getattr(client.scheduler, "address", None)
    # A function of Python's own: a worker without skelconv cannot load one of ours.
    asked = client.run(version, "skelconv", workers=list(workers), on_error="return")
    try:
        answers = (await asyncio.wait_for(asked, ANSWER_SECONDS)).values()
    except OSError:
        return False
    theirs = {it if isinstance(it, str) else "" for it in answers if not isinstance(it, OSError)}
    if theirs <= {ours}:
        return not any(isinstance(it, OSError) for it in answers)
    found = sorted(f"skelconv {it}" if it else "no skelconv" for it in theirs - {ours})
    raise BuildError(
        f"workers have {' and '.join(found)}, and this machine has {ours}",
        where=where,
        hint=f"on the workers, with the plugins of the recipe: {pip_install(f'skelconv=={ours}')}",
    )
