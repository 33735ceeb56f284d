"""What may stand for an argument on the command line: for completion in a shell.

Each function takes what is typed so far and returns values with a line about each. What it needs is
imported within it, as a key is pressed and waited for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import typer

Candidates = list[tuple[str, str]]

# Reading the ids of a file takes time in proportion to it.
_MAX_DATASET_BYTES = 100_000_000
_MAX_SHOWN = 500


def recipes(incomplete: str) -> Candidates:
    """Return recipes: those that are installed, and files and folders.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names and paths, each with a description; folders end in a slash.
    """
    from skelconv.recipe.finding import SUFFIXES

    folder = os.path.dirname(incomplete)
    found = []
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                hidden = entry.name.startswith(".")
                if hidden and not os.path.basename(incomplete).startswith("."):
                    continue
                path = os.path.join(folder, entry.name)
                if entry.is_dir():
                    found.append((f"{path}/", ""))
                elif entry.name.endswith(SUFFIXES):
                    found.append((path, ""))
    except (OSError, ValueError):
        pass
    return [*installed(incomplete), *found]


def installed(incomplete: str) -> Candidates:
    """Return the recipes that come with skelconv, and those of plugins.

    Plugins take time to import: where something is typed that recipes of skelconv begin with, only
    these are meant.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with a description.
    """
    from skelconv.recipe.finding import known_recipes, shipped_recipes

    own = shipped_recipes()
    if incomplete and any(name.startswith(incomplete) for name in own):
        return [(name, "a recipe that comes with skelconv") for name in own]
    return [
        (name, "a recipe that comes with skelconv" if name in own else "a recipe of a plugin")
        for name in known_recipes()
    ]


def changes(context: typer.Context, incomplete: str) -> Candidates:
    """Return the keys of a recipe, as ``--set`` takes them.

    Parameters
    ----------
    context : typer.Context
        The command line so far, in which a recipe may be named.
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Keys that end in ``=``; plugins where one is to be chosen.
    """
    from skelconv.recipe.inherit import read_family
    from skelconv.recipe.nodes import Problems, StopError

    key, equals, _ = incomplete.partition("=")
    if equals:
        named = key.rpartition(".")[2] == "use"
        offered = _offers(*_kinds_at(key.split("."))) if named else []
        return [(f"{key}={name}", about) for name, about in offered]
    given = context.params.get("recipe") or context.params.get("recipes")
    recipe = given[0] if isinstance(given, list | tuple) else given
    if not recipe:
        return []
    try:
        tree = read_family(str(recipe), Problems())
    except StopError:
        return []
    return [(f"{path}=", "") for path in _keys(tree.plain(), "")]


def _kinds_at(path: Sequence[str]) -> Sequence[str]:
    """Return the kinds of plugins that there may be at a path of a recipe."""
    if "with" in path:
        return "detector", "pose-model", "transform", "split"
    kind = path[0].removesuffix("s") if path else ""
    return (kind,)


def _keys(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        if isinstance(value, list):
            yield f"{path}+"
            value = dict(enumerate(value))
        for key, below in value.items():
            yield from _keys(below, f"{path}.{key}" if path else str(key))
    elif path != "skelconv":
        yield path


def kinds(incomplete: str) -> Candidates:
    """Return the kinds of plugins.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Their names.
    """
    from skelconv.plugin.offering import KINDS

    return [(kind, "") for kind in KINDS]


def new_kinds(incomplete: str) -> Candidates:
    """Return the kinds of plugins that ``skelconv new-plugin`` makes.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Their names.
    """
    from skelconv.new_plugin.writing import KINDS

    return [(kind, "") for kind in KINDS]


def plugins(incomplete: str) -> Candidates:
    """Return the names of all plugins and layouts.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what the plugin does.
    """
    return _offers()


def executors(incomplete: str) -> Candidates:
    """Return the executors.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what the plugin does.
    """
    return _offers("executor")


def trainers(incomplete: str) -> Candidates:
    """Return the trainers.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what the plugin does.
    """
    return _offers("trainer")


def sinks(incomplete: str) -> Candidates:
    """Return the sinks.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what it writes.
    """
    return _offers("sink")


def layouts(incomplete: str) -> Candidates:
    """Return the layouts.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what it is.
    """
    return _offers("layout")


def models(incomplete: str) -> Candidates:
    """Return the detectors and pose models.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what the plugin does.
    """
    return _offers("detector", "pose-model")


def checks(incomplete: str) -> Candidates:
    """Return what ``skelconv doctor`` checks: by name, or what a recipe needs.

    Parameters
    ----------
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        Names, each with what is checked, and `recipes`.
    """
    from skelconv.doctor.checks import all_checks

    named = [(check.name, check.summary) for check in all_checks()]
    return [*named, *recipes(incomplete)]


def ids(context: typer.Context, incomplete: str) -> Candidates:
    """Return the ids of the clips of a dataset, if it is small.

    Parameters
    ----------
    context : typer.Context
        The command line so far, in which the dataset is named.
    incomplete : str
        What is typed so far.

    Returns
    -------
    list of (str, str)
        The first of the ids that begin like this.
    """
    from skelconv.datasets.opening import open as open_dataset

    path = str(context.params.get("path") or "")
    if not os.path.exists(path):
        return []
    if os.path.isfile(path) and os.path.getsize(path) > _MAX_DATASET_BYTES:
        return []
    found = []
    for clip_id in open_dataset(path, verify="never").ids:
        if clip_id.startswith(incomplete):
            found.append((clip_id, ""))
            if len(found) == _MAX_SHOWN:
                break
    return found


def _offers(*kinds: str) -> Candidates:
    """Return the plugins of some kinds, or of all but checks."""
    from skelconv.plugin.loading import load_registry

    registry = load_registry()
    return [
        (registry.short_name(offer), f"{offer.kind}: {' '.join(offer.descriptor.summary.split())}")
        for offer in registry.offers
        if offer.kind in kinds or (not kinds and offer.kind != "check")
    ]
