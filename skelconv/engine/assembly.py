"""From the spool to the output: in the order of the plan, whole or not at all."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skelconv.engine.digest import output_digest
from skelconv.engine.pipeline import Outcome, describe_error
from skelconv.engine.plan import Plan
from skelconv.engine.provenance import provenance_path
from skelconv.engine.spool import Spool
from skelconv.engine.workdir import Workdir, remove
from skelconv.errors import BuildError, SkelconvError
from skelconv.stages import Sink


class SpooledClips:
    """The clips of a build that came through, as a sink assembles them.

    See `skelconv.stages.Assembly`.
    """

    def __init__(self, plan: Plan, spool: Spool) -> None:
        self._spool = spool
        self._positions = array("I", spool.positions(Outcome.CLIP))
        rows = array("i", [-1]) * len(plan.items)
        for row, position in enumerate(self._positions):
            rows[position] = row
        self.frame_dirs: Sequence[str] = [plan.items[p].id for p in self._positions]
        self.splits: Mapping[str, Sequence[int]] = {
            name: array("I", (rows[position] for position in members if rows[position] >= 0))
            for name, members in plan.splits.items()
        }
        self.label_names: Sequence[str] = plan.inventory.label_names
        self.info: Mapping[str, Any] = {"name": plan.recipe.name, "about": plan.recipe.about}

    def __iter__(self) -> Iterator[bytes]:
        return map(self._spool.read, self._positions)


def assemble(clips: SpooledClips, sink: Sink, workdir: Workdir) -> str:
    """Write the output and put it in its place.

    Returns
    -------
    str
        Its SHA-256.
    """
    workdir.clear_staging()
    try:
        sink.assemble(clips, workdir.staging)
        if not workdir.staging.exists():
            raise BuildError("the sink wrote nothing", where=str(sink.target))
    except (OSError, SkelconvError, KeyboardInterrupt):
        workdir.clear_staging()
        raise
    except BaseException as error:
        workdir.clear_staging()
        raise BuildError(
            f"the sink failed: {describe_error(error)}", where=str(sink.target)
        ) from error
    digest = output_digest(workdir.staging)
    _sync(workdir.staging)
    workdir.note_digest(digest)
    # What is there now would not fit the new output, should the next lines be the last.
    provenance_path(sink.target).unlink(missing_ok=True)
    _replace(workdir, sink.target)
    return digest


def _replace(workdir: Workdir, target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        # A folder cannot be replaced by another in one step: the old one steps aside.
        aside = workdir.path / "replaced"
        remove(aside)
        os.replace(target, aside)
    os.replace(workdir.staging, target)
    _sync_folder(target.parent)


def _sync(path: Path) -> None:
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    for file in files:
        with open(file, "rb") as stream:
            os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
