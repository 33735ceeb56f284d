"""Provenance: what an output was made from, in a JSON file beside it.

``OUT.skelconv.json`` is written last, so an output with a fitting one is whole. It holds no time
and no host: the same recipe, data and versions give the same provenance.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import platform
import stat
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.engine.workdir import write_whole
from skelconv.hookspecs import Descriptor, Options
from skelconv.nested import Use, uses
from skelconv.option_types import paths_in
from skelconv.recipe import Recipe
from skelconv.registry import Offer, Registry
from skelconv.version import __version__

_FORMAT = 1
_COUNTED = ("clips", "splits", "dropped", "left_out", "absent", "strays")
# What these load is a file, or a folder of a few.
_MODELS = ("detector", "pose-model")


def provenance_path(target: Path) -> Path:
    """Return where the provenance of an output stands."""
    return target.with_name(f"{target.name}.skelconv.json")


def versions(recipe: Recipe, registry: Registry) -> dict[str, str]:
    """Return the versions that an output depends on.

    They are those of skelconv, Python and NumPy, of the plugins that the recipe uses, those within
    a plugin's options too, and of the packages that these require, or use where they are there.
    """
    offers = list(_offers(recipe, registry))
    packages = {name for offer in offers for name in _packages(_descriptor(offer))}
    return {
        "skelconv": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{offer.distribution: offer.version for offer in offers},
        **{name: metadata.version(name) for name in sorted(packages)},
    }


def identity(plan: Plan, registry: Registry, *, gpus: int) -> dict[str, Any]:
    """Say what is being built: two builds with the same identity give the same bytes.

    What a URL gives is known by its digest alone, where one is given; and of a file that names
    others, such as a config that another begins with, those are not looked for.

    Parameters
    ----------
    plan : Plan
        What the build will do.
    registry : Registry
        Where the recipe's plugins are.
    gpus : int
        What a worker has, which is what ``device: auto`` comes to.
    """
    resolved = plan.recipe.resolved()
    resolved.pop("expect", None)  # the output is judged by it, and is the same without
    return {
        "recipe": resolved,
        "versions": versions(plan.recipe, registry),
        "device": "gpu" if gpus else "cpu",
        "files": _files(plan.recipe, registry),
        "items": len(plan.items),
        "inventory": plan.inventory_digest(),
    }


def _stages(recipe: Recipe) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    yield "source", recipe.source.use, recipe.source.options
    for stage in recipe.transforms:
        yield "transform", stage.use, stage.options
    for stage in recipe.splits:
        yield "split", stage.use, stage.options
    yield "sink", recipe.sink.use, recipe.sink.options


def _offers(recipe: Recipe, registry: Registry) -> Iterator[Offer]:
    """Find the plugins that a recipe uses, each followed by those within its options."""
    for kind, name, _ in _stages(recipe):
        yield registry.get(kind, name)
    for use in _nested(recipe, registry):
        yield registry.get(use.kind, use.use)


def _nested(recipe: Recipe, registry: Registry) -> Iterator[Use]:
    for kind, name, options in _stages(recipe):
        yield from uses(_checked(kind, name, options, registry))


def _checked(kind: str, name: str, options: Mapping[str, Any], registry: Registry) -> Options:
    return _descriptor(registry.get(kind, name)).options.model_validate(options)


def _descriptor(offer: Offer) -> Descriptor:
    assert isinstance(offer.descriptor, Descriptor)  # noqa: S101 (what recipes use is one)
    return offer.descriptor


def _packages(descriptor: Descriptor) -> Iterator[str]:
    """Find what is installed of the packages that a plugin uses."""
    for module in (*(module for module, _ in descriptor.requires), *descriptor.uses_if_there):
        yield from filter(None, _providers().get(module, ()))


@functools.cache
def _providers() -> Mapping[str, list[str]]:
    """Return the packages that provide a module. It reads what each package says of itself."""
    return metadata.packages_distributions()


def _files(recipe: Recipe, registry: Registry) -> dict[str, dict[str, int]]:
    """Find the files that paths in options name: by them it is seen that one is another by now.

    By size and time of change, as with the files of clips: weights may be gigabytes. Of a folder,
    which may hold all the clips, nothing is told, unless it is a model's.
    """
    found: dict[str, dict[str, int]] = {}
    for kind, name, options in _stages(recipe):
        read = dict(_checked(kind, name, options, registry))
        if kind == "sink":
            read.pop("path", None)  # the output
        for path in paths_in(read):
            _note(found, path)
    for use in _nested(recipe, registry):
        for path in paths_in(_checked(use.kind, use.use, use.options, registry)):
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


def write_provenance(report: BuildReport, plan: Plan, identity: Mapping[str, Any]) -> None:
    """Write the provenance of an output that is whole."""
    content = {
        "skelconv_provenance": _FORMAT,
        "output": {"name": report.target.name, "sha256": report.sha256},
        "recipe": plan.recipe.resolved(),
        "recipe_sha256": plan.recipe.digest(),
        "versions": identity["versions"],
        "source": {"items": len(plan.items), "sha256": plan.source_digest()},
        "identity_sha256": _digest(identity),
        "report": {
            **{key: getattr(report, key) for key in _COUNTED},
            "quarantined": [dataclasses.asdict(clip) for clip in report.quarantined],
            "unmet": [dataclasses.asdict(unmet) for unmet in report.unmet],
        },
    }
    text = json.dumps(content, indent=1, default=list)
    write_whole(provenance_path(report.target), text + "\n")


def earlier_report(target: Path, identity: Mapping[str, Any]) -> BuildReport | None:
    """Return the report of the output that is there, if it is whole and has this identity."""
    content = read_provenance(target)
    if content is None or content.get("identity_sha256") != _digest(identity):
        return None
    try:
        told, output = content["report"], content["output"]
        return BuildReport(
            target=target,
            **{key: told[key] for key in _COUNTED},
            quarantined=tuple(Quarantined(**clip) for clip in told["quarantined"]),
            unmet=tuple(Unmet(**unmet) for unmet in told["unmet"]),
            sha256=output["sha256"],
            already_built=True,
        )
    except (KeyError, TypeError):
        return None


def read_provenance(target: Path) -> dict[str, Any] | None:
    """Read the provenance of an output; None where there is none or it cannot be read."""
    try:
        content = json.loads(provenance_path(target).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _digest(identity: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
