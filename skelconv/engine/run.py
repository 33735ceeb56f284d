"""The build: from a recipe to an output that is whole, with its provenance."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from skelconv.engine import provenance
from skelconv.engine.assembly import SpooledClips, assemble
from skelconv.engine.difference import differences, in_lines
from skelconv.engine.digest import output_digest
from skelconv.engine.dispatch import Dispatcher
from skelconv.engine.executors import Engine
from skelconv.engine.pipeline import Outcome, make_stage
from skelconv.engine.plan import Plan, make_plan
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.engine.spool import Spool
from skelconv.engine.workdir import Workdir
from skelconv.errors import BuildError, SkelconvError
from skelconv.hookspecs import Resources
from skelconv.recipe import Recipe, load_recipe
from skelconv.registry import Registry, load_registry
from skelconv.stages import Sink


class Progress(Protocol):
    """Is told how a build goes."""

    def begin(self, items: int, done: int) -> None:
        """Say how many items there are, and how many an earlier run has done."""
        ...

    def advance(self, done: int, failed: int) -> None:
        """Say how many more items are done, and how many of these failed."""
        ...

    def assembling(self) -> None:
        """Say that all items are done and the output is being written."""
        ...


def build(
    recipe: Recipe | str | os.PathLike[str],
    overrides: Sequence[str] = (),
    *,
    workers: int = 0,
    limit: int | None = None,
    strict: bool = False,
    check_expect: bool = True,
    fresh: bool = False,
    executor: str = "local",
    scheduler: str | None = None,
    shard: tuple[int, int] | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build a dataset.

    A build that was stopped goes on where it stopped; one that is whole already is left as it
    is. The output appears under its name only when it is whole.

    Parameters
    ----------
    recipe : Recipe or path
        What to build.
    overrides : sequence of str
        Changes to a recipe that is given by its path, such as ``"source.with.root=data"``.
    workers : int
        Worker processes; 0 is one for each core.
    limit : int, optional
        Convert the first so many items alone; the recipe's counts are not checked then.
    strict : bool
        Stop at the first clip that cannot be converted.
    check_expect : bool
        Compare the counts with those that the recipe expects.
    fresh : bool
        Throw away what an earlier run left, and replace an output of another recipe.
    executor : str
        The engine that runs the work; see ``skelconv list-plugins --kind executor``.
    scheduler : str, optional
        Where the engine's workers are, for engines that have such an address.
    shard : (int, int), optional
        Build part i of n (from 1) alone, in a file of its own; `skelconv.convert` joins them.
    timeout : float, optional
        Seconds that one clip may take before its worker is ended and the clip quarantined.
    progress : Progress, optional
        Is told how it goes.

    Returns
    -------
    BuildReport
        Counts, quarantined clips and unmet expectations.

    Raises
    ------
    RecipeError
        When the recipe is wrong; all that is wrong with it is in the error.
    PluginError
        When a plugin is not installed.
    BuildError
        When the build cannot start or go on. What was done is kept and gone on from.
    KeyboardInterrupt
        When interrupted; what was done is kept.
    """
    registry = load_registry()
    if not isinstance(recipe, Recipe):
        recipe = load_recipe(recipe, overrides, registry=registry)
    stages = _worker_stages(recipe)
    resources = _resources(stages, registry)
    if shard is not None:
        recipe = _shard_recipe(recipe, *shard)
    sink: Sink = make_stage("sink", recipe.sink.use, recipe.sink.options, registry)
    engine = _engine(executor, {"workers": workers, "scheduler": scheduler}, registry)
    if timeout is not None and not engine.isolated:
        raise BuildError(f"the executor {executor!r} cannot end a clip that hangs: no timeout")
    workdir = Workdir(sink.target)
    asked = json.dumps({"gpus": resources.gpus, "stages": stages})
    with ExitStack() as stack:
        stack.enter_context(workdir.locked())
        # Workers start up while the driver looks for the source's files.
        dispatcher = stack.enter_context(Dispatcher(engine, asked, resources, timeout))
        plan = make_plan(recipe, registry, limit=limit, shard=shard)
        identity = provenance.identity(plan, registry, gpus=resources.gpus)
        judge = check_expect and plan.complete
        if fresh:
            if not workdir.may_replace(sink.target):
                _check_replaceable(sink.target)
        else:
            workdir.give_way(identity)
            if os.path.lexists(sink.target):
                report = _finished(sink.target, identity)
                if report is not None:
                    workdir.remove_work_on(identity)
                    return replace(report, unmet=_unmet(recipe, report) if judge else ())
                if not workdir.may_replace(sink.target):
                    raise BuildError(
                        "the output is there already, and is not what this build would give:"
                        + in_lines(_differences_from(sink.target, identity, plan)),
                        where=str(sink.target),
                        hint="to replace it: --fresh",
                    )
        with (
            _disk_errors(workdir.path),
            workdir.open_spool(identity, len(plan.items), fresh=fresh) as spool,
        ):
            resumed = len(spool)
            workdir.note_start(len(plan.items), resumed)
            _convert(plan, spool, dispatcher, strict=strict, progress=progress)
            if progress:
                progress.assembling()
            clips = SpooledClips(plan, spool)
            digest = _assemble(clips, sink, workdir, plan, spool)
            report = _report(plan, spool, clips, sink.target, digest, resumed)
            if judge:
                report = replace(report, unmet=_unmet(recipe, report))
            provenance.write_provenance(report, plan, identity)
        workdir.remove()
    return report


def _worker_stages(recipe: Recipe) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [
        ("source", recipe.source.use, recipe.source.options),
        *(("transform", stage.use, stage.options) for stage in recipe.transforms),
        ("sink", recipe.sink.use, recipe.sink.options),
    ]


def _resources(
    stages: Sequence[tuple[str, str, Mapping[str, Any]]], registry: Registry
) -> Resources:
    """Return what a worker needs for all of its stages."""
    needs = []
    for kind, use, options in stages:
        descriptor = registry.descriptor(kind, use)
        needs.append(descriptor.resources_for(descriptor.options.model_validate(options)))
    try:
        return Resources.together(needs)
    except ValueError as error:
        raise BuildError(str(error)) from None


def _shard_recipe(recipe: Recipe, part: int, parts: int) -> Recipe:
    """Give a part of a build an output of its own."""
    if not 1 <= part <= parts:
        raise BuildError(f"there is no part {part} of {parts}")
    path = Path(recipe.sink.options["path"])
    name = f"{path.stem}-{part:05}-of-{parts:05}{path.suffix}"
    options = {**recipe.sink.options, "path": str(path.with_name(name))}
    return replace(recipe, sink=replace(recipe.sink, options=options))


def _engine(name: str, options: Mapping[str, Any], registry: Registry) -> Engine:
    """Make an engine; of the options that are set, it must know all but the number of workers."""
    accepted = registry.descriptor("executor", name).options.model_fields
    if options["scheduler"] is not None and "scheduler" not in accepted:
        raise BuildError(f"the executor {name!r} has no scheduler", hint="--executor dask has one")
    engine: Engine = make_stage(
        "executor", name, {key: options[key] for key in options if key in accepted}, registry
    )
    return engine


def _finished(target: Path, identity: Mapping[str, Any]) -> BuildReport | None:
    """Return the report of the output that is there, if it is what this build would give."""
    report = provenance.earlier_report(target, identity)
    if report is None or report.sha256 != output_digest(target):
        return None
    return report


def _differences_from(target: Path, identity: Mapping[str, Any], plan: Plan) -> list[str]:
    """List how a build differs from that of the output that is there, as far as can be told.

    Provenance tells the recipe, the versions and the source; of the rest, such as weights, it
    tells only that not all was the same.
    """
    before = provenance.read_provenance(target)
    if before is None:
        name = provenance.provenance_path(target).name
        return [f"nothing tells what it was built from: {name} is missing or damaged"]
    if provenance.earlier_report(target, identity) is not None:
        return ["it was changed since it was built"]
    told = {key: before.get(key) for key in ("recipe", "versions")}
    if isinstance(told["recipe"], dict):
        told["recipe"] = {key: value for key, value in told["recipe"].items() if key != "expect"}
    found = differences(told, {key: identity[key] for key in told})
    source = {"items": len(plan.items), "sha256": plan.source_digest()}
    if (earlier := before.get("source")) != source:
        items = earlier.get("items") if isinstance(earlier, dict) else None
        found.append(
            "source: clips were added, removed or changed"
            + (f" ({items} -> {len(plan.items)})" if items != len(plan.items) else "")
        )
    return found or ["a file that it was built from was changed or moved, or the device is another"]


def _check_replaceable(target: Path) -> None:
    """Refuse to remove a folder that may be anything."""
    if target.is_dir() and provenance.read_provenance(target) is None:
        raise BuildError(
            "there is a folder that was not built here",
            where=str(target),
            hint="move it away, or write elsewhere",
        )


def _assemble(clips: SpooledClips, sink: Sink, workdir: Workdir, plan: Plan, spool: Spool) -> str:
    try:
        return assemble(clips, sink, workdir)
    except SkelconvError as error:
        failed = next(_quarantine(plan, spool), None)
        if clips.frame_dirs or failed is None:
            raise
        # A sink that takes no empty dataset has a reason, and it is this.
        raise BuildError(
            f"not one of {spool.count(Outcome.FAILED)} clips could be converted",
            where=str(sink.target),
            hint=f"the first: {failed.id}: {failed.reason}",
        ) from error


def _convert(
    plan: Plan, spool: Spool, dispatcher: Dispatcher, *, strict: bool, progress: Progress | None
) -> None:
    if progress:
        progress.begin(len(plan.items), len(spool))

    def on_batch(records: Sequence[tuple[int, Outcome, bytes]]) -> None:
        if progress:
            failed = sum(outcome == Outcome.FAILED for _, outcome, _ in records)
            progress.advance(len(records), failed)
        if strict:
            _stop_at_failure(plan, spool)

    if strict:
        _stop_at_failure(plan, spool)
    try:
        dispatcher.run(plan.items, spool, on_batch)
    finally:
        spool.sync()


def _stop_at_failure(plan: Plan, spool: Spool) -> None:
    clip = next(iter(_quarantine(plan, spool)), None)
    if clip is not None:
        place = ":".join(str(part) for part in (clip.path, clip.line) if part is not None)
        raise BuildError(
            clip.reason, where=place or clip.id, hint="the build stopped here, as it is strict"
        )


def _quarantine(plan: Plan, spool: Spool) -> Iterator[Quarantined]:
    for item in plan.inventory.rejected:
        yield Quarantined(item.id, item.reason, item.path or None)
    for position in spool.positions(Outcome.FAILED):
        yield Quarantined(plan.items[position].id, **json.loads(spool.read(position)))


def _report(
    plan: Plan, spool: Spool, clips: SpooledClips, target: Path, digest: str, resumed: int
) -> BuildReport:
    dropped: dict[str, int] = {}
    for position in spool.positions(Outcome.DROPPED):
        reason = spool.read(position).decode()
        dropped[reason] = dropped.get(reason, 0) + 1
    inventory = plan.inventory
    return BuildReport(
        target=target,
        clips=len(clips.frame_dirs),
        splits={name: len(members) for name, members in clips.splits.items()},
        quarantined=tuple(_quarantine(plan, spool)),
        dropped=dropped,
        left_out={reason: len(ids) for reason, ids in inventory.left_out.items()},
        absent=inventory.absent,
        strays=inventory.strays,
        sha256=digest,
        resumed=resumed,
    )


def _unmet(recipe: Recipe, report: BuildReport) -> tuple[Unmet, ...]:
    if recipe.expect is None:
        return ()
    found = {"clips": report.clips, **report.splits}
    expected = {**recipe.expect.splits}
    if recipe.expect.clips is not None:
        expected = {"clips": recipe.expect.clips, **expected}
    return tuple(
        Unmet(what, count, found.get(what, 0))
        for what, count in expected.items()
        if found.get(what, 0) != count
    )


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Say it in plain words when the disk is full or cannot be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise BuildError(
            "the disk is full" if full else f"the output cannot be written: {error.strerror}",
            where=str(error.filename or path),
            hint="what is done is kept: make space and run the same command again"
            if full
            else "what is done is kept: run the same command again when it can be written",
        ) from error
