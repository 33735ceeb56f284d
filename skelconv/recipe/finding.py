"""Where a recipe is: a path, or the name of one that comes with skelconv."""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.text.advice import nearest
from skelconv.text.commands import skelconv_command

SUFFIXES = (".yaml", ".yml")

_INSTALLED = Path(__file__).with_name("shipped")
_IN_REPOSITORY = Path(__file__).parents[2] / "recipes"
_CLOSE = ": did you mean "


def shipped_recipes() -> dict[str, Path]:
    """Return the files of the recipes, by name; a recipe in a folder is named ``folder/name``."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _IN_REPOSITORY
    files = sorted(folder.rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def find_recipe(named: str, *, folder: str = "", child: str = "") -> str:
    """Return the file of a recipe.

    A file goes first: that of this name, and then ``NAME.yaml``. Where there is neither, a name
    means the recipe that comes with skelconv.

    Parameters
    ----------
    named : str
        A path, or a name such as ``ntu60_xsub``.
    folder : str
        The folder that a relative path begins in; the working folder if empty.
    child : str
        A recipe that extends this one: it is not its own parent, whatever its name.

    Returns
    -------
    str
        The file; the path as it was given where there is none.
    """
    path = os.path.join(folder, named)
    if named.endswith(SUFFIXES) or (os.path.lexists(path) and not os.path.isdir(path)):
        return path
    beside = f"{path}.yaml"
    if os.path.isfile(beside) and not (child and os.path.samefile(beside, child)):
        return beside
    shipped = shipped_recipes().get(named)
    return path if shipped is None else str(shipped)


def advice(path: str) -> str:
    """Return what to do where there is no recipe, as the end of a sentence.

    Parameters
    ----------
    path : str
        The path or name that was given.

    Returns
    -------
    str
        The nearest file or name, and how the recipes that come with skelconv are used.
    """
    shipped = shipped_recipes()
    stem = path
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    name = next((one for one in (stem, os.path.basename(stem)) if one in shipped), None)
    if name is not None:
        copy = skelconv_command("init", name)
        return f"; {name!r} alone is the one that comes with skelconv (to copy it: {copy})"
    for wanted, names in ((path, _beside(path)), (stem, [*shipped])):
        close = nearest(os.path.basename(wanted), names)
        if close.startswith(_CLOSE):
            return f"{close} (skelconv init lists those that come with skelconv)"
    return " (skelconv init lists the recipes that come with skelconv)"


def _beside(path: str) -> list[str]:
    """Return the names of the recipes in the folder of a path."""
    try:
        with os.scandir(os.path.dirname(path) or ".") as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith(SUFFIXES))
    except (OSError, ValueError):
        return []
