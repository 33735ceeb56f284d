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
from skelconv.hookspecs import Descriptor
from skelconv.nested import Use, uses
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
    a plugin's options too, and of the packages that these require.
    """
    offers = list(_offers(recipe, registry))
    modules = {module for offer in offers for module, _ in _descriptor(offer).requires}
    required = {name for module in modules for name in _providers().get(module, ()) if name}
    return {
        "skelconv": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{offer.distribution: offer.version for offer in offers},
        **{name: metadata.version(name) for name in sorted(required)},
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
        descriptor = _descriptor(registry.get(kind, name))
        yield from uses(descriptor.options.model_validate(options))


def _descriptor(offer: Offer) -> Descriptor:
    assert isinstance(offer.descriptor, Descriptor)  # noqa: S101 (what recipes use is one)
    return offer.descriptor


@functools.cache
def _providers() -> Mapping[str, list[str]]:
    """Return the packages that provide a module. It reads what each package says of itself."""
    return metadata.packages_distributions()


def _files(recipe: Recipe, registry: Registry) -> dict[str, dict[str, int]]:
    """Find the files that options name, by which it is seen that one is another by now.

    By size and time of change, as with the files of clips: weights may be gigabytes. Of a folder,
    which may hold all the clips, nothing is told, unless it is a model's.
    """
    found: dict[str, dict[str, int]] = {}
    for kind, _, options in _stages(recipe):
        # A sink's path is the output.
        read = {key: options[key] for key in options if (kind, key) != ("sink", "path")}
        for text in _texts(read):
            _note(found, text)
    for use in _nested(recipe, registry):
        if use.kind in _MODELS:
            for text in _texts(use.options):
                for name in _names_in(text):
                    _note(found, os.path.join(text, name))
    return dict(sorted(found.items()))


def _note(found: dict[str, dict[str, int]], path: str) -> None:
    try:
        status = os.stat(os.path.expanduser(path))
    except (OSError, ValueError):  # most texts are no paths at all
        return
    if stat.S_ISREG(status.st_mode):
        found[path] = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(os.path.expanduser(folder)) if folder else []
    except (OSError, ValueError):
        return []


def _texts(value: Any) -> Iterator[str]:
    """Find the texts in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


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
