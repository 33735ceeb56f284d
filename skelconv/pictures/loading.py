"""Importing what draws, which needs an extra."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from skelconv.data.errors import PluginError
from skelconv.text.commands import pip_install


def import_pictures(name: str) -> ModuleType:
    """Import a module of this package.

    Parameters
    ----------
    name : str
        Its name, such as ``viz``.

    Returns
    -------
    module
        The module.

    Raises
    ------
    PluginError
        When the extra ``viz`` is not installed.
    """
    try:
        return import_module(f"skelconv.pictures.{name}")
    except ImportError as error:
        raise PluginError(
            f"pictures need a package that is not installed: {error.name}",
            hint=pip_install("skelconv[viz]"),
        ) from error
