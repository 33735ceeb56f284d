"""Checking a finished dataset: whether it is complete, valid, and fit for a trainer."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, PluginError
from skelconv.data.layout import Layout
from skelconv.datasets.checked import described_output
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.dataset import open as open_dataset
from skelconv.files.outputs import output_digest, recorded_output
from skelconv.plugin.guard import guarded
from skelconv.plugin.loading import load_registry
from skelconv.plugin.use import use_plugin

_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Finding:
    """Something wrong with a dataset.

    Attributes
    ----------
    what : str
        What is wrong.
    clips : int
        How many clips it concerns; 0 for the dataset as a whole.
    first : str
        The first of these clips.
    """

    what: str
    clips: int = 0
    first: str = ""

    def __str__(self) -> str:
        if not self.clips:
            return self.what
        if self.clips == 1:
            return f"{self.what}: {self.first}"
        return f"{self.what}: {self.clips} clips, the first is {self.first}"


@dataclass(frozen=True)
class Verification:
    """What was found wrong with a dataset.

    Attributes
    ----------
    clips : int
        How many clips were looked at.
    findings : sequence of Finding
        All that is wrong.
    """

    clips: int
    findings: Sequence[Finding]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(data: Dataset | str | os.PathLike[str], trainer: str | None = None) -> Verification:
    """Check a dataset.

    Parameters
    ----------
    data : Dataset, path or URL
        What to check; every clip is read, one at a time. Where provenance is beside it, its
        digest is compared.
    trainer : str, optional
        Check also that this trainer can use it; see
        ``skelconv list-plugins --kind trainer``.

    Returns
    -------
    Verification
        All that is wrong.

    Raises
    ------
    PluginError
        When there is no such trainer.
    """
    use = None if trainer is None else use_plugin("trainer", trainer, {})
    # What is wrong is a finding here, not an error.
    dataset = data if isinstance(data, Dataset) else open_dataset(data, verify="never")
    findings = [*_digest(dataset.path), *_ids(dataset), *_splits(dataset)]
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    dtypes: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    layout = _layout(dataset.layout)
    check = None if use is None else use.make().check
    for index, clip_id in enumerate(dataset.ids):
        try:
            clip = dataset[index]
        except ClipError as error:
            faults = [str(error)]
        else:
            dtypes[str(clip.keypoint.dtype)] += 1
            shapes["{} x {}".format(*clip.keypoint.shape[2:])] += 1
            faults = [*_clip(clip, len(dataset.label_names), layout)]
            if use is not None and check is not None:
                faults += _asked(use.who, check, clip)
        for fault in faults:
            counts[fault] += 1
            first.setdefault(fault, clip_id)
    for what, found in (("types", dtypes), ("shapes V x C", shapes)):
        if len(found) > 1:
            kinds = ", ".join(f"{name} ({count})" for name, count in found.items())
            findings.append(Finding(f"keypoints are of several {what}: {kinds}"))
    if trainer and not dataset.splits:
        findings.append(Finding(f"{trainer} is trained on splits, and there are none"))
    findings += [Finding(what, count, first[what]) for what, count in counts.items()]
    return Verification(len(dataset), findings)


def _asked(trainer: str, check: Callable[[Clip], Iterable[str]], clip: Clip) -> list[str]:
    """Ask a trainer what it could not use of a clip."""
    with guarded(trainer):
        given = check(clip)
        found = [given] if isinstance(given, str) else list(given)
        if isinstance(given, str) or not all(isinstance(fault, str) for fault in found):
            raise TypeError(f"check gave {given!r:.60}, not lines of text")
    return found


def _digest(path: str | None) -> Iterator[Finding]:
    output = described_output(path) if path and "://" not in path else None
    if output is None:
        return
    recorded = recorded_output(output)
    if recorded is None:
        yield Finding("its provenance cannot be read")
    elif recorded.sha256 != output_digest(output):
        yield Finding("the file is not the one that its provenance describes (its digest differs)")


def _ids(dataset: Dataset) -> Iterator[Finding]:
    counts = Counter(dataset.ids)
    twice = [clip_id for clip_id, count in counts.items() if count > 1]
    if twice:
        yield Finding("the id is there more than once", len(twice), twice[0])


def _splits(dataset: Dataset) -> Iterator[Finding]:
    for name, ids in dataset.unknown.items():
        if ids:
            yield Finding(f"split {name} names clips that are missing", len(ids), ids[0])
    distinct = {name: set(members) for name, members in dataset.splits.items()}
    for name, members in distinct.items():
        if len(members) != len(dataset.splits[name]):
            yield Finding(f"split {name} names a clip twice")
    families = {name: _family(name) for name in distinct}
    for one, other in itertools.combinations(distinct, 2):
        if families[one] == families[other]:
            both = distinct[one] & distinct[other]
            if both:
                first = dataset.ids[min(both)]
                yield Finding(f"splits {one} and {other} overlap", len(both), first)


def _family(name: str) -> str:
    """Return what the names of the parts of one division share, such as xsub_train, train1."""
    for part in ("train", "val", "test"):
        name = name.replace(part, "")
    return name


def _layout(name: str) -> Layout | None:
    try:
        return load_registry().layout(name)
    except PluginError:
        return None


def _clip(clip: Clip, classes: int, layout: Layout | None) -> Iterator[str]:
    persons, frames, joints, channels = clip.keypoint.shape
    if layout and joints != len(layout.joints):
        yield f"{joints} keypoints, where {layout.name} has {len(layout.joints)}"
    if channels not in (2, 3):
        yield f"{channels} coordinates, not 2 or 3"
    if frames == 0:
        yield "no frames"
    if persons == 0:
        yield "no person"
    if not np.isfinite(clip.keypoint).all():
        yield "NaN or infinity in keypoint"
    if clip.keypoint_score is not None and not np.isfinite(clip.keypoint_score).all():
        yield "NaN or infinity in keypoint_score"
    labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
    numbers = [label for label in labels if label is not None]
    if any(number not in _INT64 for number in numbers):
        yield "a label beyond 64 bits"
    if any(number < 0 for number in numbers):
        yield "a negative label"
    if classes and any(number >= classes for number in numbers):
        yield f"a label beyond the {classes} classes"
    if clip.img_shape and _looks_swapped(clip, *clip.img_shape):
        yield "img_shape looks like (width, height); it is (height, width)"


def _looks_swapped(clip: Clip, height: int, width: int) -> bool:
    """Return whether keypoints leave the image, and would fit it with its sides swapped."""
    if height == width or clip.keypoint.size == 0:
        return False
    seen = np.nan_to_num(clip.keypoint[..., :2].astype(np.float64)).reshape(-1, 2)
    # A model puts a few keypoints outside the image; most are inside.
    x, y = np.percentile(seen, 95, axis=0)
    fits = x <= width and y <= height
    return bool(not fits and x <= height and y <= width)
