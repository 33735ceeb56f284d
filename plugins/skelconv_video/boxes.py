"""Boxes that are given: FineGYM's ground truth, or another detector's."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skelconv import BuildError, ClipError, local_file
from skelconv_video.people import Floats

_COLUMNS = ("id", "frame", "x1", "y1", "x2", "y2")


def read_boxes(
    form: Literal["pickle", "csv", "json"], path: str, sha256: str | None
) -> Callable[[str, int], list[Floats]]:
    """Read the boxes of all clips.

    Parameters
    ----------
    form : {"pickle", "csv", "json"}
        ``pickle`` and ``json`` have, for each clip's id, the boxes of each frame: x1, y1, x2, y2
        and, if there is one, the score; or one box a frame. ``csv`` has a box a row.
    path : str
        The file or its URL.
    sha256 : str, optional
        What it must be.

    Returns
    -------
    callable
        From a clip's id and T to the boxes (N, 5) of each frame, the score 1 where none is given.
        It raises ClipError when there are none for the clip, they are for frames that it does not
        have, or are no boxes.

    Raises
    ------
    SkelconvError
        When the file cannot be read.
    """
    file = local_file(path, sha256)
    table: Mapping[str, Any] = {"pickle": _pickle, "csv": _csv, "json": _json}[form](file)

    def boxes_of(frame_dir: str, total_frames: int) -> list[Floats]:
        if frame_dir not in table:
            raise ClipError("there are no boxes for it", path=str(file))
        given = table[frame_dir]
        try:
            boxes = [_checked(frame) for frame in _frames(given, total_frames)]
        except (TypeError, ValueError) as error:
            raise ClipError(f"its boxes are none: {error}", path=str(file)) from error
        if len(boxes) != total_frames:
            reason = f"there are boxes for {len(boxes)} frames, and it has {total_frames}"
            raise ClipError(reason, path=str(file))
        return boxes

    return boxes_of


def _frames(given: Any, total_frames: int) -> Iterator[Any]:
    if isinstance(given, dict):  # of a csv: the boxes of frames by their numbers
        if max(given) >= total_frames:
            raise ValueError(f"there is one in frame {max(given)}, and it has {total_frames}")
        return (given.get(number, []) for number in range(total_frames))
    return iter(given)


def _checked(frame: Any) -> Floats:
    boxes = np.asarray(frame, np.float32)
    boxes = boxes.reshape(-1, boxes.shape[-1] if boxes.size else 5)
    if boxes.shape[1] == 4:
        boxes = np.concatenate([boxes, np.ones((len(boxes), 1), np.float32)], axis=1)
    if boxes.shape[1] != 5:
        raise ValueError(f"one has {boxes.shape[1]} numbers, not 4 or 5")
    if not np.isfinite(boxes).all():
        raise ValueError("a number is not finite")
    if (boxes[:, 2:4] < boxes[:, :2]).any():
        raise ValueError("one ends before it begins")
    return boxes


def _pickle(path: Path) -> Mapping[str, Any]:
    from skelconv.unpickler import StoredArray, read_pickle

    def plain(value: Any, file: Any) -> Any:
        if isinstance(value, StoredArray):
            return value.load(file)
        if isinstance(value, list | tuple):
            return [plain(part, file) for part in value]
        return value

    content = read_pickle(path)
    if not isinstance(content, dict):
        raise BuildError("it is no mapping of ids to boxes", where=str(path))
    with _told(path), path.open("rb") as file:
        return {str(name): plain(boxes, file) for name, boxes in content.items()}


def _json(path: Path) -> Mapping[str, Any]:
    with _told(path):
        content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise BuildError("it is no mapping of ids to boxes", where=str(path))
    return content


def _csv(path: Path) -> Mapping[str, Any]:
    clips: dict[str, dict[int, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    with _told(path), path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if lacking := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
            raise BuildError(f"its header lacks the column {lacking[0]!r}", where=f"{path}:1")
        for row in reader:
            try:
                frame = int(row["frame"])
                box = [float(row[name]) for name in _COLUMNS[2:]]
                score = float(row.get("score") or 1)
            except (TypeError, ValueError) as error:
                raise BuildError(str(error), where=f"{path}:{reader.line_num}") from error
            if frame < 0:
                raise BuildError("a frame below 0", where=f"{path}:{reader.line_num}")
            clips[row["id"]][frame].append([*box, score])
    return clips


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, csv.Error) as error:
        raise BuildError(f"cannot be read: {error}", where=str(path)) from error
