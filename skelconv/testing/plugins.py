"""Checks of what hooks offer, and plugins that are installed for a test."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from skelconv.data.errors import RecipeError, SkelconvError
from skelconv.data.layout import Layout
from skelconv.plugin.descriptors import Descriptor, RecipeFolder, Resources, TransformPlugin
from skelconv.plugin.interfaces.executors import Executor
from skelconv.plugin.interfaces.readers import Reader
from skelconv.plugin.interfaces.sinks import Sink
from skelconv.plugin.interfaces.sources import Source
from skelconv.plugin.interfaces.splits import Split
from skelconv.plugin.interfaces.trainers import Trainer
from skelconv.plugin.interfaces.transforms import DividingTransform, Transform
from skelconv.plugin.loading import load_registry, registry_in_use
from skelconv.plugin.registry import Offer, Registry
from skelconv.recipe.finding import recipes_in
from skelconv.recipe.load import load_recipe
from skelconv.recipe.model import BIBTEX, Recipe

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")

# What `create` returns, by kind. Models are left out: making one loads its weights.
_MADE: dict[str, Any] = {
    "source": Source,
    "transform": Transform,
    "split": Split,
    "sink": Sink,
    "reader": Reader,
    "trainer": Trainer,
    "executor": Executor,
}


def check_descriptor(descriptor: Descriptor) -> None:
    """Check that a descriptor is complete: a name, a summary, described options, a valid example.

    Where what it requires is installed, ``create`` is called with the example. It may refuse it
    with a `skelconv.SkelconvError`, as files of an example need not exist. Detectors and pose
    models are not made.

    Parameters
    ----------
    descriptor : Descriptor
        Such as a SourcePlugin.
    """
    name = descriptor.name
    assert _NAME.match(name), f"the name {name!r} is not in kebab-case"
    _check_summary(descriptor.summary)
    for option, about in descriptor.options.model_fields.items():
        assert about.description, f"option {option!r} has no description"
    options = descriptor.options.model_validate(descriptor.example)
    for entry in descriptor.cited_with(options):
        assert re.match(BIBTEX, entry), f"{entry!r:.60} is no BibTeX entry, as @article{{KEY, ...}}"
    needs = descriptor.resources_for(options)
    assert isinstance(needs, Resources), f"its resources are a {type(needs).__name__}"
    if Offer(descriptor.kind, descriptor, "", "").missing:
        return
    # A test fetches no weights.
    weights = getattr(descriptor, "weights", None)
    if descriptor.kind in _MADE and (weights is None or weights(options) is None):
        _check_create(descriptor, options)


def _check_create(descriptor: Descriptor, options: Any) -> None:
    divides = isinstance(descriptor, TransformPlugin) and descriptor.divides
    kind = DividingTransform if divides else _MADE[descriptor.kind]
    try:
        made = descriptor.create(options)
        fits = isinstance(made, kind)  # which looks at properties, and these may need a file
    except SkelconvError:
        return
    except Exception as error:
        raise AssertionError(f"create raised {error!r}, not a SkelconvError") from error
    assert fits, f"create gave a {type(made).__name__}, not a {kind.__name__}"


def check_layout(layout: Layout) -> None:
    """Check that a layout's name has its number of joints, and that its bones are a tree.

    Parameters
    ----------
    layout : Layout
        The layout.
    """
    name, count = layout.name, len(layout.joints)
    assert _NAME.match(name), f"the name {name!r} is not in kebab-case"
    assert re.search(rf"(?<!\d){count}$", name), f"the name {name!r} does not end in {count}"
    _check_summary(layout.summary)
    parents: dict[int, int] = {}
    for joint, parent in layout.bones:
        assert joint not in parents, f"{layout.joints[joint]} has two parents"
        parents[joint] = parent
    roots = [layout.joints[joint] for joint in range(count) if joint not in parents]
    assert len(roots) == 1, f"there must be one joint without a parent, not {roots}"
    for joint in parents:
        above, steps = joint, 0
        while above in parents:
            above, steps = parents[above], steps + 1
            assert steps <= count, f"the bones of {layout.joints[joint]} are a circle"
    paired = [joint for pair in layout.pairs for joint in pair]
    twice = {layout.joints[joint] for joint in paired if paired.count(joint) > 1}
    assert not twice, f"in more than one place of pairs: {', '.join(sorted(twice))}"


def check_recipes(folder: RecipeFolder) -> dict[str, Recipe]:
    """Check that the recipes of a folder load, and say what they give.

    Parameters
    ----------
    folder : RecipeFolder
        The folder. What its recipes use must be installed; see `installed_plugins`.

    Returns
    -------
    dict of str to Recipe
        The recipes by name, for further checks.
    """
    assert _NAME.match(folder.name), f"the name {folder.name!r} is not in kebab-case"
    _check_summary(folder.summary)
    found = {}
    for name, path in recipes_in(folder.path).items():
        try:
            found[name] = load_recipe(path)
        except RecipeError as error:
            raise AssertionError(f"{name} is not valid: {error}") from error
        assert found[name].about, f"{name} has no line `about`, which skelconv list-recipes shows"
    assert found, f"there are no recipes in {folder.path}"
    return found


def _check_summary(summary: str) -> None:
    assert summary and summary.splitlines() == [summary], "summary is not one line"


@contextlib.contextmanager
def installed_plugins(*descriptors: Descriptor | Layout | RecipeFolder) -> Iterator[Registry]:
    """Install plugins for a block, together with those that are installed.

    It is for this process alone: have a build in the block use ``executor="serial"``.

    Parameters
    ----------
    *descriptors : Descriptor, Layout or RecipeFolder
        What hooks would offer. They replace installed ones of the same kind and name.

    Yields
    ------
    Registry
        The plugins in use.
    """
    offers = [Offer(each.kind, each, "for-this-test", "0") for each in descriptors]
    replaced = {(offer.kind, offer.name) for offer in offers}
    assert len(replaced) == len(offers), "two of them have the same kind and name"
    before = load_registry()
    kept = [offer for offer in before.offers if (offer.kind, offer.name) not in replaced]
    registry = Registry([*kept, *offers], list(before.broken))
    with registry_in_use(registry):
        yield registry
