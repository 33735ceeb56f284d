"""Boxes that are given: FineGYM's ground truth, or another detector's."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skelconv import BuildError, ClipError, local_file
from skelconv.counts import counted
from skelconv.listing.files import reason_of
from skelconv.listing.tables import read_rows
from skelconv_video.people import Floats

_CORNERS = ("x1", "y1", "x2", "y2")
# People may be larger than what is seen of them, but not by this much.
_MOST_TIMES = 10


def read_boxes(
    form: Literal["pickle", "csv", "json"], path: str, sha256: str | None
) -> Callable[[str, int, tuple[int, int]], list[Floats]]:
    """Read the boxes of all clips.

    Parameters
    ----------
    form : {"pickle", "csv", "json"}
        ``pickle`` and ``json`` have, for each clip's id, the boxes of each frame: x1, y1, x2, y2
        and, if there is one, the score; or one box a frame. The frames are a list of all, or a
        mapping from their numbers, counted from 0. ``csv`` has a box a row.
    path : str
        The file or its URL.
    sha256 : str, optional
        What it must be.

    Returns
    -------
    callable
        From a clip's id, T, and the height and width of its frames to the boxes (N, 5) of each
        frame, the highest score first; it is 1 where none is given. It raises ClipError when there
        are none for the clip, they are for frames that it does not have, or they can be nobody's.

    Raises
    ------
    SkelconvError
        When the file cannot be read.
    """
    file = local_file(path, sha256)
    table: Mapping[str, Any] = {"pickle": _pickle, "csv": _csv, "json": _json}[form](file)

    def boxes_of(frame_dir: str, total_frames: int, shape: tuple[int, int]) -> list[Floats]:
        if frame_dir not in table:
            raise ClipError("there are no boxes for it", path=str(file))
        boxes = []
        where = ""
        try:
            for number, frame in enumerate(_frames(table[frame_dir], total_frames)):
                where = f"frame {number}: "
                boxes.append(_checked(frame, shape))
        except ValueError as error:
            reason = f"its boxes cannot be used: {where}{error}"
            raise ClipError(reason, path=str(file)) from error
        return boxes

    return boxes_of


def _frames(given: Any, total_frames: int) -> Iterable[Any]:
    """Give what there is for each frame."""
    if isinstance(given, Mapping):
        return _by_number(given, total_frames)
    if not (isinstance(given, list) or (isinstance(given, np.ndarray) and given.ndim)):
        raise ValueError("they are no list or mapping of frames")
    if len(given) != total_frames:
        raise ValueError(f"they are for {counted(len(given), 'frame')}, and it has {total_frames}")
    return given


def _by_number(given: Mapping[Any, Any], total_frames: int) -> Iterable[Any]:
    frames: list[Any] = [None] * total_frames
    for key, boxes in given.items():
        number = _number(key)
        if number is None:
            shown = repr(key[:40]) if isinstance(key, str) else "a key"
            raise ValueError(f"{shown} is no number of a frame")
        if number >= total_frames:
            raise ValueError(
                f"frame {number}: it has {counted(total_frames, 'frame')}, counted from 0"
            )
        if frames[number] is not None:
            raise ValueError(f"frame {number}: it is there twice")
        frames[number] = boxes
    return [[] if boxes is None else boxes for boxes in frames]


def _number(key: Any) -> int | None:
    """Return a frame's number, which is text where it comes from JSON or csv."""
    if isinstance(key, str):
        return int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else None
    return key if type(key) is int and 0 <= key < 10**9 else None


def _checked(frame: Any, shape: tuple[int, int]) -> Floats:
    """Return the boxes of a frame, the highest score first; one of zeros is nobody.

    Raises
    ------
    ValueError
        When one is no box, or can be nobody's in a frame of this height and width.
    """
    try:
        given = np.asarray(frame)
    except ValueError:  # lists of different lengths
        raise ValueError("its boxes have not the same count of numbers, 4 or 5 each") from None
    if not given.size:
        return np.zeros((0, 5), np.float32)
    if given.dtype.kind not in "iuf" or given.ndim not in (1, 2):
        raise ValueError("it holds no list of boxes, which are numbers: x1, y1, x2, y2, score")
    with np.errstate(over="ignore"):  # it becomes infinite, and is told
        boxes = np.atleast_2d(given).astype(np.float32)
    if boxes.shape[1] == 4:
        boxes = np.concatenate([boxes, np.ones((len(boxes), 1), np.float32)], axis=1)
    if boxes.shape[1] != 5:
        raise ValueError(f"a box has {boxes.shape[1]} numbers, not 4 or 5")
    boxes = boxes[boxes[:, :4].any(1)]  # as arrays are filled up where somebody is not there
    for box in boxes:
        _check(box.tolist(), *shape)
    return boxes[np.argsort(-boxes[:, 4], kind="stable")]


def _check(numbers: list[float], height: int, width: int) -> None:
    x1, y1, x2, y2, score = numbers
    box = f"a box from ({x1:g}, {y1:g}) to ({x2:g}, {y2:g})"
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a box has a number that is not finite, or too large")
    if not 0 < score <= 1:
        raise ValueError(f"a box has the score {score:g}, which is not above 0 and at most 1")
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"{box} has no area: it ends where it begins, or before")
    if x1 >= width or y1 >= height or x2 <= 0 or y2 <= 0:
        raise ValueError(f"{box} lies outside the frame, which is {width} x {height}")
    if x2 - x1 > _MOST_TIMES * width or y2 - y1 > _MOST_TIMES * height:
        raise ValueError(f"{box} is far larger than the frame, which is {width} x {height}")


def _pickle(path: Path) -> Mapping[str, Any]:
    from skelconv.unpickler import StoredArray, read_pickle

    def plain(value: Any, file: Any) -> Any:
        if isinstance(value, StoredArray):
            return value.load(file)
        if isinstance(value, dict):
            return {key: plain(part, file) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [plain(part, file) for part in value]
        return value

    content = _of_clips(read_pickle(path), path)
    try:
        with path.open("rb") as file:
            return {str(name): plain(boxes, file) for name, boxes in content.items()}
    except (OSError, ValueError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error


def _json(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error
    except UnicodeError as error:
        raise BuildError("is not in UTF-8", where=str(path)) from error
    except json.JSONDecodeError as error:
        raise BuildError(f"is no JSON: {error.msg}", where=f"{path}:{error.lineno}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets
        raise BuildError("is no JSON that can be read", where=str(path)) from error
    return _of_clips(content, path)


def _of_clips(content: Any, path: Path) -> dict[Any, Any]:
    if not isinstance(content, dict):
        raise BuildError("it is no mapping of ids to boxes", where=str(path))
    return content


def _csv(path: Path) -> Mapping[str, Any]:
    clips: dict[str, dict[int, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    for line, (name, frame, *cells) in read_rows(path, ("id", "frame", *_CORNERS), ("score",)):
        number = _number(frame)
        if not name:
            raise BuildError("the id is missing", where=f"{path}:{line}")
        if number is None:
            raise BuildError(f"{frame[:40]!r} is no number of a frame", where=f"{path}:{line}")
        try:
            box = [float(cell) for cell in (*cells[:4], cells[4] or 1)]
        except ValueError as error:
            what = "a coordinate or the score is no number"
            raise BuildError(what, where=f"{path}:{line}") from error
        clips[name][number].append(box)
    return clips
