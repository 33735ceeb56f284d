"""Loads a recipe, and reports everything that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from skelconv.data.errors import Problem, RecipeError
from skelconv.recipe.check import check_recipe
from skelconv.recipe.inherit import plain_family, read_family
from skelconv.recipe.model import Recipe
from skelconv.recipe.nodes import Problems, StopError
from skelconv.recipe.override import apply_overrides
from skelconv.recipe.variables import Variables


def load_recipe(
    recipe: str | os.PathLike[str] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    environ: Mapping[str, str] | None = None,
) -> Recipe:
    """Load a recipe.

    Parameters
    ----------
    recipe : path or mapping
        A YAML file, the name of an installed recipe such as ``"ntu60_xsub"`` or ``"acme:reach"``,
        or the content of a recipe as plain values.
    overrides : sequence of str
        Changes, each ``KEY=VALUE`` such as ``"source.with.root=data"``, or ``KEY+=VALUE``, which
        appends to a list; the value is YAML.
    environ : mapping of str to str, optional
        The environment for ``${NAME}``; that of the process if None.

    Returns
    -------
    Recipe
        The recipe, checked, with parents and variables resolved and all options filled in.

    Raises
    ------
    RecipeError
        With everything that is wrong.
    """
    problems = Problems()
    try:
        if isinstance(recipe, Mapping):
            tree = plain_family(recipe, problems)
        else:
            tree = read_family(os.fsdecode(recipe), problems)
        tree = apply_overrides(tree, overrides, problems)
        entries = dict(tree.value) if isinstance(tree.value, dict) else {}
        variables = Variables(
            entries.pop("vars", None), os.environ if environ is None else environ, problems
        )
        tree = variables.fill(replace(tree, value=entries))
        loaded = check_recipe(tree, problems, variables.borrowed)
    except StopError:
        raise RecipeError(problems.report()) from None
    return loaded if isinstance(recipe, Mapping) else replace(loaded, given=os.fsdecode(recipe))


def as_recipe(
    recipe: Recipe | str | os.PathLike[str] | Mapping[str, Any], overrides: Sequence[str] = ()
) -> Recipe:
    """Return a recipe that is loaded unchanged, and load one that is not.

    Parameters
    ----------
    recipe : Recipe, path or mapping
        The recipe.
    overrides : sequence of str
        Changes to a recipe that is not loaded yet; see `load_recipe`.

    Returns
    -------
    Recipe
        The recipe, checked and complete.

    Raises
    ------
    RecipeError
        With everything that is wrong, or when there are overrides for a loaded recipe.
    """
    if not isinstance(recipe, Recipe):
        return load_recipe(recipe, overrides)
    if overrides:
        raise RecipeError([Problem("a recipe that is loaded cannot be changed by overrides")])
    return recipe
