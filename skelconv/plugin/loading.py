"""Loads the installed plugins into a registry, and isolates broken ones.

pluggy's own loading of entry points stops at the first plugin that fails, and ignores a second
distribution with the same name. One broken plugin must not disable the rest, so they are loaded
one by one here, and each hook is called separately.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import pluggy

from skelconv.data.layout import Layout
from skelconv.plugin import descriptors, hookspecs
from skelconv.plugin.descriptors import Descriptor, RecipeFolder, Resources
from skelconv.plugin.guard import show_traceback
from skelconv.plugin.hookspecs import PROJECT
from skelconv.plugin.options import Options
from skelconv.plugin.registry import OWN_DISTRIBUTION, Broken, Offer, Registry
from skelconv.text.advice import nearest
from skelconv.text.escaping import printable
from skelconv.text.faults import one_line, with_place
from skelconv.version import __version__

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NO_PLUGINS_VARIABLE = "SKELCONV_NO_PLUGINS"
TRACE_VARIABLE = "SKELCONV_TRACE_PLUGINS"
# Imports take milliseconds; one that hangs would do so without a word.
_SILENT_SECONDS = 1.0

# The hooks and what each yields, in the order in which kinds are listed.
_HOOKS: dict[str, type[Descriptor] | type[Layout] | type[RecipeFolder]] = {
    "skelconv_sources": descriptors.SourcePlugin,
    "skelconv_transforms": descriptors.TransformPlugin,
    "skelconv_splits": descriptors.SplitPlugin,
    "skelconv_sinks": descriptors.SinkPlugin,
    "skelconv_readers": descriptors.ReaderPlugin,
    "skelconv_trainers": descriptors.TrainerPlugin,
    "skelconv_executors": descriptors.ExecutorPlugin,
    "skelconv_detectors": descriptors.DetectorPlugin,
    "skelconv_pose_models": descriptors.PoseModelPlugin,
    "skelconv_checks": descriptors.CheckPlugin,
    "skelconv_layouts": Layout,
    "skelconv_recipes": RecipeFolder,
}
KINDS = tuple(offered.kind for offered in _HOOKS.values())

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")

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
        _registry = _load_all()
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
        self._few = _load_of(
            (_Origin(OWN_DISTRIBUTION, module, __version__, module), partial(import_module, module))
            for module in modules
        )

    def get(self, kind: str, name: str) -> Offer:
        """See `Registry.get`."""
        found = self._few.find(name, kind)
        return found[0] if len(found) == 1 else super().get(kind, name)

    def __getattr__(self, name: str) -> Any:
        """Load all plugins when what they offer is asked for."""
        if name not in ("offers", "broken"):
            raise AttributeError(name)
        every = _load_all()
        self.offers, self.broken = every.offers, every.broken
        return getattr(self, name)


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


def _load_all() -> Registry:
    return _load_of((origin, point.load) for origin, point in _entry_points())


def _load_of(plugins: Iterable[tuple[_Origin, Callable[[], object]]]) -> Registry:
    """Load plugins, each given by where it is from and what imports it."""
    registry = Registry()
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    own_only = _is_set(NO_PLUGINS_VARIABLE)
    for origin, load in plugins:
        if own_only and origin.distribution != OWN_DISTRIBUTION:
            _trace(f"{origin}: not loaded ({NO_PLUGINS_VARIABLE} is set)")
            continue
        _trace(f"{origin}: loading {origin.module}")
        # What a plugin prints while it is imported must not mix with the results on stdout.
        with contextlib.redirect_stdout(sys.stderr), _named(origin):
            _load(registry, manager, origin, load)
    registry.offers.sort(key=lambda o: (KINDS.index(o.kind), o.name, o.distribution))
    return registry


@contextlib.contextmanager
def _named(origin: _Origin) -> Iterator[None]:
    """Name a plugin on stderr that takes long to import, or is interrupted meanwhile."""
    from multiprocessing import parent_process

    waiting = threading.Timer(_SILENT_SECONDS, _print, [f"waiting for the plugin {origin}"])
    waiting.daemon = True
    if parent_process() is None:  # its workers would say the same
        waiting.start()
    try:
        yield
    except KeyboardInterrupt:
        _print(f"interrupted while the plugin {origin} was imported")
        raise
    finally:
        waiting.cancel()


@dataclass(frozen=True, order=True, slots=True)
class _Origin:
    distribution: str
    entry_point: str
    version: str
    module: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}: {self.entry_point}"


def _entry_points() -> list[tuple[_Origin, EntryPoint]]:
    """List the entry points of the group, each distribution once, in a stable order."""
    from importlib import metadata

    found: list[tuple[_Origin, EntryPoint]] = []
    seen: set[str] = set()
    for distribution in metadata.distributions():
        try:
            entry_points = distribution.entry_points.select(group=PROJECT)
            if not entry_points:
                continue
            name, version = distribution.name, distribution.version
            same_name = re.sub(r"[-_.]+", "-", name).lower()
        except Exception as error:
            _trace(f"a distribution that cannot be read: {one_line(error)}")
            continue
        # The first on sys.path is the one that Python imports.
        if same_name not in seen:
            seen.add(same_name)
            found += [
                (_Origin(name, point.name, version, point.value), point) for point in entry_points
            ]
    return sorted(found, key=lambda pair: pair[0])


def _load(
    registry: Registry,
    manager: pluggy.PluginManager,
    origin: _Origin,
    load: Callable[[], object],
) -> None:
    def broken(reason: str) -> None:
        _trace(f"{origin}: {reason}")
        registry.broken.append(
            Broken(origin.distribution, origin.version, origin.entry_point, reason)
        )

    try:
        plugin = load()
        manager.register(plugin, name=f"{origin.distribution}:{origin.entry_point}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit, and panics of extension modules
        show_traceback(error)
        broken(one_line(error))
        return
    callers = manager.get_hookcallers(plugin) or ()
    if not callers:
        broken("it offers nothing: no function in it is marked with @hookimpl")
    else:
        marked = {caller.name for caller in callers}
        for name in _HOOKS:  # one that was forgotten would be missed without a word
            if name not in marked and callable(getattr(plugin, name, None)):
                broken(f"{name}: it is not marked with @hookimpl")
    for caller in callers:
        if not caller.has_spec():
            broken(f"{caller.name}: there is no such hook{nearest(caller.name, _HOOKS)}")
            continue
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not plugin:
                continue
            hook = cast("Callable[[], object]", implementation.function)
            try:
                given = hook()
                if not isinstance(given, Iterable):
                    broken(f"{caller.name}: gave a {type(given).__name__}: yield what it offers")
                    continue
                offered = list(given)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                show_traceback(error)
                broken(f"{caller.name}: {with_place(error)}")
                continue
            for descriptor in offered:
                fault = _add(registry, origin, caller.name, descriptor)
                if fault:
                    broken(f"{caller.name}: {fault}")


def _add(registry: Registry, origin: _Origin, hook: str, descriptor: Any) -> str | None:
    """Add what a hook yielded, or return what is wrong with it."""
    expected = _HOOKS[hook]
    if not isinstance(descriptor, expected):
        return f"gave a {type(descriptor).__name__}, not a {expected.__name__}"
    if not isinstance(descriptor.name, str) or not _NAME.match(descriptor.name):
        return f"the name {descriptor.name!r} is not in kebab-case"
    wrong = [name for name in _CHECKS if not _is_right(descriptor, name)]
    if wrong:
        return f"{descriptor.name}: not what the interface asks for: {', '.join(wrong)}"
    offer = Offer(descriptor.kind, descriptor, origin.distribution, origin.version, origin.module)
    if registry.find(offer.qualified_name, offer.kind):
        return f"{descriptor.name}: offered twice"
    registry.offers.append(offer)
    return None


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "summary": lambda summary: isinstance(summary, str),
    "options": lambda options: issubclass(options, Options),
    "create": callable,
    "requires": lambda pairs: all(isinstance(m, str) and isinstance(p, str) for m, p in pairs),
    "uses_if_there": lambda names: _is_texts(names),
    "resources": lambda needs: isinstance(needs, Resources) or callable(needs),
    "example": lambda example: isinstance(example, Mapping) and bool(json.dumps(dict(example))),
    "keeps_empty": lambda keeps: isinstance(keeps, bool),
    "layout": lambda name: name is None or isinstance(name, str) or callable(name),
    "layout_after": lambda check: check is None or callable(check),
    "on_boxes": lambda can: isinstance(can, bool) or callable(can),
    "suffixes": lambda suffixes: _is_texts(suffixes),
    "recognises": callable,
    "guess": lambda guess: guess is None or callable(guess),
    "reads": lambda reads: isinstance(reads, str),
    "modules": lambda modules: _is_texts(modules),
    "joints": lambda joints: _is_texts(joints),
    "bones": lambda pairs: all(len(pair) == 2 for pair in pairs),
    "pairs": lambda pairs: all(len(pair) == 2 for pair in pairs),
    "path": lambda folder: folder.is_dir(),
}


def _is_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(text, str) for text in value)


def _is_right(descriptor: object, name: str) -> bool:
    try:
        return not hasattr(descriptor, name) or _CHECKS[name](getattr(descriptor, name))
    except Exception:  # a property of the plugin's own class may raise anything
        return False


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def _trace(message: str) -> None:
    if _is_set(TRACE_VARIABLE):
        _print(f"skelconv plugins: {message}")


def _print(message: str) -> None:
    print(printable(message), file=sys.stderr, flush=True)
