"""From the spool to the output: in the order of the plan, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skelconv.data.classes import Label
from skelconv.data.errors import BuildError
from skelconv.engine.belonging import Told, members, told_of
from skelconv.engine.made_ids import MadeIds
from skelconv.engine.outcome import GAVE_CLIPS, Head, Outcome, heads_in, results_in
from skelconv.engine.plan import Plan
from skelconv.engine.spool import Spool
from skelconv.engine.workdir import Workdir, remove
from skelconv.files.outputs import output_digest
from skelconv.plugin.guard import PluginFailure, guarded
from skelconv.plugin.interfaces.sinks import Sink

FULL = (errno.ENOSPC, errno.EDQUOT)
"""The error numbers of a full disk, and of a user's quota that is used up."""


class SpooledClips:
    """The clips that a build has converted, for a sink to assemble.

    See `skelconv.plugin.Assembly`.

    Parameters
    ----------
    plan : Plan
        What the build does.
    spool : Spool
        Holds the clips as the sink encoded them; it stays open while they are read.

    Raises
    ------
    BuildError
        When stages have made two clips with one id.
    """

    def __init__(self, plan: Plan, spool: Spool) -> None:
        self._spool = spool
        self._positions = array("I", spool.positions(*GAVE_CLIPS))
        self.ids: Sequence[str] = [plan.items[p].id for p in self._positions]
        starts: Sequence[int] = range(len(self._positions) + 1)
        told: dict[int, Told] = {}
        if plan.divides:
            made = MadeIds(plan, spool, self._positions)
            self.ids, starts = made, made.starts
            if plan.named:
                found = ((row, told_of(plan, ids)) for row, ids in enumerate(made.lineages()))
                told = {row: parts for row, parts in found if parts}
        self.splits: Mapping[str, Sequence[int]] = members(plan, self._positions, starts, told)
        self.label_names: Sequence[str] = plan.classes.names
        self.info: Mapping[str, Any] = {"name": plan.recipe.name, "about": plan.recipe.about}

    def __iter__(self) -> Iterator[bytes]:
        for position in self._positions:
            for one in results_in(self._spool.read(position)):
                if one.outcome == Outcome.CLIP:
                    yield one.content

    def labels(self) -> Iterator[Label]:
        """Read the label of each clip, in the order of `ids`."""
        return (head.label for head in self._heads())

    @property
    def layouts(self) -> Counter[str]:
        """The number of clips of each layout."""
        return self._counts[0]

    @property
    def lost(self) -> Counter[str]:
        """The number of clips by what of them the output does not keep."""
        return self._counts[1]

    @functools.cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        """Count `layouts` and what is `lost`, both at once: all records are read for it."""
        layouts: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        for head in self._heads():
            layouts[head.layout] += 1
            if head.lost:
                lost.update(head.lost)
        return layouts, lost

    def _heads(self) -> Iterator[Head]:
        for position in self._positions:
            for head in heads_in(self._spool.first_line(position)):
                if head.outcome == Outcome.CLIP:
                    yield head


def assemble(clips: SpooledClips, sink: Sink, sink_name: str, workdir: Workdir) -> str:
    """Write the output and move it to its target.

    Parameters
    ----------
    clips : SpooledClips
        The encoded clips.
    sink : Sink
        Writes them; the output goes to its `target`.
    sink_name : str
        The sink's name in messages.
    workdir : Workdir
        Where the output is written before it is moved.

    Returns
    -------
    str
        The SHA-256 of the output, in hexadecimal.

    Raises
    ------
    SkelconvError
        When the sink fails.
    OSError
        When the disk is full, or the output cannot be moved to its target.
    """
    workdir.clear_staging()
    try:
        with _disk_full(), guarded(sink_name):
            sink.assemble(clips, workdir.staging)
        if not workdir.staging.exists():
            raise BuildError(f"{sink_name} wrote nothing", where=str(sink.target))
    except BaseException:
        workdir.clear_staging()
        raise
    digest = output_digest(workdir.staging)
    _sync(workdir.staging)
    workdir.note_digest(digest)
    # Killed behind this, the build knows the output for its own by the digest that was noted; the
    # old provenance, whose digest is another, is replaced right after.
    if sink.target.exists() and output_digest(sink.target) == digest:
        workdir.clear_staging()  # whoever reads the output need not notice
    else:
        _replace(workdir, sink.target)
    return digest


@contextlib.contextmanager
def _disk_full() -> Iterator[None]:
    """Raise a full disk as an OSError: it is not the sink's fault."""
    try:
        yield
    except PluginFailure as failure:
        cause = failure.__cause__
        if isinstance(cause, OSError) and cause.errno in FULL:
            raise cause from None
        raise


def _replace(workdir: Workdir, target: Path) -> None:
    if target.exists() and (target.is_dir() or workdir.staging.is_dir()):
        # A folder cannot be replaced in one step, nor by one: the old output is moved away first.
        remove(workdir.aside)
        os.replace(target, workdir.aside)
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
