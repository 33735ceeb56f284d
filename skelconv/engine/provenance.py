"""Provenance: what an output was made from, in a JSON file beside it.

``OUT.skelconv.json`` is written last, so an output with a matching one is complete. It holds no
time and no host: the same recipe, data and versions give the same provenance.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from skelconv.engine.digest import output_digest
from skelconv.engine.identity import Identity, differences
from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.files.writing import write_whole

_FORMAT = 1
_COUNTED = ("clips", "splits", "dropped", "left_out", "absent", "strays")


def provenance_path(target: Path) -> Path:
    """Return the path of the provenance of an output.

    Parameters
    ----------
    target : Path
        The output.

    Returns
    -------
    Path
        ``OUT.skelconv.json``, beside the output.
    """
    return target.with_name(f"{target.name}.skelconv.json")


def write_provenance(report: BuildReport, plan: Plan, identity: Identity) -> None:
    """Write the provenance of a complete output.

    Parameters
    ----------
    report : BuildReport
        The result of the build.
    plan : Plan
        What was built.
    identity : Identity
        The identity of the build.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    content = {
        "skelconv_provenance": _FORMAT,
        "output": {"name": report.target.name, "sha256": report.sha256},
        "recipe": plan.recipe.resolved(),
        "recipe_sha256": plan.recipe.digest(),
        "versions": identity.content["versions"],
        "source": {"items": len(plan.items), "sha256": plan.source_digest()},
        "identity_sha256": identity.digest,
        "report": {
            **{key: getattr(report, key) for key in _COUNTED},
            "quarantined": [dataclasses.asdict(clip) for clip in report.quarantined],
            "unmet": [dataclasses.asdict(unmet) for unmet in report.unmet],
        },
    }
    text = json.dumps(content, indent=1, default=list)
    write_whole(provenance_path(report.target), text + "\n")


def _earlier_report(target: Path, identity: Identity) -> BuildReport | None:
    """Return the report of an existing output, if its provenance has this identity."""
    content = read_provenance(target)
    if content is None or content.get("identity_sha256") != identity.digest:
        return None
    try:
        report, output = content["report"], content["output"]
        return BuildReport(
            target=target,
            **{key: report[key] for key in _COUNTED},
            quarantined=tuple(Quarantined(**clip) for clip in report["quarantined"]),
            unmet=tuple(Unmet(**unmet) for unmet in report["unmet"]),
            sha256=output["sha256"],
            already_built=True,
        )
    except (KeyError, TypeError):
        return None


def read_provenance(target: Path) -> dict[str, Any] | None:
    """Read the provenance of an output.

    Parameters
    ----------
    target : Path
        The output.

    Returns
    -------
    dict of str to JSON value, or None
        None where there is none, or it cannot be read.
    """
    try:
        content = json.loads(provenance_path(target).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


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
    known = {key: before.get(key) for key in ("recipe", "versions")}
    if isinstance(known["recipe"], dict):
        known["recipe"] = {key: value for key, value in known["recipe"].items() if key != "expect"}
    content = identity.content
    found = differences(known, {key: content[key] for key in known})
    source = {"items": len(plan.items), "sha256": plan.source_digest()}
    if (earlier := before.get("source")) != source:
        items = earlier.get("items") if isinstance(earlier, dict) else None
        found.append(
            "source: clips were added, removed or changed"
            + (f" ({items} -> {len(plan.items)})" if items != len(plan.items) else "")
        )
    return found or ["a file that it was built from was changed or moved, or the device is another"]
