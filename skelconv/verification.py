"""Checking a finished dataset: whether it is whole, sound, and fit for a trainer."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from skelconv.clip import Clip
from skelconv.dataset import Dataset
from skelconv.engine.digest import output_digest
from skelconv.engine.provenance import read_provenance
from skelconv.errors import ClipError, PluginError
from skelconv.layouts import Layout
from skelconv.registry import load_registry

Trainer = Literal["posec3d", "stgcn", "ctrgcn"]


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


def verify(
    dataset: Dataset, path: Path | None = None, trainer: Trainer | None = None
) -> list[Finding]:
    """Check a dataset.

    Parameters
    ----------
    dataset : Dataset
        What to check; every clip is read, one at a time.
    path : Path, optional
        Where it is, to compare it with the digest in its provenance.
    trainer : {"posec3d", "stgcn", "ctrgcn"}, optional
        Check also that this trainer finds what it needs.

    Returns
    -------
    list of Finding
        All that is wrong; nothing when all is well.
    """
    findings = [*_digest(path), *_ids(dataset), *_splits(dataset)]
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    layout = _layout(dataset.layout)
    dtypes: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    for index, frame_dir in enumerate(dataset.frame_dirs):
        try:
            clip = dataset[index]
        except ClipError as error:
            faults = [str(error)]
        else:
            dtypes[str(clip.keypoint.dtype)] += 1
            shapes["{} x {}".format(*clip.keypoint.shape[2:])] += 1
            faults = [*_clip(clip, len(dataset.label_names), layout)]
            faults += _for_trainer(clip, trainer) if trainer else ()
        for fault in faults:
            counts[fault] += 1
            first.setdefault(fault, frame_dir)
    for what, found in (("types", dtypes), ("shapes V x C", shapes)):
        if len(found) > 1:
            told = ", ".join(f"{name} ({count})" for name, count in found.items())
            findings.append(Finding(f"keypoints are of several {what}: {told}"))
    if trainer and not dataset.splits:
        findings.append(Finding(f"{trainer} is trained on splits, and there are none"))
    return findings + [Finding(what, count, first[what]) for what, count in counts.items()]


def _digest(path: Path | None) -> Iterator[Finding]:
    provenance = read_provenance(path) if path else None
    if not path or provenance is None:
        return
    output = provenance.get("output")
    told = output.get("sha256") if isinstance(output, dict) else None
    if told != output_digest(path):
        yield Finding("the file is not the one that its provenance tells of (digest)")


def _ids(dataset: Dataset) -> Iterator[Finding]:
    counts = Counter(dataset.frame_dirs)
    twice = [frame_dir for frame_dir, count in counts.items() if count > 1]
    if twice:
        yield Finding("the id stands more than once", len(twice), twice[0])


def _splits(dataset: Dataset) -> Iterator[Finding]:
    for name, ids in dataset.unknown.items():
        if ids:
            yield Finding(f"split {name} names clips that are not there", len(ids), ids[0])
    for name, members in dataset.splits.items():
        if len(set(members)) != len(members):
            yield Finding(f"split {name} names a clip twice")
    for one, other in itertools.combinations(dataset.splits, 2):
        if _family(one) == _family(other):
            both = set(dataset.splits[one]) & set(dataset.splits[other])
            if both:
                first = dataset.frame_dirs[min(both)]
                yield Finding(f"splits {one} and {other} overlap", len(both), first)


def _family(name: str) -> str:
    """The part of a split's name that parts of one division share: xsub_train, train1."""
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
    if any(label is not None and label < 0 for label in labels):
        yield "a negative label"
    if classes and any(label is not None and label >= classes for label in labels):
        yield f"a label beyond the {classes} classes"
    if clip.img_shape and _looks_swapped(clip, *clip.img_shape):
        yield "img_shape looks like (width, height); it is (height, width)"


def _looks_swapped(clip: Clip, height: int, width: int) -> bool:
    """Whether keypoints leave the image as it is told, and fit it the other way round."""
    if height == width or clip.keypoint.size == 0:
        return False
    seen = np.nan_to_num(clip.keypoint[..., :2].astype(np.float64)).reshape(-1, 2)
    # A model puts a few keypoints outside the image; most are inside.
    x, y = np.percentile(seen, 95, axis=0)
    fits = x <= width and y <= height
    return bool(not fits and x <= height and y <= width)


def _for_trainer(clip: Clip, trainer: Trainer) -> Iterator[str]:
    channels = clip.keypoint.shape[-1]
    if clip.label is None:
        yield f"{trainer} needs a label"
    elif isinstance(clip.label, tuple):
        yield f"{trainer} needs one label, not several"
    if trainer == "posec3d":
        if channels != 2:
            yield f"posec3d draws heatmaps of 2D keypoints, and these have {channels} coordinates"
        if clip.keypoint_score is None:
            yield "posec3d needs keypoint_score"
        if clip.img_shape is None:
            yield "posec3d needs img_shape"
    if trainer == "stgcn" and channels == 2 and clip.keypoint_score is None:
        yield "stgcn needs keypoint_score beside 2D keypoints"
    if trainer == "ctrgcn":
        if clip.keypoint.shape[2:] != (25, 3):
            yield "ctrgcn is trained on 25 joints in 3D"
        if clip.num_person > 2:
            yield "ctrgcn takes two persons at most"
