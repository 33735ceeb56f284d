"""Where a recipe is: a path, or the name of one that skelconv or a plugin brings along."""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.text.advice import nearest
from skelconv.text.commands import skelconv_command

SUFFIXES = (".yaml", ".yml")
LAYOUTS = "layouts"
"""The folder beside recipes that has layouts of theirs."""

_INSTALLED = Path(__file__).with_name("shipped")
_IN_REPOSITORY = Path(__file__).parents[2] / "recipes"
_CLOSE = ": did you mean "


def shipped_recipes() -> dict[str, Path]:
    """Return the files of skelconv's own recipes, by name; in a folder it is ``folder/name``."""
    return recipes_in(_INSTALLED if _INSTALLED.is_dir() else _IN_REPOSITORY)


def known_recipes() -> dict[str, Path]:
    """Return the installed recipes: skelconv's own, and those of plugins.

    Returns
    -------
    dict of str to Path
        The file of each, by name. Those of plugins have the name of their `RecipeFolder` in front,
        as ``acme:reach``.
    """
    return {**shipped_recipes(), **_recipes_of_plugins()}


def _recipes_of_plugins() -> dict[str, Path]:
    # Plugins take time to import, and skelconv's own recipes are found without.
    from skelconv.plugin.descriptors import RecipeFolder
    from skelconv.plugin.loading import load_registry

    found = {}
    registry = load_registry()
    for offer in registry.of_kind(RecipeFolder.kind):
        assert isinstance(offer.descriptor, RecipeFolder)  # noqa: S101 (the hook gives these)
        for name, path in recipes_in(offer.descriptor.path).items():
            found[f"{registry.short_name(offer)}:{name}"] = path
    return found


def recipes_in(folder: Path) -> dict[str, Path]:
    """Return the files of the recipes in a folder and below it, by name.

    Parameters
    ----------
    folder : Path
        The folder. What is in a folder ``layouts`` is no recipe.

    Returns
    -------
    dict of str to Path
        Those in the folder itself first; ``folder/name`` is the name of one below it.
    """
    files = sorted(folder.rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    names = {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}
    return {name: path for name, path in names.items() if path.parent.name != LAYOUTS}


def find_recipe(named: str, *, folder: str = "", child: str = "") -> str:
    """Return the file of a recipe.

    A file goes first: that of this name, and then ``NAME.yaml``. Where there is neither, a name
    means the recipe that comes with skelconv, and ``PLUGIN:NAME`` that of a plugin.

    Parameters
    ----------
    named : str
        A path, or a name such as ``ntu60_xsub`` or ``acme:reach``.
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
    installed = _recipes_of_plugins() if ":" in named else shipped_recipes()
    return str(installed.get(named, path))


def advice(path: str) -> str:
    """Return what to do where there is no recipe, as the end of a sentence.

    Parameters
    ----------
    path : str
        The path or name that was given.

    Returns
    -------
    str
        The nearest file or name, and how the installed recipes are listed.
    """
    known = known_recipes()
    stem = path
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    name = next((one for one in (stem, os.path.basename(stem)) if one in known), None)
    if name is not None:
        copy = skelconv_command("init", name)
        return f"; {name!r} alone is the one that is installed (to copy it: {copy})"
    of_many = [one for one in known if one.endswith(f"/{stem}") and ":" in stem]
    if of_many:
        return f"; several packages have a recipe of this name: write {' or '.join(of_many)}"
    of_a_plugin = stem if ":" in stem else os.path.basename(stem)
    for wanted, names in ((os.path.basename(path), _beside(path)), (of_a_plugin, [*known])):
        close = nearest(wanted, names)
        if close.startswith(_CLOSE):
            return f"{close} (skelconv list-recipes lists those that are installed)"
    if ":" in stem and _a_plugin_is_broken():
        return " (some plugins are broken: skelconv list-plugins)"
    return " (skelconv list-recipes lists the recipes that are installed)"


def _a_plugin_is_broken() -> bool:
    from skelconv.plugin.loading import load_registry

    return bool(load_registry().broken)


def _beside(path: str) -> list[str]:
    """Return the names of the recipes in the folder of a path."""
    try:
        with os.scandir(os.path.dirname(path) or ".") as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith(SUFFIXES))
    except (OSError, ValueError):
        return []
