"""From arrays to poses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget
from skelconv_posefiles.loose.axes import arranged
from skelconv_posefiles.loose.stored import EVERY, arrays_in
from skelconv_posefiles.loose.table_form import Listed
from skelconv_posefiles.poses import PoseSequence, Skeleton

BY_DIMENSIONS = {2: "T(VC)", 3: "TVC", 4: "MTVC"}
"""The axes of an array where the recipe does not name them."""

# What a person in a frame takes at most beyond the numbers, in bytes.
_SKELETON = 600


@dataclass(frozen=True)
class ArrayForm:
    """What the recipe says about all arrays.

    Attributes
    ----------
    joints : int
        V.
    channels : sequence of str
        What the axis C holds: of x, y, z, score and skip.
    axes : str, optional
        See `skelconv_posefiles.loose.axes`; by default by the number of dimensions.
    key : str, optional
        See `skelconv_posefiles.loose.stored.arrays_in`.
    take : (int, int), optional
        Which part of the last axis is read, from and up to.
    missing : sequence of float
        Coordinates that mean that there is none.
    skip, comma, most : int, bool, int
        See `skelconv_posefiles.loose.stored.arrays_in`.
    """

    joints: int
    channels: Sequence[str]
    axes: str | None = None
    key: str | None = None
    take: tuple[int, int] | None = None
    missing: Sequence[float] = ()
    skip: int = 0
    comma: bool = False
    most: int = 2**26

    @property
    def listing(self) -> bool:
        """Whether a file says itself which clips are in it."""
        return self.key == EVERY or "N" in (self.axes or "")

    def open(self, content: bytes, suffix: str) -> ArrayFile:
        """Read the arrays of a file.

        Parameters
        ----------
        content : bytes
            Its content.
        suffix : str
            Its ending, in lower case.

        Returns
        -------
        ArrayFile
            The arrays, clip by clip.

        Raises
        ------
        ClipError
            When it cannot be read, or an array is of another shape.
        """
        read = arrays_in(
            content, suffix, key=self.key, most=self.most, skip=self.skip, comma=self.comma
        )
        return ArrayFile({key: self._arranged(found) for key, found in read}, self, len(content))

    def _arranged(self, found: Array) -> Array:
        if self.take:
            start, stop = self.take
            if not found.ndim or stop > found.shape[-1]:
                raise ClipError(
                    f"an array of shape {found.shape}, of which {start} to {stop} are to be taken "
                    "from the last axis (option take)"
                )
            found = found[..., start:stop]
        axes = self.axes or BY_DIMENSIONS.get(found.ndim)
        if axes is None:
            raise ClipError(f"an array of {found.ndim} dimensions (option axes)")
        return arranged(found, axes, {"V": self.joints, "C": len(self.channels)})


class ArrayFile:
    """The arrays of a file.

    Parameters
    ----------
    arrays : mapping of str to ndarray of shape (N, M, T, V, C)
        By their keys, which are empty where there is one.
    form : ArrayForm
        What the recipe says.
    size : int
        Bytes of the file.
    """

    layout: str | None = None
    persons: Sequence[str] = ()

    def __init__(self, arrays: Mapping[str, Array], form: ArrayForm, size: int) -> None:
        self._arrays, self._form, self._size = arrays, form, size

    @cached_property
    def clips(self) -> Mapping[str, Listed]:
        """The clips of the file, by key and number in the array."""
        return {name: Listed() for name in self._places}

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, int]]:
        places = {}
        for key, found in self._arrays.items():
            width = len(str(len(found) - 1))
            for number in range(len(found)):
                parts = [key] if key else []
                if "N" in (self._form.axes or ""):
                    parts.append(f"{number:0{width}d}")
                places["/".join(parts)] = key, number
        return places

    def poses(self, key: str) -> PoseSequence:
        """Return the skeletons of a clip.

        A person who is NaN as a whole is not in a frame; other persons are the array's own.

        Parameters
        ----------
        key : str
            One of `clips`.

        Returns
        -------
        PoseSequence
            Its skeletons.

        Raises
        ------
        ClipError
            When they would take too much memory.
        """
        name, number = self._places[key]
        found = self._arrays[name][number]
        persons, frames = found.shape[:2]
        budget = Budget(self._size)
        if not budget.take(_SKELETON * persons * frames):
            raise ClipError(f"{persons:,} persons in {frames:,} frames: {budget.reason}")
        at = {name: place for place, name in enumerate(self._form.channels) if name != "skip"}
        axes = [at[name] for name in ("x", "y", "z") if name in at]
        scored = "score" in at
        # Fractions are rounded once, as pixels: not here.
        keypoint = found[..., axes].astype(np.result_type(found.dtype, np.float32))
        with np.errstate(over="ignore"):  # what is infinite is refused with its frame
            score = found[..., at["score"]].astype(np.float32) if scored else None
        if self._form.missing:
            values = np.array(self._form.missing, keypoint.dtype)
            keypoint[np.isin(keypoint, values).any(-1)] = np.nan
        ones = np.ones(self._form.joints, np.float32)
        gone = np.isnan(keypoint).all((2, 3))
        skeletons = [
            Skeleton(
                frame,
                person,
                keypoint[person, frame],
                ones if score is None else score[person, frame],
            )
            for frame in range(frames)
            for person in range(persons)
            if not gone[person, frame]
        ]
        return PoseSequence(skeletons, frames=range(frames))
