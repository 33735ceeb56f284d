"""Checks of readers and trainers."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Callable, Iterable, Sequence

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError
from skelconv.datasets.verify.blocks import Block
from skelconv.datasets.verify.catalog import RULES
from skelconv.datasets.verify.findings import Findings
from skelconv.datasets.verify.trainer import Fitness
from skelconv.plugin.interfaces.readers import Reader
from skelconv.plugin.interfaces.trainers import Trainer
from skelconv.plugin.loading import load_registry
from skelconv.testing.clips import assert_same_clip, check_joints


def check_reader(reader: Reader, limit: int = 20) -> list[Clip]:
    """Check a reader: its ids, labels and splits, and its first clips.

    Parameters
    ----------
    reader : Reader
        A dataset that is open, with clips.
    limit : int
        How many clips to read, at most.

    Returns
    -------
    list of Clip
        The clips, for further checks.
    """
    assert isinstance(reader, Reader), "it lacks a method or property of a Reader"
    ids, labels = list(reader.ids), list(reader.labels)
    assert ids, "it has no clips to check"
    assert all(isinstance(clip_id, str) for clip_id in ids), "its ids are not all text"
    assert len(set(ids)) == len(ids), "its ids are not unique"
    assert len(labels) == len(ids), f"it has {len(labels)} labels of {len(ids)} clips"
    for name, members in reader.splits.items():
        outside = [member for member in members if member not in range(len(ids))]
        assert not outside, f"split {name}: {outside[:3]} are not positions of {len(ids)} clips"
    for name, unknown in reader.unknown.items():
        known = set(unknown) & set(ids)
        assert not known, f"split {name}: {sorted(known)[:3]} are not unknown, but have clips"
    assert all(isinstance(name, str) for name in reader.label_names), (
        "its names of labels are not all text"
    )
    json.dumps(dict(reader.info))
    clips = [_read(reader, index, ids[index], labels[index]) for index in range(len(ids))[:limit]]
    _check_end(reader, len(ids))
    return clips


def _read(reader: Reader, index: int, clip_id: str, label: object) -> Clip:
    clip = reader.read(index)
    assert isinstance(clip, Clip), f"{clip_id}: read gave a {type(clip).__name__}, not a Clip"
    assert clip.id == clip_id, f"{clip_id}: the clip has the id {clip.id!r}"
    assert clip.label == label, f"{clip_id}: its label is {clip.label}, and {label} in labels"
    assert clip.layout == reader.layout, f"{clip_id}: its layout is not the reader's"
    check_joints(clip)
    assert_same_clip(clip, reader.read(index))
    return clip


def _check_end(reader: Reader, count: int) -> None:
    try:
        reader.read(count)
    except (IndexError, ClipError):
        return
    raise AssertionError(f"reading clip {count} of {count} (from 0) gave no IndexError")


def check_trainer(trainer: Trainer, clips: Sequence[Clip]) -> list[list[str]]:
    """Check that what a trainer needs can be had, and that its own check bears any clip.

    Parameters
    ----------
    trainer : Trainer
        The trainer.
    clips : sequence of Clip
        Clips of a dataset. Each is also given without a label, scores, image size, fields,
        persons and frames: what a trainer cannot use it reports, and does not raise.

    Returns
    -------
    list of list of str
        What ``skelconv verify --for it`` would say of each of the clips, for further checks.
    """
    assert isinstance(trainer, Trainer), "it is not a skelconv.plugin.Trainer"
    attributes = {one.name for one in dataclasses.fields(Clip)}
    for layout in trainer.layouts:
        assert load_registry().layout(layout)
    for names in trainer.needs.values():
        assert attributes.issuperset(names), f"a clip has no {names}; it has {sorted(attributes)}"
    assert trainer.persons is None or trainer.persons > 0, "it takes no person"
    found = []
    for clip in clips:
        found.append(_faults(trainer, clip))
        for poorer in (
            clip.replace(label=None),
            clip.replace(label=(0, 1)),
            clip.replace(keypoint_score=None, img_shape=None, original_shape=None, fields={}),
            clip.take("M", slice(0)),
            clip.take("T", slice(0)),
        ):
            _faults(trainer, poorer)
    return found


def _faults(trainer: Trainer, clip: Clip) -> list[str]:
    before = pickle.dumps(clip)
    own = [] if trainer.check is None else _asked(trainer.check, clip)
    assert pickle.dumps(clip) == before, f"{clip.id}: it changed the clip"
    findings = Findings({rule.code for rule in RULES})
    fitness = Fitness("the trainer", dataclasses.replace(trainer, check=None), findings)
    fitness.look(clip)
    if clip.keypoint.size:
        fitness.look_at_people(Block([clip], [0]))
    fitness.finish()
    return [*(finding.what for finding in findings.all()), *own]


def _asked(check: Callable[[Clip], Iterable[str]], clip: Clip) -> list[str]:
    try:
        faults = list(check(clip))
        again = list(check(clip))
    except Exception as error:
        raise AssertionError(f"{clip!r}: check raised {error!r}") from error
    assert all(isinstance(fault, str) for fault in faults), f"{clip.id}: a fault is not text"
    assert all(fault and fault.splitlines() == [fault] for fault in faults), (
        f"{clip.id}: a fault is not one line: {faults}"
    )
    assert faults == again, f"{clip.id}: its faults differ each time"
    return faults
