"""``skelconv inspect`` and ``skelconv stats``: what is in a dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skelconv.cli import candidates, class_table
from skelconv.cli.arguments import AsJson, ReaderOptions, keys_and_values
from skelconv.cli.output import say_json, say_lines

if TYPE_CHECKING:
    from skelconv.data.clip import Clip
    from skelconv.datasets.dataset import Dataset
    from skelconv.datasets.stats import Statistics

DatasetPath = Annotated[str, typer.Argument(metavar="PATH", help="A dataset of any format.")]


def inspect(  # numpydoc ignore=PR01
    path: DatasetPath,
    clip_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The id of a clip; by default the first.",
            autocompletion=candidates.ids,
        ),
    ] = None,
    read: ReaderOptions = None,
    as_json: AsJson = False,
) -> None:
    """Show the content of a dataset, and one of its clips.

    With ID it shows only this clip.
    """
    from skelconv.data.errors import ClipError
    from skelconv.datasets.opening import open as open_dataset

    dataset = open_dataset(path, **keys_and_values(read))
    content: dict[str, Any] = _dataset(dataset) if clip_id is None else {}
    if clip_id is not None or len(dataset):
        index = 0 if clip_id is None else dataset.index_of(clip_id)
        try:
            clip = _clip(dataset[index], dataset)
        except ClipError as error:
            clip = {"id": dataset.ids[index], "cannot be read": str(error)}
        clip["splits"] = [name for name, members in dataset.splits.items() if index in members]
        content["clip"] = clip
    if as_json:
        say_json(content)
    else:
        say_lines(_lines(content))


def stats(  # numpydoc ignore=PR01
    path: DatasetPath, read: ReaderOptions = None, as_json: AsJson = False
) -> None:
    """Count frames, persons, joints and labels over all clips."""
    from skelconv.datasets.opening import open as open_dataset
    from skelconv.datasets.stats import stats as count

    statistics = count(open_dataset(path, **keys_and_values(read)))
    if as_json:
        shapes = [
            {"joints": joints, "coordinates": channels, "dtype": dtype, "clips": clips}
            for (joints, channels, dtype), clips in statistics.shapes.items()
        ]
        say_json({**dataclasses.asdict(statistics), "shapes": shapes})
    else:
        say_lines(_statistics(statistics))


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "clips": len(dataset),
        "layout": dataset.layout,
        "splits": {name: len(members) for name, members in dataset.splits.items()},
        "classes": list(dataset.label_names),
        "info": dict(dataset.info),
        "checked": dataset.checked,
    }


def _clip(clip: Clip, dataset: Dataset) -> dict[str, Any]:
    def array(values: Any) -> str:
        return f"{values.dtype} {' x '.join(map(str, values.shape))}"

    content: dict[str, Any] = {"id": clip.id, "label": clip.label}
    labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
    names = dataset.label_names
    content["class"] = [names[x] for x in labels if x is not None and 0 <= x < len(names)]
    content["keypoint (M x T x V x C)"] = array(clip.keypoint)
    if clip.keypoint_score is not None:
        content["keypoint_score (M x T x V)"] = array(clip.keypoint_score)
    for name in ("img_shape", "original_shape"):
        if getattr(clip, name) is not None:
            content[f"{name} (height, width)"] = list(getattr(clip, name))
    for name, extra in clip.fields.items():
        if extra.axes:
            content[f"{name} ({' x '.join(extra.axes)})"] = array(extra.values)
        else:
            content[name] = f"{extra.values.dtype} {extra.values}"
    return {key: value for key, value in content.items() if value not in (None, [])}


def _lines(content: dict[str, Any], indent: str = "") -> Iterable[str]:
    """Write nested names and values in lines; long lists with a numbered line for each entry."""
    for key, value in content.items():
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
    yield f"frames without a person: {statistics.empty_frames}"
    yield f"missing joints: {statistics.missing_joints:.2%}"
    for name, clips in statistics.splits.items():
        yield f"split {name}: {clips}"
    yield from class_table.table(statistics.classes)
    yield from statistics.told
