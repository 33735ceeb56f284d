"""Whether a recipe can be built on this machine: packages, files, weights and devices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from skelconv.data.errors import BuildError, PluginError, SkelconvError
from skelconv.engine.fetching import needed_by, uses_of
from skelconv.plugin.extras import install_command
from skelconv.plugin.options import inputs_in
from skelconv.plugin.use import Use
from skelconv.recipe.model import Recipe
from skelconv.vision.device import ModelOptions
from skelconv.vision.weights import is_url, missing_to_fetch


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a recipe needs and this machine does not have.

    Attributes
    ----------
    packages : tuple of str
        By their names for pip.
    files : tuple of str
        Each file, folder or model that an option names, with the stage that has the option.
    to_fetch : tuple of str
        Each URL, or id on a hub, of what was not fetched yet. A build fetches it.
    devices : tuple of str
        What a stage asks for and this machine does not have. Workers may be on other machines.
    """

    packages: tuple[str, ...]
    files: tuple[str, ...]
    to_fetch: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


def lacking(recipe: Recipe) -> Lacking:
    """Find what a recipe needs and this machine does not have.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Returns
    -------
    Lacking
        Of all stages, and of the plugins within their options.
    """
    packages: dict[str, None] = {}
    files = []
    for use, path in _inputs(recipe):
        if is_url(path):
            packages.update(dict.fromkeys(missing_to_fetch()))
        elif "://" not in path and not os.path.exists(os.path.expanduser(path)):
            files.append(f"{path} ({use.who})")
    to_fetch, devices = [], []
    for use in uses_of(recipe):
        missing = use.offer.missing
        packages.update(dict.fromkeys(missing))
        try:
            for one in needed_by(use):
                packages.update(dict.fromkeys(one.what.requires))
                if not missing and one.what.kept() is None:
                    to_fetch.append(one.what.name)
        except SkelconvError as error:
            files.append(f"{error.where or use.options}: {error.what} ({use.who})")
        if not missing and isinstance(use.options, ModelOptions):
            lacks = use.options.lacking()
            devices += [] if lacks is None else [f"{lacks} ({use.who})"]
    return Lacking(
        tuple(packages), tuple(dict.fromkeys(files)), tuple(dict.fromkeys(to_fetch)), tuple(devices)
    )


def check_packages(recipe: Recipe) -> None:
    """Raise an error when packages are not installed that a recipe needs.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Raises
    ------
    PluginError
        With the command that installs them.
    """
    packages = lacking(recipe).packages
    if packages:
        raise PluginError(
            "packages that it needs are not installed",
            where=recipe.name,
            hint=install_command(packages),
        )


def check_files(recipe: Recipe) -> None:
    """Raise an error when files or folders that options name are not there.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Raises
    ------
    BuildError
        With all of them.
    """
    files = lacking(recipe).files
    if files:
        raise BuildError(
            "\n    ".join(["what these options name is not there:", *files]),
            where=recipe.name,
            hint="correct the paths, or put the files there",
        )


def _inputs(recipe: Recipe) -> Iterator[tuple[Use, str]]:
    """Yield the paths and URLs that are read, with the plugin whose option each is."""
    for stage in recipe.stages():
        if stage is recipe.sink:
            continue  # its path is the output
        inner = list(stage.nested())
        theirs = {path for use in inner for path in inputs_in(use.options)}
        for path in inputs_in(stage.options):
            if path not in theirs:
                yield stage, path
        for use in inner:
            for path in inputs_in(use.options):
                yield use, path
