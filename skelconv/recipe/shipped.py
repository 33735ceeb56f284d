"""The recipes that come with skelconv."""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.data.errors import RecipeError, SkelconvError
from skelconv.recipe.finding import SUFFIXES, shipped_recipes
from skelconv.recipe.inherit import read_chain, read_family
from skelconv.recipe.nodes import Node, Problems, StopError
from skelconv.text.advice import nearest


def about_recipe(path: Path) -> str:
    """Return the description in a recipe.

    Parameters
    ----------
    path : Path
        The file of the recipe.

    Returns
    -------
    str
        The value of ``about``; empty where there is none, or the recipe cannot be read.
    """
    problems = Problems()
    try:
        tree = read_family(str(path), problems)
    except StopError:
        return ""
    about = tree.value.get("about") if isinstance(tree.value, dict) else None
    return str(about.value) if isinstance(about, Node) and about.value else ""


def copy_recipe(name: str, target: Path) -> list[Path]:
    """Copy a recipe that comes with skelconv, together with the parents that it extends.

    Parameters
    ----------
    name : str
        One of `shipped_recipes`.
    target : Path
        The file to write, which ends in ``.yaml``, or a folder, which is made if it is not there.
        Parents are written beside it under their own names.

    Returns
    -------
    list of Path
        The files that were written, the recipe first. Parents that exist already with the same
        content are left as they are.

    Raises
    ------
    SkelconvError
        When there is no such recipe, or a file of that name exists, in which case nothing is
        written; and when a file cannot be written.
    """
    recipes = shipped_recipes()
    if name not in recipes:
        raise SkelconvError(f"no recipe {name!r} comes with skelconv{nearest(name, recipes)}")
    if target.is_dir() or target.suffix not in SUFFIXES:
        target /= recipes[name].name
    problems = Problems()
    try:
        (recipe, _), *parents = read_chain(str(recipes[name]), problems)
    except StopError:
        raise RecipeError(problems.report()) from None
    copies = {target: Path(recipe).read_bytes()}
    for parent, _ in parents:
        beside = target.parent / os.path.relpath(parent, os.path.dirname(recipe))
        content = Path(parent).read_bytes()
        if not beside.is_file() or beside.read_bytes() != content:
            copies[beside] = content
    for path in copies:
        if os.path.lexists(path):
            raise SkelconvError("there is a file of this name already", where=str(path))
    try:
        for path, content in copies.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "xb") as file:
                file.write(content)
    except OSError as error:
        raise SkelconvError(f"cannot be written: {error.strerror}", where=str(path)) from None
    return list(copies)
