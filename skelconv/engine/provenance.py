"""Provenance: what an output was made from, in a JSON file beside it.

``OUT.skelconv.json`` is written last, so an output with a fitting one is whole. It holds no time
and no host: the same recipe, data and versions give the same provenance.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.engine.workdir import write_whole
from skelconv.recipe import Recipe
from skelconv.registry import Registry
from skelconv.version import __version__

_FORMAT = 1
_COUNTED = ("clips", "splits", "dropped", "left_out", "absent", "strays")


def provenance_path(target: Path) -> Path:
    """Return where the provenance of an output stands."""
    return target.with_name(f"{target.name}.skelconv.json")


def versions(recipe: Recipe, registry: Registry) -> dict[str, str]:
    """Return the versions that an output depends on, of skelconv, Python, NumPy and plugins."""
    stages = [
        ("source", recipe.source),
        *(("transform", stage) for stage in recipe.transforms),
        *(("split", stage) for stage in recipe.splits),
        ("sink", recipe.sink),
    ]
    offers = [registry.get(kind, stage.use) for kind, stage in stages]
    return {
        "skelconv": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{offer.distribution: offer.version for offer in offers},
    }


def identity(plan: Plan, registry: Registry) -> dict[str, Any]:
    """Say what is being built: two builds with the same identity give the same bytes."""
    resolved = plan.recipe.resolved()
    resolved.pop("expect", None)  # the output is judged by it, and is the same without
    return {
        "recipe": resolved,
        "versions": versions(plan.recipe, registry),
        "items": len(plan.items),
        "inventory": plan.inventory_digest(),
    }


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
