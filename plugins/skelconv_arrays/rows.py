"""Clips as rows of one array: what the sinks of this package share."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError, DatasetError
from skelconv.plugin import Assembly

# Label, frames, persons, keypoints, channels.
_HEADER: Final = struct.Struct("<qIIII")


def encode_row(clip: Clip, values: Array, frames: int, persons: int) -> bytes:
    """Return a clip's label, shape and values.

    Parameters
    ----------
    clip : Clip
        With one label.
    values : ndarray of shape (M, T, V, channels)
        What goes into the array.
    frames, persons : int
        How many of each the array has.

    Returns
    -------
    bytes
        What `Row` reads; the values are (T, M, V, channels) in float32.

    Raises
    ------
    ClipError
        When it has more frames or persons, or not exactly one label.
    """
    m, t, joints, channels = values.shape
    if t > frames:
        raise ClipError(f"it has {t} frames, more than the {frames} of the array")
    if m > persons:
        raise ClipError(f"it has {m} persons, more than the {persons} of the array")
    if not isinstance(clip.label, int) or clip.label < 0:
        raise ClipError(f"its label is {clip.label}, not one number from 0")
    header = _HEADER.pack(clip.label, t, m, joints, channels)
    return header + values.transpose(1, 0, 2, 3).astype("<f4").tobytes()


class Row:
    """One encoded clip.

    Parameters
    ----------
    encoded : bytes
        What `encode_row` gave.

    Attributes
    ----------
    label, frames : int
        Its label, and the number of its frames.
    values : ndarray of shape (T, M, V, channels)
        In float32.
    """

    def __init__(self, encoded: bytes) -> None:
        self.label, self.frames, persons, joints, channels = _HEADER.unpack_from(encoded)
        values = np.frombuffer(encoded, "<f4", offset=_HEADER.size)
        self.values = values.reshape(self.frames, persons, joints, channels)

    def padded(self, frames: int, persons: int) -> npt.NDArray[np.float32]:
        """Return the values with zeros behind the last frame and the last person.

        Parameters
        ----------
        frames, persons : int
            How many of each.

        Returns
        -------
        ndarray of shape (frames, persons, V, channels)
            In float32.
        """
        found, people, joints, channels = self.values.shape
        padded = np.zeros((frames, persons, joints, channels), "<f4")
        padded[:found, :people] = self.values
        return padded


def survey(clips: Assembly) -> tuple[npt.NDArray[np.int64], tuple[int, int]]:
    """Look at all clips before the first is written.

    Parameters
    ----------
    clips : Assembly
        The encoded clips.

    Returns
    -------
    (ndarray of shape (N,), (int, int))
        The labels, and how many keypoints and channels all clips have.

    Raises
    ------
    DatasetError
        When the clips have different ones.
    """
    labels = np.empty(len(clips.ids), np.int64)
    found: tuple[int, int] | None = None
    for position, encoded in enumerate(clips):
        labels[position], _, _, joints, channels = _HEADER.unpack_from(encoded)
        found = found or (joints, channels)
        if (joints, channels) != found:
            raise DatasetError(
                f"{clips.ids[position]} has {joints} keypoints of {channels} coordinates, the "
                f"first clip {found[0]} of {found[1]}: they do not go into one array"
            )
    return labels, found or (0, 0)


def positions_in(parts: Iterable[Sequence[int]]) -> npt.NDArray[np.int64]:
    """Return the clips that are in any part.

    Parameters
    ----------
    parts : iterable of sequence of int
        The positions of each part.

    Returns
    -------
    ndarray of int64
        Ascending positions, each once.
    """
    return np.unique(
        np.concatenate([np.zeros(0, np.int64), *(np.asarray(part, np.int64) for part in parts)])
    )


def rows_at(clips: Assembly, positions: npt.NDArray[np.int64]) -> Iterator[Row]:
    """Yield the clips at positions, in the order of all clips.

    Parameters
    ----------
    clips : Assembly
        The encoded clips.
    positions : ndarray of shape (n,)
        The positions.

    Yields
    ------
    Row
        One clip.
    """
    wanted = np.zeros(len(clips.ids), bool)
    wanted[positions] = True
    for encoded, keep in zip(clips, wanted, strict=True):
        if keep:
            yield Row(encoded)
