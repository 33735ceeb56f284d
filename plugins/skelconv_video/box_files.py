"""Boxes from files: FineGYM's ground truth, or another detector's."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skelconv import BuildError, ClipError
from skelconv.files import open_regular, read_json, read_rows
from skelconv.text import counted, reason_of
from skelconv.vision import open_file
from skelconv_video.clips import Floats
from skelconv_video.cuts import frame_number

_CORNERS = ("x1", "y1", "x2", "y2")
# A person may be larger than the part in the frame, but not by this much.
_MAX_TIMES = 10
# Boxes of people are larger than this in pixels.
_NO_PIXELS = 1.5
_NOBODY = np.zeros((0, 5), np.float32)


class ClipBoxes:
    """The boxes of one clip, of which it may not be known yet how many frames it has.

    Parameters
    ----------
    frames : mapping of int to ndarray of shape (N, 5)
        Boxes by the numbers of their frames.
    listed : int, optional
        How many frames there are boxes for, where the file has a list of all.
    path : str
        The file, for errors.
    """

    def __init__(self, frames: Mapping[int, Floats], listed: int | None, path: str) -> None:
        self._frames = frames
        self._listed = listed
        self._path = path

    def some(self, first: int, count: int) -> list[Floats]:
        """Return the boxes of some frames that follow each other.

        Parameters
        ----------
        first : int
            The number of the first of these frames.
        count : int
            How many they are.

        Returns
        -------
        list of ndarray of shape (N, 5)
            For each frame its boxes, the highest score first.
        """
        return [self._frames.get(number, _NOBODY) for number in range(first, first + count)]

    def all(self, total: int) -> list[Floats]:
        """Return the boxes of all frames, when it is known how many there are.

        Parameters
        ----------
        total : int
            T.

        Returns
        -------
        list of ndarray of shape (N, 5)
            As of `some`.

        Raises
        ------
        ClipError
            When they are those of more frames, or of fewer.
        """
        beyond = next((number for number in self._frames if number >= total), None)
        if self._listed not in (None, total):
            reason = f"they are for {counted(self._listed or 0, 'frame')}, and it has {total}"
        elif beyond is not None:
            reason = f"frame {beyond}: it has {counted(total, 'frame')}, counted from 0"
        else:
            return self.some(0, total)
        raise ClipError(f"its boxes cannot be used: {reason}", path=self._path)


def read_boxes(
    form: Literal["pickle", "csv", "json"],
    path: str,
    sha256: str | None,
    units: Literal["pixels", "fractions"] = "pixels",
) -> Callable[[str, tuple[int, int]], ClipBoxes]:
    """Read the boxes of all clips.

    Parameters
    ----------
    form : {"pickle", "csv", "json"}
        ``pickle`` and ``json`` have, for each clip's id, the boxes of each frame: x1, y1, x2, y2
        and optionally the score; or one box per frame. The frames are a list of all, or a mapping
        from their numbers, counted from 0. ``csv`` has one box per row.
    path : str
        The file or its URL.
    sha256 : str, optional
        The file's SHA-256.
    units : {"pixels", "fractions"}
        What the corners are in; fractions of the frame become pixels.

    Returns
    -------
    callable
        From a clip's id, and the height and width of its frames to its boxes; a score that is not
        given is 1. It raises ClipError when there are no boxes for the clip, or they do not fit
        its frames.

    Raises
    ------
    SkelconvError
        When the file cannot be read.
    """
    read = {"pickle": _pickle, "csv": _csv, "json": _json}[form]
    file: Path
    table: Mapping[str, Any]
    file, table = open_file(path, sha256, lambda file: (file, read(file)))

    def _boxes_of(clip_id: str, shape: tuple[int, int]) -> ClipBoxes:
        if clip_id not in table:
            raise ClipError("there are no boxes for it", path=str(file))
        given = table[clip_id]
        boxes: dict[int, Floats] = {}
        where = ""
        try:
            for number, frame in _frames(given):
                where = f"frame {number}: "
                if number in boxes:
                    raise ValueError("it is there twice")
                boxes[number] = _checked(_given(frame), shape, units)
            where = ""
            _check_units(boxes.values(), shape, units)
        except ValueError as error:
            reason = f"its boxes cannot be used: {where}{error}"
            raise ClipError(reason, path=str(file)) from error
        return ClipBoxes(boxes, None if isinstance(given, Mapping) else len(given), str(file))

    return _boxes_of


def _frames(given: Any) -> Iterable[tuple[int, Any]]:
    """Return the number of each frame and its boxes, not checked yet."""
    if isinstance(given, Mapping):
        there = [(_numbered(key), boxes) for key, boxes in given.items() if boxes is not None]
        return sorted(there, key=lambda frame: frame[0])
    if not (isinstance(given, list) or (isinstance(given, np.ndarray) and given.ndim)):
        raise ValueError("they are not a list or mapping of frames")
    return enumerate(given)


def _numbered(key: Any) -> int:
    number = _number(key)
    if number is None:
        shown = repr(key[:40]) if isinstance(key, str) else "a key"
        raise ValueError(f"{shown} is not a frame's number")
    return number


def _number(key: Any) -> int | None:
    """Return a frame's number, which is text where it comes from JSON or csv."""
    if isinstance(key, str):
        return frame_number(key)
    return key if type(key) is int and 0 <= key < 10**9 else None


def _given(frame: Any) -> Floats:
    """Return the boxes (N, 5) of a frame, in the units of the file.

    Raises
    ------
    ValueError
        When they are not boxes.
    """
    try:
        given = np.asarray(frame)
    except ValueError:  # lists of different lengths
        raise ValueError("its boxes do not all have 4 numbers, or all 5") from None
    if not given.size:
        return np.zeros((0, 5), np.float32)
    if given.dtype.kind not in "iuf" or given.ndim not in (1, 2):
        raise ValueError("it is not a list of boxes, which are numbers: x1, y1, x2, y2, score")
    with np.errstate(over="ignore"):  # it becomes infinite, and is refused
        boxes = np.atleast_2d(given).astype(np.float32)
    if boxes.shape[1] == 4:
        boxes = np.concatenate([boxes, np.ones((len(boxes), 1), np.float32)], axis=1)
    if boxes.shape[1] != 5:
        raise ValueError(f"a box has {boxes.shape[1]} numbers, not 4 or 5")
    return boxes


def _checked(boxes: Floats, shape: tuple[int, int], units: str) -> Floats:
    """Return the boxes of a frame in pixels, the highest score first; one of zeros is left out.

    Raises
    ------
    ValueError
        When one cannot be in a frame of this height and width.
    """
    boxes = boxes[boxes[:, :4].any(1)]  # padding where a person is not there
    if units == "fractions":
        height, width = shape
        with np.errstate(over="ignore"):  # it becomes infinite, and is refused
            boxes = boxes * np.array([width, height, width, height, 1], np.float32)
    for box in boxes:
        _check(box.tolist(), *shape)
    return boxes[np.argsort(-boxes[:, 4], kind="stable")]


def _check_units(frames: Iterable[Floats], shape: tuple[int, int], units: str) -> None:
    """Refuse pixels that are all in the first one and a half: they are fractions."""
    largest = max((float(boxes[:, :4].max()) for boxes in frames if len(boxes)), default=math.inf)
    if units == "pixels" and largest <= _NO_PIXELS < min(shape):
        raise ValueError(
            f"all corners are up to {largest:g}: they are not pixels (option units: fractions)"
        )


def _check(numbers: list[float], height: int, width: int) -> None:
    x1, y1, x2, y2, score = numbers
    box = f"a box from ({x1:g}, {y1:g}) to ({x2:g}, {y2:g})"
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a box has a number that is not finite, or too large")
    if not 0 < score <= 1:
        raise ValueError(f"a box has the score {score:g}, which is not above 0 and at most 1")
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"{box} has no area")
    if x1 >= width or y1 >= height or x2 <= 0 or y2 <= 0:
        raise ValueError(f"{box} is outside the frame, which is {width} x {height}")
    if x2 - x1 > _MAX_TIMES * width or y2 - y1 > _MAX_TIMES * height:
        raise ValueError(f"{box} is far larger than the frame, which is {width} x {height}")


def _pickle(path: Path) -> Mapping[str, Any]:
    from skelconv.unpickler import load_all, read_pickle

    content = _of_clips(read_pickle(path), path)
    try:
        with open_regular(path) as file:
            return {str(name): boxes for name, boxes in load_all(content, file).items()}
    except OSError as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error
    except ValueError as error:
        raise BuildError(str(error), where=str(path)) from error


def _json(path: Path) -> Mapping[str, Any]:
    return _of_clips(read_json(path), path)


def _of_clips(content: Any, path: Path) -> dict[Any, Any]:
    if not isinstance(content, dict):
        raise BuildError("is not a mapping of ids to boxes", where=str(path))
    return content


def _csv(path: Path) -> Mapping[str, Any]:
    clips: dict[str, dict[int, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    for line, (name, frame, *cells) in read_rows(path, ("id", "frame", *_CORNERS), ("score",)):
        number = _number(frame)
        if not name:
            raise BuildError("the id is missing", where=f"{path}:{line}")
        if number is None:
            raise BuildError(f"{frame[:40]!r} is not a frame's number", where=f"{path}:{line}")
        try:
            box = [float(cell) for cell in (*cells[:4], cells[4] or 1)]
        except ValueError as error:
            what = "a coordinate or the score is not a number"
            raise BuildError(what, where=f"{path}:{line}") from error
        clips[name][number].append(box)
    return clips
