"""BABEL's files: where they are, and how one segment of the arrays of joints is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skelconv import Array, ClipError, DatasetError
from skelconv.text import counted

FRAMES = 150
SEGMENT_SHAPE = (3, FRAMES, 25, 1)
"""Coordinates, frames, joints and persons of a segment."""


class PartFiles(NamedTuple):
    """The two files of a part.

    Attributes
    ----------
    keypoints : Path
        The array of joints, of shape (N, 3, 150, 25, 1).
    labels : Path
        The pickle of labels and ids of its N segments.
    """

    keypoints: Path
    labels: Path


def part_files(root: Path, part: str, classes: int, *, extra: bool) -> PartFiles:
    """Return the paths of a part's files.

    Parameters
    ----------
    root : Path
        The folder of the files.
    part : {"train", "val", "test"}
        The part.
    classes : {60, 120}
        The number of classes.
    extra : bool
        Whether to take the files of the 'Dense+Extra' annotations.

    Returns
    -------
    PartFiles
        The paths; the files need not be there.
    """
    name = f"{part}_extra" if extra else part
    return PartFiles(root / f"{name}_ntu_sk_{classes}.npy", root / f"{name}_label_{classes}.pkl")


def require(path: Path) -> os.stat_result:
    """Return a file's status.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    os.stat_result
        With its size and time of change.

    Raises
    ------
    DatasetError
        When there is no such file.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(
            f"the file is not there: {error.strerror}",
            where=str(path),
            hint="Set 'root' to the folder that BABEL's babel_feats_labels.tar.gz unpacks to, and "
            "'classes' and 'parts' to what is in it.",
        ) from None
    if not path.is_file():
        raise DatasetError("this is not a file", where=str(path))
    return status


def map_keypoints(path: Path) -> Array:
    """Map a part's array into memory. Nothing is read or unpickled.

    Parameters
    ----------
    path : Path
        The ``.npy`` file.

    Returns
    -------
    ndarray of shape (N, 3, 150, 25, 1)
        Coordinates, frames, joints and persons of N segments, in metres.

    Raises
    ------
    DatasetError
        When it is not such an array, or is cut off.
    """
    try:
        with np.errstate(over="ignore"):  # of a shape that is larger than the file
            array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # NumPy parses the header as Python, which can fail in any way.
        what = " ".join(str(error).split())
        raise DatasetError(f"it is not a whole .npy array: {what}", where=str(path)) from None
    if array.shape[1:] != SEGMENT_SHAPE or array.dtype.kind != "f":
        raise DatasetError(
            f"it holds {array.dtype} of shape {array.shape}, not floats of shape "
            f"(segments, {', '.join(map(str, SEGMENT_SHAPE))})",
            where=str(path),
        )
    return array


def read_segment(array: Array, row: int) -> Array:
    """Copy one segment.

    Parameters
    ----------
    array : ndarray of shape (N, 3, 150, 25, 1)
        See `map_keypoints`.
    row : int
        The segment.

    Returns
    -------
    ndarray of shape (1, 150, 25, 3)
        Person, frames, joints and coordinates, in the array's dtype.

    Raises
    ------
    ClipError
        When a coordinate is NaN or infinite.
    """
    dtype = array.dtype.newbyteorder("=")
    keypoint = np.array(array[row].transpose(3, 1, 2, 0), dtype=dtype, order="C")
    finite = np.isfinite(keypoint).all(axis=3)
    if not finite.all():
        _, frame, joint = np.argwhere(~finite)[0].tolist()
        joints = counted(int((~finite).sum()), "joint")
        raise ClipError(
            f"segment {row} has {joints} without finite coordinates, "
            f"the first in frame {frame}, joint {joint}"
        )
    return keypoint
