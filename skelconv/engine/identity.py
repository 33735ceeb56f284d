"""What is being built, as one text: two builds with the same identity give the same bytes."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import platform
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from skelconv.data.errors import ClipError
from skelconv.engine.plan import Plan
from skelconv.files.json_text import parse_json
from skelconv.plugin.descriptors import Descriptor
from skelconv.plugin.options import paths_in
from skelconv.plugin.use import Use
from skelconv.recipe.borrowed import differing
from skelconv.recipe.model import Recipe, decisive
from skelconv.version import __version__

# The kinds of plugin that load a model from a file, or from a folder of a few files.
_MODELS = ("detector", "pose-model")


@dataclass(frozen=True, slots=True)
class Identity:
    """What is being built.

    A file behind a URL counts only by the digest that the options give, if they give one. Files
    that another file names, such as the base of a config, do not count.

    Attributes
    ----------
    text : str
        JSON in a canonical form: the recipe, digests of what it does not show, versions, device,
        files that options name, and a digest of the inventory.
    """

    text: str

    @classmethod
    def of(cls, plan: Plan, *, gpus: int) -> Identity:
        """Return the identity of a build.

        Parameters
        ----------
        plan : Plan
            What the build will do.
        gpus : int
            GPUs that a worker has; they decide what ``device: auto`` means.

        Returns
        -------
        Identity
            The recipe, with the versions and files of this machine.
        """
        content = {
            "recipe": decisive(plan.recipe.resolved()),
            "hidden": plan.recipe.hidden(),
            "versions": versions(plan.recipe),
            "device": "gpu" if gpus else "cpu",
            "files": _files(plan.recipe),
            "items": len(plan.items),
            "inventory": hashlib.sha256(plan.stamps).hexdigest(),
            "label_names": list(plan.classes.names),
        }
        if plan.part is not None:  # what a merge compares between parts
            content["part"] = dataclasses.asdict(plan.part)
        return cls(json.dumps(content, sort_keys=True, indent=1))

    @classmethod
    def read(cls, text: str) -> Identity:
        """Return an identity that was written by an earlier run.

        Parameters
        ----------
        text : str
            The `text` of that identity.

        Returns
        -------
        Identity
            Equal to a new identity with the same content.

        Raises
        ------
        ValueError
            When the text is not a JSON object.
        """
        try:
            content = parse_json(text.encode(), nan=True)
        except ClipError as error:
            raise ValueError(error.reason) from error
        if not isinstance(content, dict):
            raise ValueError("it is not a JSON object")
        return cls(json.dumps(content, sort_keys=True, indent=1))

    @property
    def content(self) -> dict[str, Any]:
        """The whole content, as JSON values."""
        content: dict[str, Any] = json.loads(self.text)
        return content

    @property
    def digest(self) -> str:
        """Its SHA-256, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def lasting_digest(self) -> str:
        """The SHA-256 of all but the items' files: while it is the same, what was done holds."""
        content = self.content
        content.pop("inventory", None)
        if isinstance(part := content.get("part"), dict):  # which tells of other parts' files
            part.pop("sha256", None)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def differences(self, earlier: Identity) -> list[str]:
        """List where an earlier build differs from this one.

        Parameters
        ----------
        earlier : Identity
            The identity of the other build.

        Returns
        -------
        list of str
            One line for each difference; empty where they are equal.
        """
        return differences(earlier.content, self.content)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """List where two builds differ.

    Parameters
    ----------
    before, after : mapping
        The content of an `Identity`, or a part of it, as JSON values.

    Returns
    -------
    list of str
        One line for each difference.
    """
    return list(_differences(before, after, ""))


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if path == "files":
        yield from _of_files(before or {}, after or {})
    elif path == "hidden":
        yield from differing(before or {}, after or {})
    elif path == "label_names":
        if (before or []) != (after or []):
            yield "label_names: the names of the classes are others"
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key), after.get(key), inner)
    elif before != after:
        yield (
            "inventory: files were added, removed, moved or changed"
            if path in ("inventory", "part.sha256")
            else f"{path}: {json.dumps(before)} -> {json.dumps(after)}"
        )


def _of_files(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Describe changes of files, without times in nanoseconds, which would not help a reader."""
    for path in sorted({*before, *after}):
        if path not in after:
            yield f"{path} does not exist any more, or is not named any more"
        elif path not in before:
            yield f"{path} did not exist before, or was not named"
        elif before[path] != after[path]:
            sizes = before[path].get("size"), after[path].get("size")
            how = "by its time" if sizes[0] == sizes[1] else f"from {sizes[0]} to {sizes[1]} bytes"
            yield f"{path} was changed ({how})"


def versions(recipe: Recipe) -> dict[str, str]:
    """Return the versions that an output depends on.

    Parameters
    ----------
    recipe : Recipe
        What is built.

    Returns
    -------
    dict of str to str
        By distribution: skelconv, Python, NumPy, the plugins that the recipe uses, also those
        within a plugin's options, and the packages that these require or use where installed.
    """
    uses = list(uses_in(recipe))
    packages = {name for use in uses for name in _packages(use.descriptor)}
    return {
        "skelconv": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{use.offer.distribution: use.offer.version for use in uses},
        **{name: metadata.version(name) for name in sorted(packages)},
    }


def uses_in(recipe: Recipe) -> Iterator[Use]:
    """Find the plugins that a recipe uses, also those within another's options.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Yields
    ------
    Use
        A plugin with its options; the same plugin may come more than once.
    """
    for stage in recipe.stages():
        yield stage
        yield from stage.nested()


def _packages(descriptor: Descriptor) -> Iterator[str]:
    """Find the installed packages that a plugin uses."""
    for module in (*(module for module, _ in descriptor.requires), *descriptor.uses_if_there):
        yield from filter(None, _providers().get(module, ()))


@functools.cache
def _providers() -> Mapping[str, list[str]]:
    """Return the packages that provide each module. Slow: it reads the metadata of all packages."""
    return metadata.packages_distributions()


def _files(recipe: Recipe) -> dict[str, dict[str, int]]:
    """Find the files that paths in options name, so that a build notices when one has changed.

    Files are compared by size and time of change, as the files of clips are: weights may be
    gigabytes. A folder, which may hold all the clips, is left out, unless it is a model's.
    """
    found: dict[str, dict[str, int]] = {}
    for stage in recipe.stages():
        options = dict(stage.options)
        if stage is recipe.sink:
            options.pop("path", None)  # the output
        for path in paths_in(options):
            _note(found, path)
        for use in stage.nested():
            for path in paths_in(use.options):
                _note(found, path)
                if use.kind in _MODELS:
                    for name in _names_in(path):
                        _note(found, os.path.join(path, name))
    return dict(sorted(found.items()))


def _note(found: dict[str, dict[str, int]], path: str) -> None:
    try:
        status = os.stat(os.path.expanduser(path))
    except (OSError, ValueError):  # it may be a URL, or be missing
        return
    if stat.S_ISREG(status.st_mode):
        found[path] = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(os.path.expanduser(folder))
    except (OSError, ValueError):
        return []
