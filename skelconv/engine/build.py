"""The build: from a recipe to a complete output with its provenance."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from skelconv.data.classes import count_classes
from skelconv.data.errors import BuildError, PluginError
from skelconv.engine import provenance
from skelconv.engine.accounting import (
    dropped_of,
    membership_of,
    quarantine_of,
    recordings_of,
)
from skelconv.engine.additions import without_additions
from skelconv.engine.assembly import FULL, SpooledClips, assemble
from skelconv.engine.classes import settles
from skelconv.engine.decision import AlreadyBuilt, Found, Refuse, StartAnew, decide
from skelconv.engine.dispatch import Dispatcher
from skelconv.engine.fetching import fetch
from skelconv.engine.identity import Identity
from skelconv.engine.keeping import not_kept
from skelconv.engine.membership import Names
from skelconv.engine.outcome import GAVE_CLIPS, Outcome, quarantined_in
from skelconv.engine.parts import Parts
from skelconv.engine.pipeline import Work
from skelconv.engine.plan import Plan, make_plan
from skelconv.engine.probe import Probe
from skelconv.engine.progress import Progress
from skelconv.engine.publishing import check_place, publish
from skelconv.engine.ready import check_packages
from skelconv.engine.reasons import in_lines
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.engine.spool import Spool
from skelconv.engine.target import check_target
from skelconv.engine.workdir import Workdir
from skelconv.files.outputs import read_provenance
from skelconv.plugin.guard import guarded
from skelconv.plugin.interfaces.executors import Executor
from skelconv.plugin.interfaces.sinks import Sink
from skelconv.plugin.loading import load_registry
from skelconv.plugin.options import paths_in
from skelconv.plugin.use import UseSink, use_plugin
from skelconv.recipe.load import as_recipe
from skelconv.recipe.model import Recipe
from skelconv.text.counts import counted

# A share of clips that fail, above which something is wrong with all of them.
_MANY = 0.1


def build(
    recipe: Recipe | str | os.PathLike[str] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    workers: int = 0,
    limit: int | None = None,
    strict: bool = False,
    check_expect: bool = True,
    fresh: bool = False,
    retry: bool = False,
    executor: str = "local",
    scheduler: str | None = None,
    wait_for_workers: float | None = None,
    shard: tuple[int, int] | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
    parts: Parts | None = None,
) -> BuildReport:
    """Build a dataset.

    A build that was stopped continues where it stopped; an output that is complete already is
    left as it is. The output appears under its name only when it is complete.

    Parameters
    ----------
    recipe : Recipe, path or mapping
        What to build: a recipe, its file, or the content of such a file as plain values.
    overrides : sequence of str
        Changes, such as ``"source.with.root=data"``, to a recipe that is not loaded yet.
    workers : int
        Worker processes; 0 is one for each core.
    limit : int, optional
        Convert only the first `limit` items; the recipe's counts are not checked then.
    strict : bool
        Stop at the first clip that cannot be converted.
    check_expect : bool
        Compare the counts with those that the recipe expects.
    fresh : bool
        Discard what an earlier run left, and replace an output that exists already.
    retry : bool
        Try quarantined clips again, and nothing else; not with `fresh`. Those that could not be
        read are tried again in any case. What was added since is left out, and told.
    executor : str
        The plugin that runs the work; see ``skelconv list-plugins --kind executor``.
    scheduler : str, optional
        Address of the executor's scheduler, for executors that have one.
    wait_for_workers : float, optional
        Seconds to wait for lost workers before the build ends, for executors that do.
    shard : (int, int), optional
        Build only part i of n, with i from 1, into a separate output; `skelconv.merge` joins the
        parts.
    timeout : float, optional
        Seconds that one clip may take before its worker is ended and the clip quarantined.
    progress : Progress, optional
        Receives the progress of the build.
    parts : Parts, optional
        What `skelconv.merge` and `skelconv.convert` read.

    Returns
    -------
    BuildReport
        Counts, quarantined clips and unmet expectations.

    Raises
    ------
    RecipeError
        When the recipe is wrong; the error lists everything that is wrong with it.
    PluginError
        When a plugin is not installed.
    BuildError
        When the build cannot start or continue. What was done is kept, and the next run continues
        from there.
    KeyboardInterrupt
        When interrupted; what was done is kept.
    """
    if fresh and retry:
        raise BuildError(
            "--fresh builds all of it again, and --retry nothing but quarantined clips",
            hint="give one of them: --fresh discards what is done, and --retry keeps it",
        )
    recipe = as_recipe(recipe, overrides)
    check_packages(recipe)
    recipe, _ = fetch(recipe)
    if shard is not None:
        recipe = replace(recipe, sink=_sink_of_shard(recipe.sink, *shard))
    sink: Sink = recipe.sink.make()
    with guarded(recipe.sink.who):
        if not isinstance(sink.target, Path):
            raise TypeError(f"its target is a {type(sink.target).__name__}, not a Path")
    check_target(sink.target)
    workdir = Workdir(sink.target)
    planned = make_plan(recipe, limit=limit, shard=shard) if retry or settles(recipe) else None
    if planned and retry and parts is None and limit is None and shard is None:
        planned = without_additions(planned, recipe, workdir)
    work = Work.of(recipe if planned is None else planned.recipe)
    runner, who = _executor(
        executor, workers, timeout, scheduler=scheduler, wait_for_workers=wait_for_workers
    )
    # Workers start up while the driver looks for the source's files, unless what they do depends
    # on what it finds.
    with workdir.locked(), Dispatcher(runner, work, timeout, who) as dispatcher:
        plan = planned or make_plan(recipe, limit=limit, shard=shard)
        if parts is None:
            plan.check_parts()
        identity = Identity.of(plan, gpus=work.resources.gpus)
        decision = decide(
            _look(workdir, sink.target, plan, identity, fresh), identity, fresh=fresh, retry=retry
        )
        if isinstance(decision, Refuse):
            raise decision.error
        if isinstance(decision, AlreadyBuilt):
            report = publish(sink, recipe.sink.who, decision.report, identity, workdir)
            workdir.finish(identity, again=parts is None and bool(report.quarantined))
            return _judged(report, plan, check_expect)
        check_place(sink, recipe.sink.who, identity, workdir, fresh=fresh)
        with _disk_errors(workdir.path):
            if isinstance(decision, StartAnew):
                workdir.start_anew(identity, plan.stamps, replaces=decision.replaces)
            with workdir.open_spool(identity, plan.stamps) as spool:
                done = spool.count(*GAVE_CLIPS, Outcome.DROPPED)
                if retry or not done:  # of a build that stopped because all of them failed
                    spool.try_failed_again()
                resumed = len(spool)
                workdir.note_start(len(plan.items), resumed)
                unread = _convert(plan, spool, dispatcher, strict=strict, progress=progress)
                quarantine = tuple(quarantine_of(plan, spool, unread))
                clips = SpooledClips(plan, spool)
                dropped = dropped_of(plan, spool)
                if not clips.ids and not (plan.part and plan.part.items):
                    raise _nothing_built(plan, quarantine, dropped)
                _check_one_layout(plan, clips)
                _check_not_worse(sink.target, clips, quarantine)
                digest = assemble(clips, sink, recipe.sink.who, workdir)
                report = BuildReport(
                    target=sink.target,
                    clips=len(clips.ids),
                    splits={name: len(members) for name, members in clips.splits.items()},
                    classes=tuple(count_classes(clips.labels(), clips.label_names, clips.splits)),
                    notes=plan.classes.notes,
                    quarantined=quarantine,
                    dropped=dropped,
                    recordings=recordings_of(plan, spool, unread),
                    left_out={why: len(ids) for why, ids in plan.inventory.left_out.items()},
                    absent=Names.of(plan.inventory.absent),
                    strays=Names.of(plan.inventory.strays),
                    membership=membership_of(plan, clips, spool),
                    not_kept=not_kept(clips, sink, recipe.sink.who),
                    sha256=digest,
                    resumed=resumed,
                )
                if parts is not None:
                    report = parts.added_to(report)
                report = _judged(report, plan, check_expect)
                provenance.write_provenance(
                    report, plan, identity, parts, draft=workdir.provenance_draft
                )
        publish(sink, recipe.sink.who, report, identity, workdir)
        workdir.finish(identity, again=parts is None and bool(report.quarantined))
    return report


def _sink_of_shard(sink: UseSink, part: int, parts: int) -> UseSink:
    """Return the sink with a path for one part of a build."""
    if not 1 <= part <= parts:
        raise BuildError(f"there is no part {part} of {parts}")
    options = sink.plain()["with"]
    if not isinstance(options.get("path"), str):
        raise PluginError(f"{sink.who} has no option 'path', which a part of a build needs")
    folder, slash, last = options["path"].rstrip("/").rpartition("/")  # also of a URL
    name = Path(last)
    if name.name in ("", ".."):
        raise BuildError("this cannot be the name of an output", where=options["path"])
    path = f"{folder}{slash}{name.stem}-{part:05}-of-{parts:05}{name.suffix}"
    use = use_plugin("sink", sink.use, {**options, "path": path})
    assert isinstance(use, UseSink)  # noqa: S101 (by its kind)
    return use


def _executor(
    name: str, workers: int, timeout: float | None, **asked: str | float | None
) -> tuple[Executor, str]:
    """Make an executor, and return it and how messages call it.

    It must have the options that are asked for, and may have none for the number of workers.
    """
    known = load_registry().descriptor("executor", name).options.model_fields
    options: dict[str, Any] = {key: value for key, value in asked.items() if value is not None}
    for option in options:
        if option not in known:
            raise BuildError(
                f"the executor {name!r} has no option {option!r}",
                hint="executors, and their options: skelconv list-plugins --kind executor",
            )
    if "workers" in known:
        options["workers"] = workers
    use = use_plugin("executor", name, options)
    executor: Executor = use.make()
    with guarded(use.who):
        isolated = executor.isolated
        if not isinstance(executor.workers, int):
            raise TypeError(f"its workers are {executor.workers!r:.60}, not an int")
    if timeout is not None and not timeout > 0:
        raise BuildError(f"a timeout of {timeout} s leaves no time for a clip")
    if timeout is not None and not isolated:
        raise BuildError(f"the executor {name!r} cannot end a clip that hangs: no timeout")
    return executor, use.who


def _look(workdir: Workdir, target: Path, plan: Plan, identity: Identity, fresh: bool) -> Found:
    """Find what exists already: the output, and what an earlier run left."""
    there = os.path.lexists(target)
    replaceable = workdir.may_replace(target)
    if fresh:  # it is discarded in any case
        built_here = read_provenance(target) is not None
        return Found(
            target,
            output=there,
            foreign=target.is_dir() and not built_here,
            replaceable=replaceable,
        )
    report = provenance.finished_report(target, identity) if there else None
    differs = there and report is None
    earlier = workdir.earlier()
    built = read_provenance(target) or {}
    return Found(
        target,
        output=there,
        report=report,
        differences=provenance.differences_from(target, plan, identity) if differs else (),
        earlier=earlier,
        repaired=earlier != identity and workdir.is_repaired_by(identity, plan.stamps),
        earlier_clips=workdir.has_clips(),
        replaceable=replaceable,
        replacing=workdir.replaces and not workdir.has_written(target),
        finished=earlier is not None and built.get("identity_sha256") == earlier.digest,
    )


def _check_one_layout(plan: Plan, clips: SpooledClips) -> None:
    """Refuse clips of different layouts: a dataset has one, and readers believe it."""
    if len(clips.layouts) > 1:
        counts = clips.layouts.most_common()
        found = ", ".join(f"{name!r} ({counted(n, 'clip')})" for name, n in counts)
        raise BuildError(
            f"the clips have different layouts: {found}",
            where=plan.recipe.name,
            hint="a dataset has one layout: map all clips to one with the transform map-layout, or "
            "build a dataset of each",
        )


def _check_not_worse(target: Path, clips: SpooledClips, quarantine: Sequence[Quarantined]) -> None:
    """Refuse to replace an output by a worse one, as where the source is broken."""
    earlier = (os.path.lexists(target) and read_provenance(target)) or {}
    report = earlier.get("report")
    before = report.get("clips") if isinstance(report, dict) else None
    worse = isinstance(before, int) and len(clips.ids) < before
    if worse and len(quarantine) > _MANY * (len(clips.ids) + len(quarantine)):
        raise BuildError(
            f"{len(quarantine)} clips failed, and {len(clips.ids)} are left; the output that is "
            f"there has {before} and was not replaced. The first: {quarantine[0].id}: "
            f"{quarantine[0].reason}",
            where=str(target),
            hint="correct the cause and run the same command again; if no file has changed since, "
            "--retry in place of --fresh tries the clips alone that failed; to have the worse "
            "output, move the other one away first",
        )


def _nothing_built(
    plan: Plan, quarantine: Sequence[Quarantined], dropped: Mapping[str, int]
) -> BuildError:
    """Return the error of a build without a clip, which writes no output."""
    left_out = {why: len(ids) for why, ids in plan.inventory.left_out.items()}
    lines = [
        *in_lines(quarantine),
        *(f"{count}: {why}" for why, count in [*dropped.items(), *left_out.items()]),
    ]
    if plan.inventory.absent:
        lines.append(f"{len(plan.inventory.absent)}: listed, and not there")
    lines += plan.membership.advice
    count = len(quarantine) + sum(dropped.values())
    what = f"not one of {counted(count, 'clip')} is left" if count else "there is no clip"
    return BuildError(
        "\n    ".join([what + (":" if lines else ""), *lines]),
        where=plan.recipe.name,
        hint="nothing is written: correct the cause, and run the same command again"
        + (" with --fresh" if dropped else ""),
    )


def _convert(
    plan: Plan, spool: Spool, dispatcher: Dispatcher, *, strict: bool, progress: Progress | None
) -> Mapping[int, bytes]:
    """Fill the spool; return what could not be read, by position."""
    inputs = [path for path in _inputs(plan.recipe) if os.path.exists(path)]
    probe = Probe(plan, spool)
    if progress:
        progress.begin(len(plan.items), len(spool))

    def on_batch(records: Sequence[tuple[int, Outcome, bytes]]) -> None:
        if progress:
            failed = sum(outcome == Outcome.FAILED for _, outcome, _ in records)
            progress.advance(len(records), failed)
        if strict:
            _stop_at_failure(plan, spool, {})
        probe.look(records)

    def on_unread(payload: bytes) -> None:
        for path in inputs:
            if not os.path.exists(path):
                raise BuildError(
                    f"it was there when the build began, and is gone: {_reason(payload)}",
                    where=path,
                    hint="what is done is kept: run the same command again when it is back",
                )

    if strict:
        _stop_at_failure(plan, spool, {})
    try:
        unread = dispatcher.run(
            plan.items,
            spool,
            on_batch,
            on_unread,
            named=bool(plan.classes.names),
            layout=plan.inventory.layout or plan.recipe.source.layout(),
            first=probe.positions,
        )
    finally:
        spool.sync()
    if progress:
        progress.advance(len(unread), len(unread))
    if strict:
        _stop_at_failure(plan, spool, unread)
    if progress:
        progress.assembling()
    return unread


def _inputs(recipe: Recipe) -> Iterator[str]:
    """Find the paths that the source reads from."""
    for use in (recipe.source, *recipe.source.nested()):
        yield from map(os.path.expanduser, paths_in(use.options))


def _reason(payload: bytes) -> str:
    return next(quarantined_in("", payload)).reason


def _stop_at_failure(plan: Plan, spool: Spool, unread: Mapping[int, bytes]) -> None:
    clip = next(iter(quarantine_of(plan, spool, unread)), None)
    if clip is not None:
        place = ":".join(str(part) for part in (clip.path, clip.line) if part is not None)
        raise BuildError(
            clip.reason, where=place or clip.id, hint="the build stopped here, as it is strict"
        )


def _judged(report: BuildReport, plan: Plan, check_expect: bool) -> BuildReport:
    """Return the report with the counts that differ from those that the recipe expects."""
    expect = plan.recipe.expect
    if expect is None or not (check_expect and plan.complete):
        return replace(report, unmet=())
    found = {"clips": report.clips, **report.splits}
    counts = {} if expect.clips is None else {"clips": expect.clips}
    unmet = tuple(
        Unmet(what, count, found.get(what, 0))
        for what, count in {**counts, **expect.splits}.items()
        if found.get(what, 0) != count
    )
    return replace(report, unmet=unmet)


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Raise a BuildError in plain words when the disk is full or cannot be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise BuildError(
            "the disk is full" if full else f"the output cannot be written: {error.strerror}",
            where=str(error.filename or path),
            hint="what is done is kept: make space and run the same command again"
            if full
            else "what is done is kept: run the same command again when it can be written",
        ) from error
