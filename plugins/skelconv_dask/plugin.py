"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from skelconv.plugin import ExecutorPlugin, Options, hookimpl


class DaskOptions(Options):
    """Options of the executor ``dask``."""

    workers: int = Field(
        0,
        ge=0,
        le=4096,
        description="Processes of a cluster on this machine; 0 is one per core",
    )
    scheduler: str | None = Field(
        None,
        description="Address of a running scheduler, such as tcp://host:8786, or the path of its "
        "scheduler file; by default a cluster on this machine is started",
    )
    wait_for_workers: float = Field(
        300,
        ge=0,
        le=1e6,
        allow_inf_nan=False,
        description="Seconds to wait for lost workers, or for a scheduler that does not answer any "
        "more, before the build ends",
    )


def _create(options: DaskOptions) -> Any:
    from skelconv_dask.executor import DaskExecutor

    return DaskExecutor(options.workers, options.scheduler, options.wait_for_workers)


@hookimpl
def skelconv_executors() -> Iterator[ExecutorPlugin]:
    """Offer the executor ``dask``."""
    yield ExecutorPlugin(
        name="dask",
        summary="The workers of a Dask cluster, on this machine or others",
        options=DaskOptions,
        create=_create,
        requires=(("distributed", "distributed"), ("cryptography", "cryptography")),
        example={"scheduler": "tcp://node1:8786"},
    )
