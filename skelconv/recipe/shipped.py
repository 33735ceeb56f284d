"""The recipes that are installed: what they say of themselves, and copies of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skelconv.data.errors import RecipeError, SkelconvError
from skelconv.recipe.finding import LAYOUTS, SUFFIXES, known_recipes
from skelconv.recipe.inherit import Member, read_chain, read_family
from skelconv.recipe.nodes import Problems, StopError
from skelconv.text.advice import nearest


@dataclass(frozen=True, slots=True)
class Facts:
    """What a recipe says of itself, with what it inherits.

    Attributes
    ----------
    about : str
        A description in one line; empty where it has none.
    needs : tuple of str
        What has to be there before it can be built, a line each.
    clips : int, optional
        The number of clips that it expects; None where it does not say.
    splits : dict of str to int
        The clips that it expects of each split.
    fault : str
        Why it cannot be read; empty where it can.
    """

    about: str = ""
    needs: tuple[str, ...] = ()
    clips: int | None = None
    splits: dict[str, int] = field(default_factory=dict)
    fault: str = ""


def facts_of(path: Path) -> Facts:
    """Return what a recipe says of itself. Its plugins and options are not checked.

    Parameters
    ----------
    path : Path
        The file of the recipe.

    Returns
    -------
    Facts
        What it says, as far as it can be read.
    """
    problems = Problems()
    try:
        tree = read_family(str(path), problems)
    except StopError:
        return Facts(fault=str(problems.report()[0]))
    plain = tree.plain()
    needs = plain.get("needs")
    expect = _mapping(plain.get("expect"))
    return Facts(
        about=str(plain.get("about") or ""),
        needs=tuple(map(str, needs)) if isinstance(needs, list) else (),
        clips=_count(expect.get("clips")),
        splits={
            name: count
            for name, given in _mapping(expect.get("splits")).items()
            if (count := _count(given)) is not None
        },
        fault=str(problems.report()[0]) if problems.found else "",
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    """Return a number of clips; a variable's is not known here."""
    return value if type(value) is int else None


def copy_recipe(name: str, target: Path) -> list[Path]:
    """Copy an installed recipe, together with the parents and layouts that are beside it.

    Parents that are called by their names stay where they are: they are found from everywhere.

    Parameters
    ----------
    name : str
        One of `known_recipes`.
    target : Path
        The file to write, which ends in ``.yaml``, or a folder, which is made if it is not there.
        Parents are written beside it under their own names.

    Returns
    -------
    list of Path
        The files that were written, the recipe first. Others that exist already with the same
        content are left as they are.

    Raises
    ------
    SkelconvError
        When there is no such recipe, a file of that name exists, or a parent has it, in which case
        nothing is written; and when a file cannot be written.
    """
    recipes = known_recipes()
    if name not in recipes:
        raise SkelconvError(f"no installed recipe is called {name!r}{nearest(name, recipes)}")
    if target.is_dir() or target.suffix not in SUFFIXES:
        target /= recipes[name].name
    problems = Problems()
    try:
        family = read_chain(str(recipes[name]), problems)
    except StopError:
        raise RecipeError(problems.report()) from None
    copies = {target: Path(family[0].path).read_bytes()}
    for path in _beside(family):
        inside = os.path.relpath(path, recipes[name].parent)
        if inside.startswith(os.pardir):
            raise SkelconvError(
                "a recipe that extends a file outside of its own folder cannot be copied",
                where=str(recipes[name]),
                hint=f"write a recipe with the line `extends: {name}`",
            )
        beside, content = target.parent / inside, path.read_bytes()
        if beside == target:
            raise SkelconvError(
                "the recipe extends one of this name, which is copied too",
                where=str(target),
                hint="choose another name for it",
            )
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


def _beside(family: list[Member]) -> list[Path]:
    """Return the files that a copy of a recipe needs: its parents, and the layouts of each."""
    files: list[Path] = []
    for member in family:
        if member.by_name:
            break
        path = Path(member.path)
        files += [path] if member is not family[0] else []
        files += [
            layout
            for suffix in SUFFIXES
            for layout in sorted((path.parent / LAYOUTS).glob(f"*{suffix}"))
        ]
    return list(dict.fromkeys(files))
