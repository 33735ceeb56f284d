"""What is read by a merge: whether it is the parts of one build, all of them and each once."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from skelconv.data.errors import BuildError, DatasetError
from skelconv.datasets.checked import check_output, described_output, provenance_of
from skelconv.engine.identity import differences
from skelconv.engine.membership import Membership, Names
from skelconv.engine.parts import Parts, Whole
from skelconv.engine.report import BuildReport, Quarantined, Recordings
from skelconv.files.outputs import (
    output_digest,
    output_size,
    provenance_path,
    read_provenance,
    recorded_output,
)
from skelconv.recipe.model import decisive
from skelconv.text.faults import reason_of
from skelconv.text.listing import listed
from skelconv.text.places import is_remote, name_at

_SHARD = re.compile(r"-(\d{5})-of-(\d{5})(?=\.|\Z)")


class _Part(BaseModel):
    number: int = Field(ge=1)
    count: int = Field(ge=1)
    items: int
    sha256: str
    complete: bool
    device: str
    files: dict[str, dict[str, int | str]]


class _Quarantined(BaseModel):
    id: str
    reason: str
    path: str | None = None
    line: int | None = None


class _Report(BaseModel):
    clips: int
    splits: dict[str, int]
    quarantined: list[_Quarantined]
    dropped: dict[str, int]
    recordings: Recordings
    left_out: dict[str, int]
    not_kept: dict[str, int]
    absent: Names
    strays: Names
    membership: Membership
    notes: list[str]


class _Source(BaseModel):
    items: int


class _Output(BaseModel):
    bytes: int
    sha256: str


class _Provenance(BaseModel):
    """The provenance of a part, as far as a merge needs it."""

    part: _Part
    output: _Output
    recipe: dict[str, Any]
    recipe_sha256: str
    hidden: dict[str, str]
    versions: dict[str, str]
    source: _Source
    report: _Report


@dataclass(frozen=True)
class _Shard:
    path: str
    provenance: _Provenance

    @property
    def part(self) -> _Part:
        return self.provenance.part

    @property
    def name(self) -> str:
        return f"{self.part.number}/{self.part.count}"

    def hidden(self) -> dict[str, str]:
        """Return the digests of what the recipe does not show, but for the path of the part."""
        path = self._sink()[1].get("path")
        return {text: sha for text, sha in self.provenance.hidden.items() if text != path}

    def _sink(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        sink = self.provenance.recipe.get("sink")
        sink = sink if isinstance(sink, dict) else {}
        options = sink.get("with")
        return sink, options if isinstance(options, dict) else {}

    def build(self) -> dict[str, Any]:
        """Return what must be the same in all parts of a build."""
        recipe = decisive(self.provenance.recipe)
        sink, options = self._sink()
        recipe["sink"] = {**sink, "with": {k: v for k, v in options.items() if k != "path"}}
        whole = self.part.model_dump(exclude={"number", "files"})
        return {
            "recipe": recipe,
            "recipe_sha256": self.provenance.recipe_sha256,
            "hidden": self.hidden(),
            "versions": self.provenance.versions,
            "files": self.part.files,
            "parts": whole,
        }


def in_order(
    paths: Sequence[str], *, allow_missing: bool, checked: bool
) -> tuple[list[str], Parts]:
    """Find out what the parts of a merge are.

    Parameters
    ----------
    paths : sequence of str
        The datasets, in the order in which they are given.
    allow_missing : bool
        Whether parts of a build may be missing.
    checked : bool
        As in `files_of`, of datasets that are not the parts of a build; those are always compared.

    Returns
    -------
    list of str
        The paths; those of the parts of a build by their numbers.
    Parts
        What is known of them.

    Raises
    ------
    BuildError
        When some are parts of a build and do not make up the whole of it, each once.
    """
    faults: dict[str, str] = {}
    shards: list[_Shard] = []
    for path in paths:
        shard = _shard_at(path)
        if isinstance(shard, _Shard):
            shards.append(shard)
        else:
            faults[path] = shard
    if not shards and not any(map(_lost_its_provenance, paths)):
        if len(paths) < 2:
            raise BuildError("at least two datasets are merged, or the one part of a build")
        return list(paths), files_of(paths, checked=checked)
    faults.update(_faults(shards))
    if faults:
        raise BuildError(
            "these are not the parts of one build, each once and whole:"
            + _in_lines([f"{path}: {fault}" for path, fault in faults.items()]),
            hint="build these parts from the same recipe, data and versions (skelconv build RECIPE "
            "--shard I/N --fresh), or copy them here with their .skelconv.json; to merge datasets "
            "of any origin, keep them under other names and without it",
        )
    shards.sort(key=lambda shard: shard.part.number)
    missing = _missing(shards)
    if missing and not allow_missing:
        raise BuildError(
            f"of the {shards[0].part.count} parts of this build, {len(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing: {listed(missing)}",
            where=os.path.dirname(shards[0].path) or ".",
            hint=f"to build it: skelconv build RECIPE --shard {missing[0]}; to merge what is "
            "there: --allow-missing",
        )
    ordered = [shard.path for shard in shards]
    return ordered, replace(files_of(ordered, checked=True), whole=_whole(shards, missing))


def files_of(paths: Sequence[str], *, checked: bool) -> Parts:
    """Describe datasets of any origin by name, size and digest.

    Parameters
    ----------
    paths : sequence of str
        Paths and URLs.
    checked : bool
        Whether they are compared with their provenance, whose digest is right then.

    Returns
    -------
    Parts
        Of no build.

    Raises
    ------
    DatasetError
        When one cannot be read.
    """
    described: list[Mapping[str, str | int]] = []
    for path in paths:
        if is_remote(path):
            described.append({"name": name_at(path)})
            continue
        output = described_output(path)
        recorded = recorded_output(output) if output and checked else None
        file = output or Path(path).expanduser()
        try:
            size = recorded.size if recorded else output_size(file)
            sha256 = recorded.sha256 if recorded else output_digest(file)
        except OSError as error:
            raise DatasetError(f"it cannot be read: {reason_of(error)}", where=path) from error
        described.append({"name": file.name, "bytes": size, "sha256": sha256})
    return Parts(
        described, cite=list(dict.fromkeys(entry for path in paths for entry in _cited(path)))
    )


def _cited(path: str) -> list[str]:
    found = (provenance_of(path) or {}).get("cite")
    return [entry for entry in found if isinstance(entry, str)] if isinstance(found, list) else []


def _lost_its_provenance(path: str) -> bool:
    """Return whether a dataset has the name of a part of a build, and says nothing of it."""
    if not _SHARD.search(name_at(path)):
        return False
    return is_remote(path) or read_provenance(described_output(path) or Path(path)) is None


def _shard_at(path: str) -> _Shard | str:
    """Return a part of a build, or why this is none."""
    if is_remote(path):
        return "it is behind a URL, where no provenance is looked for"
    output = described_output(path) or Path(path)
    content = read_provenance(output)
    name = provenance_path(output).name
    if content is None:
        state = "cannot be read" if os.path.lexists(provenance_path(output)) else "is not there"
        return f"its provenance ({name}) {state}"
    if "part" not in content:
        return "it was built as a whole, not as a part"
    try:
        return _Shard(path, _Provenance.model_validate(content))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        return f"its provenance ({name}) is damaged, at {where}"


def _faults(shards: Sequence[_Shard]) -> Iterator[tuple[str, str]]:
    """Find the parts that do not belong to the build of most, are there twice, or are damaged."""
    builds = [repr(shard.build()) for shard in shards]
    common = Counter(builds).most_common(1)[0][0] if builds else ""
    seen: dict[int, str] = {}
    for shard, build in zip(shards, builds, strict=True):
        if build != common:
            other = shards[builds.index(common)]
            found = differences(other.build(), shard.build())
            # It only repeats what the others say.
            shown = [line for line in found if not line.startswith("recipe_sha256")] or found
            yield (
                shard.path,
                f"it is of another build than {other.path}: {listed(shown, between='; ')}",
            )
        elif shard.part.number in seen:
            yield shard.path, f"it is part {shard.name}, as {seen[shard.part.number]} is"
        elif shard.part.number > shard.part.count:
            yield shard.path, f"it says that it is part {shard.name}"
        else:
            seen[shard.part.number] = shard.path
            try:
                check_output(shard.path, "always")
            except DatasetError as error:
                yield shard.path, error.what


def _missing(shards: Sequence[_Shard]) -> list[str]:
    count = shards[0].part.count
    there = {shard.part.number for shard in shards}
    return [f"{number}/{count}" for number in range(1, count + 1) if number not in there]


def _whole(shards: Sequence[_Shard], missing: Sequence[str]) -> Whole:
    first = shards[0]
    found = sum(shard.provenance.source.items for shard in shards)
    if not missing and found != first.part.items:
        raise BuildError(
            f"the parts are of {found} items, and the whole has {first.part.items}",
            where=first.path,
            hint="their provenance was changed: build them again, with --fresh",
        )
    return Whole(
        recipe=first.provenance.recipe,
        recipe_sha256=first.provenance.recipe_sha256,
        hidden=first.hidden(),
        versions=first.provenance.versions,
        source={"items": first.part.items, "sha256": first.part.sha256},
        reports=[_report(shard) for shard in shards],
        complete=first.part.complete,
        missing=missing,
    )


def _report(shard: _Shard) -> BuildReport:
    report = shard.provenance.report
    return BuildReport(
        target=Path(shard.path),
        clips=report.clips,
        splits=report.splits,
        quarantined=[Quarantined(**clip.model_dump()) for clip in report.quarantined],
        dropped=report.dropped,
        recordings=report.recordings,
        left_out=report.left_out,
        not_kept=report.not_kept,
        notes=report.notes,
        absent=report.absent,
        strays=report.strays,
        membership=report.membership,
    )


def _in_lines(lines: Sequence[str]) -> str:
    return "".join(f"\n    {line}" for line in lines)
