"""The executors of the core, ``local`` and ``serial``, offered through the hook of all plugins.

Nothing heavy is imported: listing plugins must not import what a build needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv.plugin.descriptors import ExecutorPlugin
from skelconv.plugin.hookspecs import hookimpl
from skelconv.plugin.options import Options

if TYPE_CHECKING:
    from skelconv.engine.local import LocalExecutor
    from skelconv.engine.serial import SerialExecutor


class LocalOptions(Options):
    """Options of the executor ``local``."""

    workers: int = Field(
        0, ge=0, le=4096, description="Processes; 0 is one for each core, or for each GPU."
    )


def _local(options: LocalOptions) -> LocalExecutor:
    from skelconv.engine.local import LocalExecutor

    return LocalExecutor(options.workers)


def _serial(options: Options) -> SerialExecutor:
    from skelconv.engine.serial import SerialExecutor

    return SerialExecutor()


@hookimpl
def skelconv_executors() -> Iterator[ExecutorPlugin]:
    """Offer the executors of the core."""
    yield ExecutorPlugin(
        name="local",
        summary="A pool of processes on this machine",
        options=LocalOptions,
        create=_local,
        example={"workers": 8},
    )
    yield ExecutorPlugin(
        name="serial",
        summary="The driver's own process, for a debugger",
        create=_serial,
    )
