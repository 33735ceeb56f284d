"""The classes of a build, followed from the source through the transforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from skelconv.engine.given import placed
from skelconv.engine.members import Tables, listed_by
from skelconv.plugin.classes import Classes
from skelconv.plugin.descriptors import TransformPlugin
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.interfaces.sources import Inventory
from skelconv.plugin.options import Options
from skelconv.plugin.use import UseTransform
from skelconv.recipe.model import Recipe


@dataclass(frozen=True, slots=True)
class Followed:
    """A recipe whose transforms are settled, and the classes that it gives.

    Attributes
    ----------
    recipe : Recipe
        With the options that transforms have after `TransformPlugin.settle`.
    classes : Classes
        Of the whole that the source found, after the last transform.
    steps : sequence of (str, callable)
        The transforms that say what the classes are after them: each one's name in messages, and
        its method.
    tables : Tables
        The clips that lists and tables of transforms name.
    """

    recipe: Recipe
    classes: Classes
    steps: Sequence[tuple[str, Callable[[Classes], Classes]]]
    tables: Tables = field(default_factory=Tables)

    def clips_of(self, known: Classes) -> Classes:
        """Return the classes for another choice of items.

        Parameters
        ----------
        known : Classes
            What is known of these items before the first transform.

        Returns
        -------
        Classes
            With the names of the whole.
        """
        for who, step in self.steps:
            known = _after(who, step, known)
        return replace(known, names=self.classes.names, notes=self.classes.notes)


def settles(recipe: Recipe) -> bool:
    """Return whether options of a recipe are complete only after its source was listed.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Returns
    -------
    bool
        Whether a transform has a `TransformPlugin.settle`.
    """
    return any(_settle_of(use) is not None for use in recipe.transforms)


def follow(recipe: Recipe, inventory: Inventory) -> Followed:
    """Find out which classes a recipe gives, and settle its transforms.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    inventory : Inventory
        All that its source found: parts of a build, and one with a limit, get the same classes.

    Returns
    -------
    Followed
        The recipe and the classes.

    Raises
    ------
    SkelconvError
        When a transform cannot be made, or does not fit the classes before it.
    """
    classes = Classes.of(inventory.label_names, inventory.labels, inventory.notes)
    uses: list[UseTransform] = []
    listed: dict[str, None] = {}
    later: set[str] = set()
    divided = False
    steps: list[tuple[str, Callable[[Classes], Classes]]] = []
    for use in recipe.transforms:
        settle = _settle_of(use)
        if settle is not None:
            with placed(use.who):
                options = call(use.who, settle, use.options, classes, gives=Options)
            use = use.model_copy(update={"options": options})
        uses.append(use)
        made = use.make()
        step = step_of(made)
        if step is not None:
            steps.append((use.who, step))
            classes = _after(use.who, step, classes)
        names = listed_by(use.who, made)
        listed.update(dict.fromkeys(names))
        if divided:
            later.update(names)
        divided = divided or use.divides
    tables = Tables(tuple(listed), frozenset(later))
    return Followed(replace(recipe, transforms=tuple(uses)), classes, steps, tables)


def step_of(transform: Any) -> Callable[[Classes], Classes] | None:
    """Return the method with which a transform says what the classes are after it, if it has one.

    Parameters
    ----------
    transform : Any
        What ``create`` of a transform gave.

    Returns
    -------
    callable or None
        Its ``classes``; an attribute of this name that cannot be called is something else.
    """
    step = getattr(transform, "classes", None)
    return step if callable(step) else None


def _settle_of(use: UseTransform) -> Callable[[Any, Classes], Options] | None:
    descriptor = use.descriptor
    return descriptor.settle if isinstance(descriptor, TransformPlugin) else None


def _after(who: str, step: Callable[[Classes], Classes], known: Classes) -> Classes:
    with placed(who):
        after: Classes = call(who, step, known, gives=Classes)
    with guarded(who):
        for name in (*after.names, *after.notes):
            if not isinstance(name, str):
                raise TypeError(f"its classes hold {name!r:.60}, which is not text")
    return after
