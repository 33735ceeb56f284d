"""``skelconv viz``: pictures of clips."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import ReaderOptions, keys_and_values
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say
from skelconv.data.errors import DatasetError
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.datasets.dataset import Dataset

# The same as in the rooms that need Pillow: `--help` must not import it.
Coloring = Literal["side", "person", "track", "score"]
View = Literal["front", "side", "top", "turn"]
Heatmap = Literal["keypoint", "limb"]
Fault = Literal["missing", "jitter", "score"]

_SAMPLE = 6


def viz(  # numpydoc ignore=PR01
    path: DatasetPath,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="A .mp4, .webp, .gif, .png or .svg."),
    ],
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID",
            help="The clips; some of them by default.",
            autocompletion=candidates.ids,
        ),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Draw N clips, chosen evenly.")
    ] = None,
    per_class: Annotated[
        bool, typer.Option("--per-class", help="With --sample: N clips of each class.")
    ] = False,
    worst: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Draw the N worst clips.")
    ] = None,
    by: Annotated[
        Fault, typer.Option(help="With --worst: missing joints, trembling, or low scores.")
    ] = "missing",
    video: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Draw over this video, or the one in this folder."),
    ] = None,
    heatmap: Annotated[
        Heatmap | None, typer.Option(help="Draw the heatmaps that PoseConv3D is trained on.")
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(metavar="N,N,...", help="With --heatmap: these joints, or limbs, alone."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Show the same clips of another dataset beside them."),
    ] = None,
    color: Annotated[Coloring, typer.Option(help="What colours say.")] = "side",
    threshold: Annotated[
        float, typer.Option(metavar="SCORE", help="Leave out joints with a lower score.")
    ] = 0.0,
    trail: Annotated[
        int, typer.Option(metavar="N", min=0, help="Show the way of hands and feet for N frames.")
    ] = 0,
    view: Annotated[View, typer.Option(help="From where 3D is seen.")] = "front",
    crop: Annotated[
        Literal["person"] | None, typer.Option(help="Show the people, not the whole image.")
    ] = None,
    start: Annotated[int | None, typer.Option(metavar="N", help="The first frame.")] = None,
    end: Annotated[
        int | None, typer.Option(metavar="N", help="The frame after the last one.")
    ] = None,
    fps: Annotated[float, typer.Option(metavar="N", help="Frames per second.")] = 30.0,
    height: Annotated[
        int, typer.Option(metavar="N", min=16, max=4096, help="The height of a clip in pixels.")
    ] = 240,
    scale: Annotated[
        float | None,
        typer.Option(metavar="X", help="Or: pixels for a pixel of the image, such as 1."),
    ] = None,
    read: ReaderOptions = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace a file that exists.")] = False,
) -> None:
    """Draw clips of a dataset: skeletons or heatmaps, still or moving.

    The ending of FILE decides: .mp4, .webp and .gif move; in a .png or .svg each clip is a row of
    frames, from its first to its last.
    """
    from skelconv.datasets.opening import open as open_dataset
    from skelconv.pictures.loading import import_pictures

    if os.path.lexists(output) and not fresh:
        raise DatasetError("it is there already", where=str(output), hint="to replace it: --fresh")
    if scale is not None and not scale > 0:
        raise typer.BadParameter(f"{scale} is not above 0", param_hint="--scale")
    if not 0.1 <= fps <= 240:
        raise typer.BadParameter(f"{fps} is not from 0.1 to 240", param_hint="--fps")
    pictures = import_pictures("viz")
    dataset = open_dataset(path, **keys_and_values(read))
    chosen = _chosen(dataset, ids, sample, per_class, worst, by)
    pictures.draw(
        dataset,
        chosen,
        output.expanduser(),
        pictures.Picture(
            look=pictures.Look(color, threshold, trail),
            video=video,
            heatmap=heatmap,
            channels=_numbers(channels),
            start=start,
            end=end,
            fps=fps,
            height=height,
            scale=scale,
            crop=crop is not None,
            view=view,
        ),
        None if against is None else open_dataset(against),
    )
    say(f"{output}: {counted(len(chosen), 'clip')}")


def _chosen(
    dataset: Dataset,
    ids: list[str] | None,
    sample: int | None,
    per_class: bool,
    worst: int | None,
    by: Fault,
) -> list[str]:
    from skelconv.datasets import choosing

    if sum(map(bool, (ids, sample, worst))) > 1:
        raise typer.BadParameter("IDs, --sample and --worst exclude each other")
    if ids:
        for clip_id in ids:
            dataset.index_of(clip_id)  # says which one it has instead
        return ids
    if worst:
        return choosing.worst(dataset, worst, by)
    return choosing.sample(dataset, sample or (1 if per_class else _SAMPLE), per_class=per_class)


def _numbers(text: str | None) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a list of numbers such as 0,9,10", param_hint="--channels"
        ) from None
