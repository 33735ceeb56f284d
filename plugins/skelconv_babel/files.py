"""BABEL's arrays of joints: where they are, and how one segment is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import ClipError, DatasetError

FRAMES = 150
SEGMENT_SHAPE = (3, FRAMES, 25, 1)
"""Coordinates, frames, joints and persons of a segment."""


def keypoint_path(root: Path, part: str, classes: int, *, extra: bool) -> Path:
    """Return the path of a part's array."""
    return root / f"{part}{'_extra' if extra else ''}_ntu_sk_{classes}.npy"


def label_path(root: Path, part: str, classes: int, *, extra: bool) -> Path:
    """Return the path of a part's labels."""
    return root / f"{part}{'_extra' if extra else ''}_label_{classes}.pkl"


def require(path: Path) -> os.stat_result:
    """Return a file's status.

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
        raise DatasetError("this is no file", where=str(path))
    return status


def map_keypoints(path: Path) -> npt.NDArray[Any]:
    """Map a part's array, of shape (N, 3, 150, 25, 1), into memory. Nothing is read or unpickled.

    Raises
    ------
    DatasetError
        When it is not such an array, or is cut off.
    """
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError, OverflowError, TypeError) as error:
        what = " ".join(str(error).split())
        raise DatasetError(f"it is no whole .npy array: {what}", where=str(path)) from None
    if array.shape[1:] != SEGMENT_SHAPE or array.dtype.kind != "f":
        raise DatasetError(
            f"it holds {array.dtype} of shape {array.shape}, not floats of shape "
            f"(segments, {', '.join(map(str, SEGMENT_SHAPE))})",
            where=str(path),
        )
    return array


def read_segment(array: npt.NDArray[Any], row: int) -> npt.NDArray[Any]:
    """Copy one segment.

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
        count = int((~finite).sum())
        raise ClipError(
            f"segment {row} has {count} joint{'s' * (count > 1)} without finite coordinates, "
            f"the first in frame {frame}, joint {joint}"
        )
    return keypoint
