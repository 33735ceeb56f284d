"""What plugins offer: each hook is called when something of its kind is asked for.

pluggy's own loading of entry points stops at the first plugin that fails. One broken plugin must
not disable the rest, so they are imported one by one here, and each hook is called separately.

All are imported at first, for only then is it known which hooks they have. A hook makes the models
of the options of all that it offers, which takes time, and most commands need one or two kinds.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

import pluggy

from skelconv.data.layout import Layout
from skelconv.plugin import descriptors, hookspecs
from skelconv.plugin.descriptors import Descriptor, RecipeFolder, Resources
from skelconv.plugin.entry_points import Origin, Watch, trace
from skelconv.plugin.guard import show_traceback
from skelconv.plugin.hookspecs import PROJECT
from skelconv.plugin.options import Options
from skelconv.plugin.registry import Broken, Offer, Registry
from skelconv.text.advice import nearest
from skelconv.text.faults import one_line, with_place

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
_HOOK_OF = {offered.kind: hook for hook, offered in _HOOKS.items()}

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


class _Hook(NamedTuple):
    """A hook of a plugin, and the place of the plugin among all."""

    place: int
    origin: Origin
    call: Callable[[], object]


class LazyRegistry(Registry):
    """The registry of some plugins, which calls a hook when what it gives is asked for.

    Parameters
    ----------
    plugins : iterable of (Origin, callable)
        Where each is from, and what imports it. They are imported at once.
    """

    def __init__(self, plugins: Iterable[tuple[Origin, Callable[[], object]]]) -> None:
        self._waiting: dict[str, list[_Hook]] = {hook: [] for hook in _HOOKS}
        self._found: dict[str, list[Offer]] = {}
        # With the places of plugin and hook, by which they are told in the end.
        self._faults: list[tuple[int, int, Broken]] = []
        self._one_at_a_time = threading.RLock()
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(hookspecs)
        with Watch() as watch:
            for place, (origin, load) in enumerate(plugins):
                trace(f"{origin}: loading {origin.module}")
                with watch.running(origin):
                    self._import(place, origin, load, manager)

    def __getattr__(self, name: str) -> Any:
        """Call all hooks when everything that plugins offer is asked for."""
        if name not in ("offers", "broken"):
            raise AttributeError(name)
        with self._one_at_a_time:
            self.offers = [offer for kind in KINDS for offer in self.of_kind(kind)]
            self._faults.sort(key=lambda fault: fault[:2])
            self.broken = [broken for _, _, broken in self._faults]
        return getattr(self, name)

    def of_kind(self, kind: str) -> list[Offer]:
        """Return the offers of one kind, for which its hook is called the first time.

        Parameters
        ----------
        kind : str
            One of `KINDS`.

        Returns
        -------
        list of Offer
            Sorted by name and distribution.
        """
        if "offers" in vars(self):
            return super().of_kind(kind)
        hook = _HOOK_OF.get(kind)
        if hook is None:
            return []
        with self._one_at_a_time:
            if kind not in self._found:
                self._found[kind] = self._offers_of(hook)
            return list(self._found[kind])

    def _import(
        self,
        place: int,
        origin: Origin,
        load: Callable[[], object],
        manager: pluggy.PluginManager,
    ) -> None:
        """Import a plugin, and keep its hooks."""
        try:
            plugin = load()
            manager.register(plugin, name=f"{origin.distribution}:{origin.entry_point}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also SystemExit, and panics of extension modules
            show_traceback(error)
            self._add_fault(place, origin, "", one_line(error))
            return
        callers = manager.get_hookcallers(plugin) or ()
        if not callers:
            fault = "it offers nothing: no function in it is marked with @hookimpl"
            self._add_fault(place, origin, "", fault)
        else:
            marked = {caller.name for caller in callers}
            for name in _HOOKS:  # one that was forgotten would be missed without a word
                if name not in marked and callable(getattr(plugin, name, None)):
                    fault = f"{name}: it is not marked with @hookimpl"
                    self._add_fault(place, origin, name, fault)
        for caller in callers:
            if not caller.has_spec():
                fault = f"{caller.name}: there is no such hook{nearest(caller.name, _HOOKS)}"
                self._add_fault(place, origin, "", fault)
                continue
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin:
                    hook = cast("Callable[[], object]", implementation.function)
                    self._waiting[caller.name].append(_Hook(place, origin, hook))

    def _offers_of(self, name: str) -> list[Offer]:
        """Call one hook of all plugins, and return what they offer by it."""
        with Watch() as watch:
            return self._offers_watched(name, watch)

    def _offers_watched(self, name: str, watch: Watch) -> list[Offer]:
        found: dict[str, Offer] = {}
        for place, origin, hook in self._waiting[name]:
            try:
                with watch.running(origin):
                    given = hook()
                    if not isinstance(given, Iterable):
                        fault = f"{name}: gave a {type(given).__name__}: yield what it offers"
                        self._add_fault(place, origin, name, fault)
                        continue
                    offered: list[Any] = list(given)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                show_traceback(error)
                self._add_fault(place, origin, name, f"{name}: {with_place(error)}")
                continue
            for descriptor in offered:
                wrong = _fault_of(descriptor, _HOOKS[name])
                if not wrong:
                    offer = _offer(descriptor, origin)
                    if found.setdefault(offer.qualified_name, offer) is offer:
                        continue
                    wrong = f"{descriptor.name}: offered twice"
                self._add_fault(place, origin, name, f"{name}: {wrong}")
        return sorted(found.values(), key=lambda offer: (offer.name, offer.distribution))

    def _add_fault(self, place: int, origin: Origin, hook: str, reason: str) -> None:
        trace(f"{origin}: {reason}")
        broken = Broken(origin.distribution, origin.version, origin.entry_point, reason)
        of_hook = 1 + [*_HOOKS].index(hook) if hook else 0
        self._faults.append((place, of_hook, broken))


def _offer(descriptor: Descriptor | Layout | RecipeFolder, origin: Origin) -> Offer:
    kind = descriptor.kind
    return Offer(kind, descriptor, origin.distribution, origin.version, origin.module)


def _fault_of(descriptor: Any, expected: type[Any]) -> str | None:
    """Return what is wrong with what a hook yielded."""
    if not isinstance(descriptor, expected):
        return f"gave a {type(descriptor).__name__}, not a {expected.__name__}"
    if not isinstance(descriptor.name, str) or not _NAME.match(descriptor.name):
        return f"the name {descriptor.name!r} is not in kebab-case"
    wrong = [name for name in _CHECKS if not _is_right(descriptor, name)]
    if wrong:
        return f"{descriptor.name}: not what the interface asks for: {', '.join(wrong)}"
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
    "on_appearance": lambda asks: isinstance(asks, bool) or callable(asks),
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
