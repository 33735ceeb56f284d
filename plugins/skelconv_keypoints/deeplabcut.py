"""DeepLabCut's analysis of a video: csv with the scorer, individuals, bodyparts and coords on top.

The form is that of Nath et al., Using DeepLabCut for 3D markerless pose estimation across species
and behaviors (2019), and of Lauer et al. (2022) for several animals: a row for each frame, and for
each body part (of each individual) the columns x, y and likelihood, or x, y and z.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget, csv_rows, decode, read
from skelconv.text import shown
from skelconv_keypoints.tracks import Tracks, empty

Column = tuple[str, str, str]
"""The individual, the body part, and which of its values."""

_LEVELS = ("scorer", "individuals", "bodyparts", "coords")
_COORDS = ("x", "y", "z", "likelihood")
_MAX_COLUMNS = 20_000


def read_csv(path: str, max_bytes: int) -> Tracks:
    """Read a csv file.

    Parameters
    ----------
    path : str
        The file.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Tracks
        A person for each individual.

    Raises
    ------
    ClipError
        With the line, when it is not such a file.
    """
    content = read(path, max_bytes, "max_file_mb")
    header: dict[str, list[str]] = {}
    columns: list[Column] = []
    frames = array("q")
    values = array("d")
    for line, row in csv_rows(decode(content)):
        if not row:
            continue
        level = row[0].strip().lower()
        if not frames and level in _LEVELS and level not in header:
            header[level] = [cell.strip() for cell in row[1:]]
            continue
        if not columns:
            columns = _columns(header, line)
        frames.append(_frame(row[0], line))
        if len(row) != len(columns) + 1:
            raise ClipError(f"{len(row)} cells, where {len(columns) + 1} are needed", line=line)
        try:
            values.extend([float(cell) if cell.strip() else np.nan for cell in row[1:]])
        except ValueError as error:
            raise ClipError(f"not a number: {error}", line=line) from None
    if not columns:
        raise ClipError("it has no rows of DeepLabCut: scorer, bodyparts, coords, and frames")
    table = np.frombuffer(values, np.float64).reshape(len(frames), len(columns))
    return from_columns(columns, np.frombuffer(frames, np.int64), table, Budget(len(content)))


def _columns(header: dict[str, list[str]], line: int) -> list[Column]:
    lacking = [level for level in ("bodyparts", "coords") if level not in header]
    if lacking:
        what = f"the rows on top lack {' and '.join(lacking)}: it is not a file of DeepLabCut"
        raise ClipError(what, line=line)
    parts, coords = header["bodyparts"], header["coords"]
    individuals = header.get("individuals", [""] * len(parts))
    if not len(parts) == len(coords) == len(individuals):
        raise ClipError("the rows on top have different numbers of cells", line=line - 1)
    return list(zip(individuals, parts, coords, strict=True))


def _frame(cell: str, line: int) -> int:
    text = cell.strip().removesuffix(".0")
    if not (text.isdecimal() and len(text) < 10):
        raise ClipError(
            f"{shown(cell):.60} is not a frame's number: rows of images are what DeepLabCut was "
            "taught, not its analysis of a video",
            line=line,
        )
    return int(text)


def from_columns(columns: Sequence[Column], frames: Array, table: Array, budget: Budget) -> Tracks:
    """Put a table's columns in order.

    Parameters
    ----------
    columns : sequence of (str, str, str)
        Individual, body part and coordinate of each.
    frames : ndarray of int, shape (N,)
        The number of each row's frame.
    table : ndarray of shape (N, columns)
        The values.
    budget : Budget
        What the content of the file may take.

    Returns
    -------
    Tracks
        From the first frame in the file to the last; frames without a row are empty.

    Raises
    ------
    ClipError
        When a column is there twice or missing, or frames are not in order.
    """
    if not len(frames):
        raise ClipError("it has no frames")
    wrong = next((one for one in columns if one[2] not in _COORDS or not one[1]), None)
    if wrong or len(columns) > _MAX_COLUMNS:
        what = f"a column {shown(str(wrong)):.80}" if wrong else f"{len(columns):,} columns"
        raise ClipError(f"it has {what}: x, y, z and likelihood of body parts are expected")
    there = set(columns)
    if len(there) < len(columns):
        raise ClipError("a column is there twice")
    step = np.diff(frames)
    if (step < 1).any():
        at = int((step < 1).argmax())
        raise ClipError(f"frame {frames[at + 1]} follows frame {frames[at]}")
    people = _numbered(individual for individual, _, _ in columns)
    joints = _numbered(part for _, part, _ in columns)
    axes = "xyz" if any(coord == "z" for _, _, coord in columns) else "xy"
    for individual, part in dict.fromkeys((one, part) for one, part, _ in columns):
        if any((individual, part, axis) not in there for axis in axes):
            raise ClipError(f"{shown(part):.60} lacks one of {', '.join(axes)}")
    first = int(frames[0])
    shape = (len(people), int(frames[-1]) - first + 1, len(joints))
    keypoint, score = empty(shape, len(axes), budget)
    has_score = any(coord == "likelihood" for _, _, coord in columns)
    for (individual, part, coord), column in zip(columns, table.T, strict=True):
        where = people[individual], frames - first, joints[part]
        with np.errstate(over="ignore"):  # what is infinite is refused with its frame
            if coord == "likelihood":
                score[where] = column
            else:
                keypoint[(*where, axes.index(coord))] = column
    return Tracks(keypoint, score if has_score else None, [*joints])


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}
