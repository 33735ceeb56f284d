"""Which plugins are installed: the entry points of the group ``skelconv``."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skelconv.plugin.hookspecs import PROJECT
from skelconv.plugin.registry import OWN_DISTRIBUTION
from skelconv.text.escaping import printable
from skelconv.text.faults import one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NO_PLUGINS_VARIABLE = "SKELCONV_NO_PLUGINS"
TRACE_VARIABLE = "SKELCONV_TRACE_PLUGINS"
# Imports take milliseconds; one that hangs would do so without a word.
_SILENT_SECONDS = 1.0


@dataclass(frozen=True, order=True, slots=True)
class Origin:
    """Where a plugin is from.

    Attributes
    ----------
    distribution, entry_point, version : str
        Its distribution, the name that its entry point has there, and the version.
    module : str
        What the entry point names.
    """

    distribution: str
    entry_point: str
    version: str
    module: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}: {self.entry_point}"


def installed_plugins() -> list[tuple[Origin, EntryPoint]]:
    """List the entry points of the group, each distribution once, in a stable order.

    Returns
    -------
    list of (Origin, EntryPoint)
        Those of skelconv alone with ``SKELCONV_NO_PLUGINS=1`` in the environment.
    """
    from importlib import metadata

    found: list[tuple[Origin, EntryPoint]] = []
    seen: set[str] = set()
    for distribution in metadata.distributions():
        try:
            entry_points = distribution.entry_points.select(group=PROJECT)
            if not entry_points:
                continue
            name, version = distribution.name, distribution.version
            same_name = re.sub(r"[-_.]+", "-", name).lower()
        except Exception as error:
            trace(f"a distribution that cannot be read: {one_line(error)}")
            continue
        # The first on sys.path is the one that Python imports.
        if same_name not in seen:
            seen.add(same_name)
            found += [
                (Origin(name, point.name, version, point.value), point) for point in entry_points
            ]
    found.sort(key=lambda pair: pair[0])
    if not _is_set(NO_PLUGINS_VARIABLE):
        return found
    for origin, _ in found:
        if origin.distribution != OWN_DISTRIBUTION:
            trace(f"{origin}: not loaded ({NO_PLUGINS_VARIABLE} is set)")
    return [pair for pair in found if pair[0].distribution == OWN_DISTRIBUTION]


class Watch:
    """Code of plugins that runs in turn: what takes long, or is interrupted, is named on stderr.

    A context manager. One thread looks after all that runs within its block, for a thread takes
    longer to start than most plugins to import.
    """

    def __init__(self) -> None:
        self._now: tuple[Origin, float] | None = None
        self._over = threading.Event()

    def __enter__(self) -> Watch:
        # In workers, which would say the same, it is imported; here it would take a while.
        processes = sys.modules.get("multiprocessing.process")
        if processes is None or processes.parent_process() is None:
            threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()

    @contextlib.contextmanager
    def running(self, origin: Origin) -> Iterator[None]:
        """Run code of a plugin.

        Parameters
        ----------
        origin : Origin
            The plugin. What it prints goes to stderr, for it must not mix with results on stdout.
        """
        self._now = origin, time.monotonic()
        try:
            with contextlib.redirect_stdout(sys.stderr):
                yield
        except KeyboardInterrupt:
            _print(f"interrupted while the plugin {origin} was imported")
            raise
        finally:
            self._now = None

    def _look(self) -> None:
        told = None
        wait = _SILENT_SECONDS
        while not self._over.wait(wait):
            now = self._now
            wait = _SILENT_SECONDS
            if now is None or now is told:
                continue
            origin, since = now
            left = since + _SILENT_SECONDS - time.monotonic()
            if left > 0:
                wait = left
            else:
                told = now
                _print(f"waiting for the plugin {origin}")


def trace(message: str) -> None:
    """Report a step on stderr, with ``SKELCONV_TRACE_PLUGINS=1`` in the environment.

    Parameters
    ----------
    message : str
        What is done.
    """
    if _is_set(TRACE_VARIABLE):
        _print(f"skelconv plugins: {message}")


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def _print(message: str) -> None:
    print(printable(message), file=sys.stderr, flush=True)
