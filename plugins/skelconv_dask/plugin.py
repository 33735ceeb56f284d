"""What this package offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from skelconv import ExecutorPlugin, Options, hookimpl


class DaskOptions(Options):
    """Options of the executor ``dask``."""

    workers: int = Field(
        0, ge=0, le=4096, description="Processes of a cluster on this machine; 0 is one a core."
    )
    scheduler: str | None = Field(
        None,
        description="Address of a running scheduler, such as tcp://host:8786, "
        "or the path of its scheduler file. By default a cluster on this machine is started.",
    )


def _create(options: DaskOptions) -> Any:
    from skelconv_dask.engine import DaskEngine

    return DaskEngine(options.workers, options.scheduler)


@hookimpl
def skelconv_executors() -> Iterator[ExecutorPlugin]:
    """Offer the executor ``dask``."""
    yield ExecutorPlugin(
        name="dask",
        summary="The workers of a Dask cluster, on this machine or others",
        options=DaskOptions,
        create=_create,
        requires=(("distributed", "distributed"),),
        example={"scheduler": "tcp://node1:8786"},
    )
