"""One plain npy file per clip: an array (T, V, C) of one person, or (M, T, V, C)."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget
from skelconv_posefiles.poses import PoseSequence, Skeleton

# What a person in a frame takes at most beyond the numbers, in bytes.
_SKELETON = 600


def read_array(content: bytes) -> Array:
    """Read an array of numbers, with memory by the size of the file, not by what its header says.

    Parameters
    ----------
    content : bytes
        The file's content.

    Returns
    -------
    ndarray
        The array, of integers or floats of up to 8 bytes.

    Raises
    ------
    ClipError
        When it is not an npy file, is truncated, or holds Python objects.
    """
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read_header(file)
    except Exception as error:  # NumPy parses the header as Python, which can fail in any way.
        raise ClipError("is not an npy file of version 1 or 2") from error
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise ClipError(f"an array of type {dtype}, not of numbers")
    size = dtype.itemsize
    for length in shape:
        size *= length
    if min(shape, default=0) < 0 or size != len(content) - file.tell():
        raise ClipError(f"{len(content) - file.tell()} bytes, not an array of shape {shape}")
    if not size:
        raise ClipError(f"an empty array, of shape {shape}")
    array = np.frombuffer(content, dtype, offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def parser(joints: int, channels: str) -> Callable[[bytes], PoseSequence]:
    """Make the function that reads a clip with V keypoints.

    A person who is all NaN in a frame is not in it; other persons are the array's own.

    Parameters
    ----------
    joints : int
        V.
    channels : {"xy", "xy-score", "xyz", "xyz-score"}
        What the last axis holds.

    Returns
    -------
    callable
        From a file's content to its `PoseSequence`; it raises ClipError when the file is not in
        this format.
    """
    coordinates, _, score_name = channels.partition("-")
    width = len(coordinates) + bool(score_name)

    def _parse(content: bytes) -> PoseSequence:
        array = read_array(content)
        if array.ndim == 3:
            array = array[np.newaxis]
        if array.ndim != 4 or array.shape[2:] != (joints, width):
            raise ClipError(
                f"an array of shape {array.shape}, not (T, {joints}, {width}) or "
                f"(M, T, {joints}, {width}) (options layout, channels)"
            )
        persons, frames = array.shape[:2]
        budget = Budget(len(content))
        if not budget.take(_SKELETON * persons * frames):
            raise ClipError(f"{persons:,} persons in {frames:,} frames: {budget.reason}")
        ones = np.ones(joints)
        skeletons = [
            Skeleton(
                frame,
                person,
                array[person, frame, :, : len(coordinates)],
                array[person, frame, :, -1] if score_name else ones,
            )
            for frame in range(frames)
            for person in range(persons)
        ]
        absent = np.isnan(array).all((2, 3)).T.reshape(-1)
        kept = [one for one, gone in zip(skeletons, absent.tolist(), strict=True) if not gone]
        return PoseSequence(kept, frames=range(frames))

    return _parse
