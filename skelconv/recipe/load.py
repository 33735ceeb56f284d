"""Loads a recipe, and tells everything that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from skelconv.errors import RecipeError
from skelconv.recipe.check import check_recipe
from skelconv.recipe.inherit import read_family
from skelconv.recipe.model import Recipe
from skelconv.recipe.nodes import Problems, StopError
from skelconv.recipe.override import apply_overrides
from skelconv.recipe.variables import Variables
from skelconv.registry import Registry, load_registry


def load_recipe(
    path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    *,
    registry: Registry | None = None,
    environ: Mapping[str, str] | None = None,
) -> Recipe:
    """Load a recipe.

    Parameters
    ----------
    path : path
        A YAML file.
    overrides : sequence of str
        Changes, each ``KEY=VALUE`` such as ``"source.with.root=data"``; the value is YAML.
    registry : Registry, optional
        The plugins that it may use; all installed ones if None.
    environ : mapping of str to str, optional
        The environment for ``${NAME}``; the process's if None.

    Returns
    -------
    Recipe
        Checked, with parents and variables resolved and all options filled in.

    Raises
    ------
    RecipeError
        With all that is wrong.
    """
    problems = Problems()
    try:
        tree = read_family(os.fsdecode(path), problems)
        tree = apply_overrides(tree, overrides, problems)
        entries = dict(tree.value) if isinstance(tree.value, dict) else {}
        variables = Variables(
            entries.pop("vars", None), os.environ if environ is None else environ, problems
        )
        tree = variables.fill(replace(tree, value=entries))
        recipe = check_recipe(tree, load_registry() if registry is None else registry, problems)
    except StopError:
        pass
    if problems.found:
        raise RecipeError(problems.report())
    return recipe
