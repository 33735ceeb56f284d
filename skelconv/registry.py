"""Finds plugins, isolates broken ones and settles names.

pluggy's own loading of entry points stops at the first plugin that fails and passes over a second
distribution that uses a name again. One broken plugin must not take down the rest, so they are
loaded one by one here, and each hook is called on its own.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, cast

import pluggy

from skelconv import hookspecs
from skelconv.errors import PluginError, one_line
from skelconv.hookspecs import PROJECT, Descriptor, Options
from skelconv.layouts import Layout
from skelconv.nearest import nearest

OWN_DISTRIBUTION = "skelconv"
NO_PLUGINS_VARIABLE = "SKELCONV_NO_PLUGINS"
TRACE_VARIABLE = "SKELCONV_TRACE_PLUGINS"

# The hooks and what each hands over, in the order in which kinds are listed.
_HOOKS: dict[str, type[Descriptor] | type[Layout]] = {
    "skelconv_sources": hookspecs.SourcePlugin,
    "skelconv_transforms": hookspecs.TransformPlugin,
    "skelconv_splits": hookspecs.SplitPlugin,
    "skelconv_sinks": hookspecs.SinkPlugin,
    "skelconv_readers": hookspecs.ReaderPlugin,
    "skelconv_executors": hookspecs.ExecutorPlugin,
    "skelconv_detectors": hookspecs.DetectorPlugin,
    "skelconv_pose_models": hookspecs.PoseModelPlugin,
    "skelconv_checks": hookspecs.CheckPlugin,
    "skelconv_layouts": Layout,
}
KINDS = tuple(offered.kind for offered in _HOOKS.values())

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Offer:
    """A descriptor and where it comes from.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    descriptor : Descriptor or Layout
        What the plugin handed over.
    distribution, version : str
        The package that it comes from.
    """

    kind: str
    descriptor: Descriptor | Layout
    distribution: str
    version: str

    @property
    def name(self) -> str:
        """The name that recipes use."""
        return self.descriptor.name

    @property
    def qualified_name(self) -> str:
        """The name with its distribution, for when two plugins share one."""
        return f"{self.distribution}/{self.name}"

    @property
    def missing(self) -> tuple[str, ...]:
        """What must be installed before it can be used, as pip names; nothing is imported."""
        requires = getattr(self.descriptor, "requires", ())
        return tuple(pip_name for module, pip_name in requires if not _is_installed(module))


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin, or a part of one, that cannot be used.

    Attributes
    ----------
    distribution, version : str
        The package that it comes from.
    entry_point : str
        Its name in the group ``skelconv``.
    reason : str
        One line.
    """

    distribution: str
    version: str
    entry_point: str
    reason: str


@dataclass
class Registry:
    """All that the installed plugins offer.

    Attributes
    ----------
    offers : list of Offer
        In the order of `KINDS`, then by name and distribution.
    broken : list of Broken
        What could not be loaded, and why.
    """

    offers: list[Offer] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Offer]:
        """Return the offers of one kind."""
        return [offer for offer in self.offers if offer.kind == kind]

    def find(self, name: str, kind: str | None = None) -> list[Offer]:
        """Return the offers with a bare or qualified name, of one kind or of all."""
        return [
            offer
            for offer in self.offers
            if name in (offer.name, offer.qualified_name) and kind in (None, offer.kind)
        ]

    def get(self, kind: str, name: str) -> Offer:
        """Return the one offer of this kind and name.

        Parameters
        ----------
        kind : str
            One of `KINDS`.
        name : str
            A name, or ``distribution/name``.

        Raises
        ------
        PluginError
            When there is none, or more than one.
        """
        found = self.find(name, kind)
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(offer.qualified_name for offer in found)
            raise PluginError(f"two plugins offer the {kind} {name!r}: write {names}")
        raise PluginError(
            f"there is no {kind} {name!r}{self._advice(kind, name)}",
            hint="some plugins are broken: skelconv list-plugins" if self.broken else None,
        )

    def descriptor(self, kind: str, name: str) -> Descriptor:
        """Return the one descriptor of this kind and name, ready to be used.

        Raises
        ------
        PluginError
            As `get`, and when what it requires is not installed.
        """
        offer = self.get(kind, name)
        if not isinstance(offer.descriptor, Descriptor):
            raise TypeError(f"a {kind} has no descriptor")
        if offer.missing:
            raise PluginError(
                f"the {kind} {name!r} needs packages that are not installed",
                hint=f"pip install {' '.join(offer.missing)}",
            )
        return offer.descriptor

    def layout(self, name: str) -> Layout:
        """Return the layout of this name.

        Raises
        ------
        PluginError
            When there is none, or more than one.
        """
        layout = self.get("layout", name).descriptor
        if not isinstance(layout, Layout):
            raise TypeError(f"{name!r} is offered as a layout and is none")
        return layout

    def _advice(self, kind: str, name: str) -> str:
        others = sorted({offer.kind for offer in self.find(name)})
        if others:
            return f" (it is a {others[0]})"
        return nearest(name, [offer.name for offer in self.of_kind(kind)])


@functools.cache
def load_registry() -> Registry:
    """Load all plugins, once a process.

    With ``SKELCONV_NO_PLUGINS=1`` in the environment those of other distributions are left alone;
    with ``SKELCONV_TRACE_PLUGINS=1`` each step is told on stderr.
    """
    registry = Registry()
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    own_only = _is_set(NO_PLUGINS_VARIABLE)
    for origin, entry_point in _entry_points():
        if own_only and origin.distribution != OWN_DISTRIBUTION:
            _trace(f"{origin}: left alone ({NO_PLUGINS_VARIABLE} is set)")
            continue
        _trace(f"{origin}: loading {entry_point.value}")
        # What a plugin prints while it is imported must not get between the results on stdout.
        with contextlib.redirect_stdout(sys.stderr):
            _load(registry, manager, origin, entry_point)
    registry.offers.sort(key=lambda o: (KINDS.index(o.kind), o.name, o.distribution))
    return registry


@dataclass(frozen=True, order=True, slots=True)
class _Origin:
    distribution: str
    entry_point: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}: {self.entry_point}"


def _entry_points() -> list[tuple[_Origin, metadata.EntryPoint]]:
    """List the entry points of the group, each distribution once, in a stable order."""
    found: list[tuple[_Origin, metadata.EntryPoint]] = []
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
            found += [(_Origin(name, point.name, version), point) for point in entry_points]
    return sorted(found, key=lambda pair: pair[0])


def _load(
    registry: Registry,
    manager: pluggy.PluginManager,
    origin: _Origin,
    entry_point: metadata.EntryPoint,
) -> None:
    def broken(reason: str) -> None:
        _trace(f"{origin}: {reason}")
        registry.broken.append(
            Broken(origin.distribution, origin.version, origin.entry_point, reason)
        )

    try:
        plugin = entry_point.load()
        manager.register(plugin, name=f"{origin.distribution}:{origin.entry_point}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, and what extension modules panic with
        broken(one_line(error))
        return
    for caller in manager.get_hookcallers(plugin) or ():
        if not caller.has_spec():
            broken(f"{caller.name}: made for a newer skelconv")
            continue
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not plugin:
                continue
            hook = cast("Callable[[], Iterable[object]]", implementation.function)
            try:
                offered = list(hook())
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                broken(f"{caller.name}: {one_line(error)}")
                continue
            for descriptor in offered:
                fault = _add(registry, origin, caller.name, descriptor)
                if fault:
                    broken(f"{caller.name}: {fault}")


def _add(registry: Registry, origin: _Origin, hook: str, descriptor: Any) -> str | None:
    """Add what a hook handed over, or say what is wrong with it."""
    expected = _HOOKS[hook]
    if not isinstance(descriptor, expected):
        return f"gave a {type(descriptor).__name__}, not a {expected.__name__}"
    if not isinstance(descriptor.name, str) or not _NAME.match(descriptor.name):
        return f"the name {descriptor.name!r} is not in kebab-case"
    wrong = [name for name in _CHECKS if not _is_right(descriptor, name)]
    if wrong:
        return f"{descriptor.name}: not what the interface asks for: {', '.join(wrong)}"
    offer = Offer(descriptor.kind, descriptor, origin.distribution, origin.version)
    if registry.find(offer.qualified_name, offer.kind):
        return f"{descriptor.name}: offered twice"
    registry.offers.append(offer)
    return None


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "summary": lambda summary: isinstance(summary, str),
    "options": lambda options: issubclass(options, Options),
    "create": callable,
    "requires": lambda pairs: all(isinstance(m, str) and isinstance(p, str) for m, p in pairs),
    "uses_if_there": lambda names: (
        isinstance(names, tuple) and all(isinstance(name, str) for name in names)
    ),
    "example": lambda example: isinstance(example, Mapping),
}


def _is_right(descriptor: object, name: str) -> bool:
    try:
        return not hasattr(descriptor, name) or _CHECKS[name](getattr(descriptor, name))
    except (TypeError, ValueError):
        return False


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def _trace(message: str) -> None:
    if _is_set(TRACE_VARIABLE):
        print(f"skelconv plugins: {message}", file=sys.stderr)
