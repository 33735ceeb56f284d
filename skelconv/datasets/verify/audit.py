"""The audit: one pass over the clips, and the checks of each theme."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, PluginError
from skelconv.data.layout import Layout
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.opening import open as open_dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import blocks_of
from skelconv.datasets.verify.coordinates import Coordinates
from skelconv.datasets.verify.duplicates import Duplicates
from skelconv.datasets.verify.file import Kinds, check_digest, check_ids
from skelconv.datasets.verify.findings import Findings, Verification
from skelconv.datasets.verify.labels import Labels
from skelconv.datasets.verify.motion import check_motion
from skelconv.datasets.verify.people import People, check_size
from skelconv.datasets.verify.splits import check_splits
from skelconv.datasets.verify.trainer import Fitness
from skelconv.plugin.loading import load_registry
from skelconv.plugin.use import use_plugin


def verify(
    data: Dataset | str | os.PathLike[str],
    trainer: str | None = None,
    *,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    seen: Callable[[int, Clip], None] | None = None,
) -> Verification:
    """Look for all that is wrong with a dataset, or worth a look.

    Parameters
    ----------
    data : Dataset, path or URL
        What to check; every clip is read once, and few are held in memory. Where provenance is
        beside it, its digest is compared.
    trainer : str, optional
        Check also that this trainer can use it; see
        ``skelconv list-plugins --kind trainer``.
    select, ignore : collection of str
        Codes of findings to look for, or to pass over, or the beginning of codes, such as
        ``["SK4", "SK603"]``; by default all are looked for. The longer one decides.
    seen : callable, optional
        Is called with the position of each clip that can be read, in order, and the clip: for who
        looks at all clips too, and would read them once more. What it raises ends the audit.

    Returns
    -------
    Verification
        The findings, each with its code, severity, clips and remedy.

    Raises
    ------
    PluginError
        When there is no such trainer.
    SkelconvError
        When there is no such code.
    """
    findings = Findings(catalog.selected(select, ignore))
    use = None if trainer is None else use_plugin("trainer", trainer, {})
    fitness = None if use is None else Fitness(use.use, use.make(), findings)
    # What is wrong is a finding here, not an error.
    dataset = data if isinstance(data, Dataset) else open_dataset(data, verify="never")
    check_digest(dataset.path, findings)
    check_ids(dataset, findings)
    check_splits(dataset, findings)
    if fitness is not None:
        fitness.check_splits(dataset)
    elif not dataset.splits:
        findings.add(catalog.NO_SPLITS)
    layouts = _Layouts(findings)
    kinds, labels = Kinds(findings), Labels(dataset, findings)
    people, coordinates = People(findings), Coordinates(findings)
    duplicates = Duplicates(dataset, findings)

    def _clips() -> Iterator[tuple[int, Clip]]:
        """Yield the clips that have anything in them, after what needs no block of clips."""
        for position, clip_id in enumerate(dataset.ids):
            try:
                clip = dataset[position]
            except ClipError as error:
                findings.add_clip(catalog.UNREADABLE, clip_id, example=str(error))
                continue
            if seen is not None:
                seen(position, clip)
            kinds.look(clip)
            labels.look(position, clip)
            if fitness is not None:
                fitness.look(clip)
            if check_size(clip, findings):
                yield position, clip

    for block in blocks_of(_clips()):
        layout = layouts.of(block.clips[0].layout)
        coordinates.look(block, layout)
        people.look(block, layout)
        check_motion(block, layout, findings)
        duplicates.look(block)
        if fitness is not None:
            fitness.look_at_people(block)
    for room in (kinds, labels, coordinates, duplicates):
        room.finish()
    people.finish(layouts.of(dataset.layout) if len(dataset) else None)
    if fitness is not None:
        fitness.finish()
    return Verification(len(dataset), labels.num_classes, findings.all())


class _Layouts:
    """The layouts of clips, each looked up once."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._known: dict[str, Layout | None] = {}

    def of(self, name: str) -> Layout | None:
        if name not in self._known:
            try:
                self._known[name] = load_registry().layout(name)
            except PluginError:
                self._known[name] = None
                self._findings.add(
                    catalog.UNKNOWN_LAYOUT,
                    f"no plugin knows the layout {name!r}, so joints, left and right were not "
                    "checked",
                )
        return self._known[name]
