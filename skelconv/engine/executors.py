"""Where work runs: what an engine is, and the two of the core, ``local`` and ``serial``.

A build programmes against `concurrent.futures.Executor` and does not know which it runs on.
An engine makes such executors; plugins add engines through the hook ``skelconv_executors``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from pydantic import Field

from skelconv.hookspecs import ExecutorPlugin, Options, Resources, hookimpl

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from skelconv.engine.local import LocalEngine
    from skelconv.engine.serial import SerialEngine


class Engine(Protocol):
    """A way to run work.

    Attributes
    ----------
    workers : int
        How many batches run at the same time.
    isolated : bool
        Whether work runs in processes of its own, so that one that hangs can be ended.
    """

    workers: int
    isolated: bool

    def start(self, resources: Resources) -> Executor:
        """Return a fresh executor.

        Called again after one broke. A future whose worker died raises
        `concurrent.futures.BrokenExecutor`.

        Parameters
        ----------
        resources : Resources
            What each batch needs.

        Raises
        ------
        skelconv.BuildError
            When there is nothing that has these resources.
        """
        ...

    def kill(self, executor: Executor) -> None:
        """End an executor at once, with whatever it is doing."""
        ...


class LocalOptions(Options):
    """Options of the engine ``local``."""

    workers: int = Field(0, ge=0, le=4096, description="Processes; 0 is one for each core.")


def _local(options: LocalOptions) -> LocalEngine:
    from skelconv.engine.local import LocalEngine

    return LocalEngine(options.workers)


def _serial(options: Options) -> SerialEngine:
    from skelconv.engine.serial import SerialEngine

    return SerialEngine()


@hookimpl
def skelconv_executors() -> Iterator[ExecutorPlugin]:
    """Offer the engines of the core."""
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
