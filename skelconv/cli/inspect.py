"""``skelconv inspect`` and ``skelconv stats``: what is in a dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.output import columns, say, say_json

if TYPE_CHECKING:
    from skelconv.clip import Clip
    from skelconv.dataset import Dataset
    from skelconv.statistics import Statistics

DatasetPath = Annotated[str, typer.Argument(metavar="PATH", help="A dataset of any format.")]


def inspect(
    path: DatasetPath,
    frame_dir: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A clip; the first by default.")
    ] = None,
    read: ReaderOptions = None,
    as_json: AsJson = False,
) -> None:
    """Show what a dataset holds: splits, classes, layout, and one clip."""
    from skelconv.dataset import open as open_dataset
    from skelconv.errors import ClipError

    dataset = open_dataset(path, **keys_and_values(read))
    told: dict[str, Any] = {} if frame_dir else _dataset(dataset)
    if len(dataset):
        index = dataset.index_of(frame_dir) if frame_dir else 0
        try:
            clip = _clip(dataset[index], dataset)
        except ClipError as error:
            clip = {"frame_dir": dataset.frame_dirs[index], "cannot be read": str(error)}
        clip["splits"] = [name for name, members in dataset.splits.items() if index in members]
        told["clip"] = clip
    if as_json:
        say_json(told)
    else:
        say("\n".join(_lines(told)))


def stats(path: DatasetPath, read: ReaderOptions = None, as_json: AsJson = False) -> None:
    """Count lengths, persons, missing joints and labels over all clips."""
    from skelconv.dataset import open as open_dataset
    from skelconv.statistics import measure

    statistics = measure(open_dataset(path, **keys_and_values(read)))
    if as_json:
        shapes = [
            {"joints": joints, "coordinates": channels, "dtype": dtype, "clips": clips}
            for (joints, channels, dtype), clips in statistics.shapes.items()
        ]
        say_json({**dataclasses.asdict(statistics), "shapes": shapes})
    else:
        say("\n".join(_statistics(statistics)))


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "clips": len(dataset),
        "layout": dataset.layout,
        "splits": {name: len(members) for name, members in dataset.splits.items()},
        "classes": list(dataset.label_names),
        "info": dict(dataset.info),
    }


def _clip(clip: Clip, dataset: Dataset) -> dict[str, Any]:
    def array(values: Any) -> str:
        return f"{values.dtype} {' x '.join(map(str, values.shape))}"

    told: dict[str, Any] = {"frame_dir": clip.frame_dir, "label": clip.label}
    labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
    names = dataset.label_names
    told["class"] = [names[x] for x in labels if x is not None and 0 <= x < len(names)]
    told["keypoint (M x T x V x C)"] = array(clip.keypoint)
    if clip.keypoint_score is not None:
        told["keypoint_score (M x T x V)"] = array(clip.keypoint_score)
    for name in ("img_shape", "original_shape"):
        if getattr(clip, name) is not None:
            told[f"{name} (height, width)"] = list(getattr(clip, name))
    for name, extra in clip.fields.items():
        told[f"{name} ({' x '.join(extra.axes)})"] = array(extra.values)
    return {key: value for key, value in told.items() if value not in (None, [])}


def _lines(told: dict[str, Any], indent: str = "") -> Iterable[str]:
    """Write nested names and values, a line each; long lists are numbered, a line an entry."""
    for key, value in told.items():
        if isinstance(value, dict):
            if value:
                yield f"{indent}{key}:"
                yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and len(value) > 4:
            yield f"{indent}{key}:"
            yield from (f"{indent}  {number} {entry}" for number, entry in enumerate(value))
        elif isinstance(value, list):
            if value:
                yield f"{indent}{key}: {', '.join(map(str, value))}"
        else:
            yield f"{indent}{key}: {value}"


def _statistics(statistics: Statistics) -> Iterable[str]:
    yield f"clips: {statistics.clips}"
    yield "frames: " + ", ".join(f"{key} {value:g}" for key, value in statistics.frames.items())
    yield "persons: " + ", ".join(
        f"{persons} in {clips}" for persons, clips in statistics.persons.items()
    )
    for (joints, channels, dtype), clips in statistics.shapes.items():
        yield f"keypoint: {joints} joints, {channels} coordinates, {dtype}, in {clips}"
    yield f"frames with nobody: {statistics.empty_frames}"
    yield f"missing joints: {statistics.missing_joints:.2%}"
    for name, clips in statistics.splits.items():
        yield f"split {name}: {clips}"
    names = dict(enumerate(statistics.label_names))
    most = max(statistics.labels.values(), default=0)
    rows = [
        (
            "none" if label < 0 else str(label),
            names.get(label, ""),
            str(count),
            "#" * (count * 40 // most),
        )
        for label, count in statistics.labels.items()
    ]
    yield from columns([("label", "class", "clips", ""), *rows])
