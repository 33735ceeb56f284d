"""Provenance: what an output was made from, in a JSON file beside it.

``OUT.skelconv.json`` is written last, so an output with a matching one is complete. It holds no
time and no host: the same recipe, data and versions give the same provenance.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from skelconv.engine.identity import Identity, differences, uses_in
from skelconv.engine.parts import Parts
from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport, Quarantined
from skelconv.files.outputs import (
    file_digest,
    output_digest,
    output_size,
    provenance_path,
    read_provenance,
)
from skelconv.files.writing import write_whole
from skelconv.recipe.model import Recipe, decisive
from skelconv.text.secrets import json_without_secrets

_FORMAT = 1
_COUNTED = ("clips", "splits", "dropped", "left_out", "not_kept", "missing_parts")
_NAMED = ("recordings", "absent", "strays", "membership")
# Of larger files, such as weights, the size must do.
_MAX_DIGESTED = 2**24


def write_provenance(
    report: BuildReport,
    plan: Plan,
    identity: Identity,
    parts: Parts | None = None,
    *,
    draft: Path,
) -> None:
    """Write the provenance of a complete output.

    Parameters
    ----------
    report : BuildReport
        The result of the build.
    plan : Plan
        What was built.
    identity : Identity
        The identity of the build.
    parts : Parts, optional
        What a merge was made of.
    draft : Path
        Where it is written, before it is moved beside the output.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    content: dict[str, Any] = {
        "skelconv_provenance": _FORMAT,
        "output": {
            "name": report.target.name,
            "bytes": output_size(report.target),
            "sha256": report.sha256,
        },
        "recipe": plan.recipe.resolved(),
        "recipe_sha256": plan.recipe.digest(),
        "hidden": plan.recipe.hidden(),
        "versions": identity.content["versions"],
        "cite": _cited(plan.recipe),
        "source": {"items": len(plan.items), "sha256": plan.source_digest()},
        "identity_sha256": identity.digest,
        "label_names": list(plan.classes.names),
        "report": {
            **{key: getattr(report, key) for key in _COUNTED},
            "classes": [dataclasses.asdict(one) for one in report.classes],
            "notes": plan.recipe.borrowed.hide_all(report.notes),
            **{
                key: plan.recipe.borrowed.hide_all(dataclasses.asdict(getattr(report, key)))
                for key in _NAMED
            },
            "quarantined": [_described(clip, plan.recipe) for clip in report.quarantined],
            "unmet": [dataclasses.asdict(unmet) for unmet in report.unmet],
        },
    }
    if plan.part is not None:
        content["part"] = {
            **dataclasses.asdict(plan.part),
            "device": identity.content["device"],
            "files": plan.recipe.borrowed.hide_all(_files(identity)),
        }
    if parts is not None:
        content = parts.added_to_provenance(content)
    text = json.dumps(json_without_secrets(content), indent=1, default=list)
    write_whole(provenance_path(report.target), text + "\n", draft=draft)


def _cited(recipe: Recipe) -> list[str]:
    """Return the BibTeX entries of a recipe and its plugins, each once."""
    of_plugins = chain.from_iterable(use.cited for use in uses_in(recipe))
    return list(dict.fromkeys([*recipe.cite, *of_plugins]))


def _described(clip: Quarantined, recipe: Recipe) -> dict[str, Any]:
    """Describe a quarantined clip, without what the recipe has from the environment."""
    described = dataclasses.asdict(clip)
    return {
        **described,
        "reason": recipe.borrowed.hide(clip.reason),
        "path": recipe.borrowed.hide_all(clip.path),
    }


def _files(identity: Identity) -> dict[str, dict[str, int | str]]:
    """Describe the files that options name, for comparison with those of other parts.

    Their times would differ between machines that have copies.
    """
    described: dict[str, dict[str, int | str]] = {}
    for path, known in identity.content["files"].items():
        described[path] = {"size": known["size"]}
        if known["size"] <= _MAX_DIGESTED:
            with contextlib.suppress(OSError):
                described[path]["sha256"] = file_digest(Path(path).expanduser())
    return described


def _earlier_report(target: Path, identity: Identity) -> BuildReport | None:
    """Return the report of an existing output, if its provenance has this identity."""
    content = read_provenance(target)
    if content is None or content.get("identity_sha256") != identity.digest:
        return None
    try:
        report, output = content["report"], content["output"]
        # Whoever edited the file may have left values of any type.
        return TypeAdapter(BuildReport).validate_python(
            {
                **{key: report[key] for key in (*_COUNTED, *_NAMED)},
                **{key: tuple(report[key]) for key in ("classes", "notes", "quarantined", "unmet")},
                "target": target,
                "sha256": output["sha256"],
                "already_built": True,
            }
        )
    except (KeyError, TypeError, ValidationError):
        return None


def finished_report(target: Path, identity: Identity) -> BuildReport | None:
    """Return the report of an existing output, if it is what this build would give.

    Parameters
    ----------
    target : Path
        The output.
    identity : Identity
        What this build gives.

    Returns
    -------
    BuildReport or None
        None where the output has another identity, or was changed since it was built.
    """
    report = _earlier_report(target, identity)
    return report if report is not None and report.sha256 == output_digest(target) else None


def _whole(content: Mapping[str, Any]) -> list[Any]:
    """Return what a part says of the whole."""
    part = content.get("part")
    return [part.get(key) for key in ("items", "sha256")] if isinstance(part, dict) else []


def differences_from(target: Path, plan: Plan, identity: Identity) -> list[str]:
    """List how a build differs from that of an existing output, as far as provenance shows.

    Provenance holds the recipe, the versions and the source; of the rest, such as weights, it
    shows only that something was different.

    Parameters
    ----------
    target : Path
        The output.
    plan : Plan
        What this build will do.
    identity : Identity
        What this build gives.

    Returns
    -------
    list of str
        One line for each difference; at least one.
    """
    before = read_provenance(target)
    if before is None:
        name = provenance_path(target).name
        return [f"nothing says what it was built from: {name} is missing or damaged"]
    if _earlier_report(target, identity) is not None:
        return ["it was changed since it was built"]
    if isinstance(before.get("merge"), dict):
        before = before["merge"]  # what the merge did, and not the builds of its parts
    known = {key: before.get(key) for key in ("recipe", "hidden", "versions")}
    if isinstance(known["recipe"], dict):
        known["recipe"] = decisive(known["recipe"])
    content = identity.content
    found = differences(known, {key: content[key] for key in known})
    source = {"items": len(plan.items), "sha256": plan.source_digest()}
    if (earlier := before.get("source")) != source:
        items = earlier.get("items") if isinstance(earlier, dict) else None
        found.append(
            "source: clips were added, removed or changed"
            + (f" ({items} -> {len(plan.items)})" if items != len(plan.items) else "")
        )
    if not found and _whole(before) != _whole(content):
        found.append("source: clips of the other parts were added, removed or changed")
    return found or ["a file that it was built from was changed or moved, or the device is another"]
