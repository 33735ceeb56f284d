"""Pictures of some clips of a dataset, as ``skelconv viz`` makes them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import DatasetError
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.heatmaps import Kind
from skelconv.pictures import palette
from skelconv.pictures.camera import Projected, View, project
from skelconv.pictures.difference import distances
from skelconv.pictures.footage import find_video
from skelconv.pictures.grounds import Ground, Heat, HeatOver, Paper, Video
from skelconv.pictures.panel import Look, Panel, caption_of
from skelconv.pictures.sheet import Cell, Sheet
from skelconv.pictures.svg import markup
from skelconv.pictures.writing import MOVING, STILL, write_film, write_picture, write_text
from skelconv.plugin.loading import load_registry

# In a still picture each clip is a row of so many frames.
_STILLS = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and how.

    Attributes
    ----------
    look : Look
        How people are drawn.
    video : str, optional
        A video, or a folder of videos, that is shown behind people.
    heatmap : {"keypoint", "limb"}, optional
        Show heatmaps.
    channels : sequence of int
        The joints, or limbs, whose heatmaps are shown; empty for all.
    start, end : int, optional
        The first frame, and the one after the last, from 0.
    fps : float
        Frames per second of a moving picture.
    height : int
        The height of a picture of a clip in pixels.
    scale : float, optional
        Pixels of the picture for a pixel of the image, in place of `height`.
    crop : bool
        Whether only the box around people is shown, of clips in pixels.
    view : {"front", "side", "top", "turn"}
        From where people are seen in 3D.
    """

    look: Look = field(default_factory=Look)
    video: str | None = None
    heatmap: Kind | None = None
    channels: Sequence[int] = ()
    start: int | None = None
    end: int | None = None
    fps: float = 30.0
    height: int = 240
    scale: float | None = None
    crop: bool = False
    view: View = "front"


def draw(
    dataset: Dataset,
    ids: Sequence[str],
    target: Path,
    picture: Picture,
    against: Dataset | None = None,
) -> None:
    """Draw clips into a file.

    Moving pictures show all clips at once, each in a cell; those that end earlier wait at their
    last frame. In still ones each clip is a row of frames, from its first to its last.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    ids : sequence of str
        The clips.
    target : Path
        The file; its ending decides on the format.
    picture : Picture
        What is drawn, and how.
    against : Dataset, optional
        A dataset with the same clips, each of which is shown beside the first, its joints coloured
        by how far they are away.

    Raises
    ------
    DatasetError
        When there is no such clip, the format is not known, or a file cannot be read or written.
    """
    kind = _kind_of(target)
    rows = [list(_panels(dataset, clip_id, picture, against)) for clip_id in ids]
    if not rows:
        raise DatasetError("there is no clip to draw", where=str(dataset.path))
    if kind == "moving":
        cells = [cell for row in rows for cell in row]
        columns = len(rows[0]) if against is not None else math.ceil(math.sqrt(len(cells)))
        sheet = Sheet(cells, columns)
        write_film(target, _film(sheet, len(cells)), picture.fps)
        return
    stills = [(cell, frame) for row in rows for cell in row for frame in _spread(cell)]
    sheet = Sheet([cell for cell, _ in stills], _STILLS)
    frames = [frame for _, frame in stills]
    if target.suffix.lower() == ".svg":
        if picture.video or picture.heatmap:
            raise DatasetError(
                "SVG holds lines, not videos and heatmaps", where=str(target), hint="write a .png"
            )
        text = markup(sheet.width, sheet.height, palette.PAPER, sheet.shapes(frames))
        write_text(target, text)
        return
    write_picture(target, sheet.picture(frames))


def _kind_of(target: Path) -> Literal["moving", "still"]:
    ending = target.suffix.lower()
    if ending not in (*MOVING, *STILL):
        raise DatasetError(
            "no picture has this ending",
            where=str(target),
            hint=f"known endings: {', '.join((*MOVING, *STILL))}",
        )
    return "moving" if ending in MOVING else "still"


def _film(sheet: Sheet, cells: int) -> Iterator[Array]:
    for frame in range(max(sheet.frames, 1)):
        yield sheet.picture([frame] * cells)


def _spread(cell: Cell) -> list[int]:
    """Choose frames from the first to the last, as far from each other as can be."""
    last = max(cell.panel.frames - 1, 0)
    return [round(step * last / (_STILLS - 1)) for step in range(_STILLS)]


def _panels(
    dataset: Dataset, clip_id: str, picture: Picture, against: Dataset | None
) -> Iterator[Cell]:
    whole = dataset[clip_id]
    clip = _cut(whole, picture)
    if whole.total_frames and not clip.total_frames:
        raise DatasetError(
            f"the clip {clip_id!r} has {whole.total_frames} frames, and none of them is from "
            f"{picture.start or 0} to before {picture.end or whole.total_frames}"
        )
    first = _frames(picture).indices(whole.total_frames)[0]
    caption = caption_of(clip, dataset.label_names)
    if against is None:
        yield _cell(clip, _placed(clip, picture), picture, caption, first, whole.total_frames)
        return
    other = _cut(against[clip_id], picture)
    away = distances(other, clip)
    most = float(np.nanmax(away, initial=0.0))
    # Both in one picture, so that they are seen from the same place.
    both = clip.replace(
        keypoint=np.concatenate([clip.keypoint, other.keypoint]), keypoint_score=None, fields={}
    )
    placed = _placed(both, picture)
    one, two = (
        dataclasses.replace(placed, points=points)
        for points in np.split(placed.points, [clip.num_person])
    )
    yield _cell(clip, one, picture, caption, first, whole.total_frames)
    unit = "px" if clip.img_shape else "m"
    caption = (f"yellow: {most:.3g} {unit} away", "")
    values = np.nan_to_num(away / (most or 1.0))
    yield _cell(other, two, picture, caption, first, whole.total_frames, values)


def _cut(clip: Clip, picture: Picture) -> Clip:
    return clip.take("T", _frames(picture))


def _frames(picture: Picture) -> slice:
    return slice(picture.start, picture.end)


def _placed(clip: Clip, picture: Picture) -> Projected:
    return project(
        clip, height=picture.height, scale=picture.scale, crop=picture.crop, view=picture.view
    )


def _cell(
    clip: Clip,
    placed: Projected,
    picture: Picture,
    caption: tuple[str, str],
    first: int,
    total: int,
    values: Array | None = None,
) -> Cell:
    ground: Ground = Paper(placed.width, placed.height)
    if picture.video is not None:
        if clip.keypoint.shape[-1] != 2:
            raise DatasetError(
                f"the clip {clip.id!r} is in 3D: where its joints are in a video is not known",
                hint="leave --video out",
            )
        footage = find_video(picture.video, clip.id)
        ground = Video(footage.path, placed, clip, footage.first + first)
    if picture.heatmap is not None:
        if clip.img_shape is None:
            raise DatasetError(f"the clip {clip.id!r} is not in pixels: it has no heatmaps")
        if picture.video is not None:
            ground = HeatOver(ground, clip, placed, picture.heatmap, picture.channels)
        else:
            heat = Heat(clip, picture.heatmap, picture.height, picture.channels)
            placed = dataclasses.replace(placed, width=heat.side, height=heat.side)
            ground = heat
    layout = load_registry().layout(clip.layout)
    panel = Panel(
        clip,
        layout,
        placed,
        picture.look,
        caption,
        first=first,
        total=total,
        people=picture.heatmap is None,
        halo=picture.video is not None,
        values=values,
    )
    return Cell(panel, ground)
