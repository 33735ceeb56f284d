"""The registry of this process: what the installed plugins offer."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from skelconv.data.layout import Layout
from skelconv.plugin.entry_points import Origin, installed_plugins
from skelconv.plugin.offering import LazyRegistry
from skelconv.plugin.registry import OWN_DISTRIBUTION, Offer, Registry
from skelconv.version import __version__

_registry: Registry | None = None


def load_registry() -> Registry:
    """Return what the installed plugins offer; they are loaded once in each process.

    With ``SKELCONV_NO_PLUGINS=1`` in the environment, plugins of other distributions are not
    loaded; with ``SKELCONV_TRACE_PLUGINS=1`` each step is reported on stderr.

    Returns
    -------
    Registry
        The registry of this process.
    """
    global _registry
    if _registry is None:
        _registry = _of_all_plugins()
    return _registry


def begin_registry(modules: Sequence[str]) -> None:
    """Load a few of skelconv's own plugins, and the others only if something else is asked for.

    A process that uses a few plugins starts sooner so. What it gets is the same: skelconv's own
    come before all others of their names. Where plugins are loaded already, this does nothing.

    Parameters
    ----------
    modules : sequence of str
        `Offer.module` of what will be used.
    """
    global _registry
    if _registry is None:
        _registry = _Begun(modules)


class _Begun(Registry):
    """A registry of a few of skelconv's own plugins, which becomes that of all when it must."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._few = LazyRegistry(
            (Origin(OWN_DISTRIBUTION, module, __version__, module), partial(import_module, module))
            for module in modules
        )

    def get(self, kind: str, name: str) -> Offer:
        """See `Registry.get`."""
        found = self._few.find(name, kind)
        return found[0] if len(found) == 1 else super().get(kind, name)

    def of_kind(self, kind: str) -> list[Offer]:
        """See `Registry.of_kind`."""
        return self._every.of_kind(kind)

    def __getattr__(self, name: str) -> Any:
        """Load all plugins when all that they offer is asked for."""
        if name not in ("offers", "broken"):
            raise AttributeError(name)
        return getattr(self._every, name)

    @functools.cached_property
    def _every(self) -> Registry:
        return _of_all_plugins()


@contextlib.contextmanager
def registry_in_use(registry: Registry | None) -> Iterator[None]:
    """Use another registry within a ``with`` block, as tests do.

    Parameters
    ----------
    registry : Registry or None
        The registry; None to load the plugins again.
    """
    global _registry
    before, _registry = _registry, registry
    try:
        yield
    finally:
        _registry = before


def layout_named(name: str) -> Layout:
    """Return a layout by its name, as in `Clip.layout`.

    Parameters
    ----------
    name : str
        Such as ``coco17``.

    Returns
    -------
    Layout
        The layout with its joints, bones and pairs.

    Raises
    ------
    skelconv.PluginError
        When no plugin offers it, or more than one does.
    """
    return load_registry().layout(name)


def _of_all_plugins() -> Registry:
    return LazyRegistry((origin, point.load) for origin, point in installed_plugins())
