"""The skeletons of a clip in a few large arrays, as they come from a file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skelconv import Array, ClipError

_MAX_FRAME = 2**60


class Skeleton(NamedTuple):
    """One person in one frame.

    Attributes
    ----------
    frame : int
        Its number, as in the file.
    person : int
        The track's id where the file has one, else the position in the frame.
    keypoint : ndarray of shape (V, C)
        NaN or zeros where a keypoint is missing.
    score : ndarray of shape (V,)
        Confidence; 1 where the file has none.
    """

    frame: int
    person: int
    keypoint: Array
    score: Array


class Skeletons:
    """Skeletons, which take the memory of their numbers.

    Parameters
    ----------
    skeletons : iterable of Skeleton
        The first ones.
    dtype : {float32, float64}
        Of coordinates and scores.
    """

    def __init__(
        self, skeletons: Iterable[Skeleton] = (), dtype: npt.DTypeLike = np.float32
    ) -> None:
        self._dtype = np.dtype(dtype)
        self._frames, self._tracks = array("q"), array("q")
        self._values = array(self._dtype.char)
        self._ids: dict[int, int] = {}
        self._tracked, self._shape = True, (0, 0)
        for frame, person, keypoint, score in skeletons:
            self.add(frame, keypoint, score, person)

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def values(self) -> Array:
        """Coordinates and scores (N, V, C + 1), which may be changed in place."""
        joints, channels = self._shape
        return np.frombuffer(self._values, self._dtype).reshape(len(self), joints, channels + 1)

    def add(self, frame: int, keypoint: Array, score: Array, track: int | None = None) -> None:
        """Add one, after the others of its frame.

        Parameters
        ----------
        frame : int
            Its number, as in the file.
        keypoint : ndarray of shape (V, C)
            NaN or zeros where a keypoint is missing.
        score : ndarray of shape (V,)
            Confidence.
        track : int, optional
            The track's id.

        Raises
        ------
        ClipError
            When its shape is not that of the others, or no frame can have this number.
        """
        joints, channels = keypoint.shape
        if not self._frames:
            self._shape = joints, channels
        if (joints, channels) != self._shape:
            what, one, other = "keypoints", joints, self._shape[0]
            if joints == self._shape[0]:
                what, one, other = "coordinates", channels, self._shape[1]
            raise ClipError(
                f"frame {frame}: {one} {what}, where frame {self._frames[0]} has {other}"
            )
        if abs(frame) > _MAX_FRAME:
            raise ClipError(f"frame {frame:.3g}: its number is too large")
        with np.errstate(over="ignore"):  # what is infinite is refused with its frame
            row = np.empty((joints, channels + 1), self._dtype)
            row[:, :-1], row[:, -1] = keypoint, score
        self._frames.append(frame)
        self._values.frombytes(row.tobytes())
        self._tracked &= track is not None
        self._tracks.append(-1 if track is None else self._ids.setdefault(track, len(self._ids)))

    def take(self) -> tuple[Array, Array, Array]:
        """Take all out, frame by frame, and within a frame in the order of the file.

        A person is identified by the track's id where all have one, else by the position in the
        frame.

        Returns
        -------
        frames, persons : ndarray of int64, shape (N,)
            Numbers of frames, and of persons, which have no meaning but to be equal or not.
        values : ndarray of shape (N, V, C + 1)
            Coordinates, and scores.
        """
        frames, persons = (np.array(each, np.int64) for each in (self._frames, self._tracks))
        values = self.values
        if (frames[1:] < frames[:-1]).any():
            order = np.argsort(frames, kind="stable")
            frames, persons, values = frames[order], persons[order], values[order]
        if not self._tracked:
            starts = np.searchsorted(frames, frames)
            persons = np.arange(len(frames)) - starts
        self._frames, self._tracks = array("q"), array("q")
        self._values = array(self._dtype.char)
        return frames, persons, values
