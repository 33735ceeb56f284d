"""Clips that are rows of arrays, as a finished dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from skelconv import Array, Clip, ClipError, DatasetError
from skelconv.files import read_text
from skelconv.plugin import layout_named
from skelconv_arrays.stored_array import Rows

CHANNELS: Final = {"xy": 2, "xyz": 3, "xy-score": 3, "xyz-score": 4}
# The layouts that these forms are used for, by their number of joints.
LAYOUTS: Final = {25: "ntu25", 17: "coco17", 18: "openpose18"}
_IN_3D: Final = "ntu25"


@dataclass(frozen=True, slots=True)
class Stack:
    """The clips of one part, in one array.

    Attributes
    ----------
    part : str
        The part's name; empty where the form has none.
    rows : Rows
        (N, C, T, V, M) or, as CTR-GCN has them, (N, T, M * V * C).
    labels : sequence of int, tuple of int or None
        Of the N clips.
    ids : sequence of str
        Of the N clips.
    frames : ndarray of shape (N,), optional
        The number of frames of each clip, where the form holds it.
    """

    part: str
    rows: Rows
    labels: Sequence[int | tuple[int, ...] | None]
    ids: Sequence[str]
    frames: Array | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What the values of a row are.

    Attributes
    ----------
    layout : str
        The layout of the joints.
    channels : str
        One of `CHANNELS`.
    persons, joints : int
        M and V.
    flat : bool
        Whether a row is (T, M * V * C), and not (C, T, V, M).
    """

    layout: str
    channels: str
    persons: int
    joints: int
    flat: bool

    def of_clip(self, row: Array) -> Array:
        """Return a row as an array (M, T, V, channels).

        Parameters
        ----------
        row : ndarray
            One row.

        Returns
        -------
        ndarray of shape (M, T, V, channels)
            A view.
        """
        if self.flat:
            width = CHANNELS[self.channels]
            return row.reshape(len(row), self.persons, self.joints, width).transpose(1, 0, 2, 3)
        return row.transpose(3, 1, 2, 0)


class StackReader:
    """Clips that are rows of arrays. See `skelconv.plugin.Reader`.

    All rows have as many frames and persons as the longest clip: what is behind the last frame and
    the last person that is not all zero is left out, unless the form holds the number of frames.
    Rows of one id in several parts are one clip, which is in all of them, if they are equal.

    Parameters
    ----------
    stacks : sequence of Stack
        The parts, in order.
    shape : Shape
        What the values are; the same for all parts.
    label_names : sequence of str
        The names of the classes.
    """

    def __init__(
        self, stacks: Sequence[Stack], shape: Shape, label_names: Sequence[str] = ()
    ) -> None:
        self._stacks = stacks
        self._shape = shape
        self._places, parts = _places_of(stacks)
        self.ids: Sequence[str] = [stacks[at].ids[row] for at, row in self._places]
        self.labels: Sequence[int | tuple[int, ...] | None] = [
            stacks[at].labels[row] for at, row in self._places
        ]
        self.layout = shape.layout
        self.label_names = label_names
        self.splits: Mapping[str, Sequence[int]] = {
            stack.part: positions
            for stack, positions in zip(stacks, parts, strict=True)
            if stack.part
        }
        self.unknown: Mapping[str, Sequence[str]] = {}
        self.info: Mapping[str, Any] = {}

    def read(self, index: int) -> Clip:
        """Read one clip.

        Parameters
        ----------
        index : int
            Its position.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it cannot be read, or its number of frames is wrong.
        """
        place, row = self._places[index]
        stack = self._stacks[place]
        try:
            values = self._shape.of_clip(stack.rows.read(row, row + 1)[0])
        except OSError as error:
            raise ClipError(f"it cannot be read: {error}") from error
        persons, frames = (_last(places) for places in np.nonzero((values != 0).any((2, 3))))
        if stack.frames is not None:
            told, most = int(stack.frames[row]), values.shape[1]
            if not frames <= told <= most:
                raise ClipError(
                    f"its number of frames is {told}, and its array has {most} frames, of which "
                    f"{frames} are not empty"
                )
            frames = told
        # Nobody is in it: its length is not known.
        values = values[:persons, : frames or values.shape[1]]
        channels = self._shape.channels
        scores = channels.endswith("-score")
        return Clip(
            stack.ids[row],
            np.ascontiguousarray(values[..., :-1] if scores else values),
            self._shape.layout,
            label=stack.labels[row],
            keypoint_score=np.ascontiguousarray(values[..., -1]) if scores else None,
        )


def _places_of(stacks: Sequence[Stack]) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Return the stack and row of each clip, and the clips of each stack, ascending."""
    places: list[tuple[int, int]] = []
    parts: list[list[int]] = []
    known: dict[str, int] = {}
    for at, stack in enumerate(stacks):
        part: set[int] = set()
        for row, name in enumerate(stack.ids):
            clip = known.setdefault(name, len(places))
            if clip == len(places):
                places.append((at, row))
            elif clip in part or not _are_equal(stacks, places[clip], (at, row)):
                clip = len(places)  # two clips with one id, which `verify` tells
                places.append((at, row))
            part.add(clip)
        parts.append(sorted(part))
    return places, parts


def _are_equal(stacks: Sequence[Stack], *places: tuple[int, int]) -> bool:
    found = []
    for at, row in places:
        stack = stacks[at]
        frames = None if stack.frames is None else int(stack.frames[row])
        try:
            values = stack.rows.read(row, row + 1)
        except OSError:  # it is told when the clip is read
            return False
        found.append((stack.labels[row], frames, values.shape, values.tobytes()))
    return found[0] == found[1]


def shape_of(
    rows: Rows,
    where: str,
    *,
    layout: str | None = None,
    channels: str | None = None,
    persons: int | None = None,
) -> Shape:
    """Find out what the values of an array are.

    Parameters
    ----------
    rows : Rows
        The array: (N, C, T, V, M) or (N, T, M * V * C).
    where : str
        What the array is called in messages.
    layout, channels : str, optional
        As the user gives them.
    persons : int, optional
        M of an array of three axes, as the user gives it.

    Returns
    -------
    Shape
        By default ntu25, coco17 or openpose18 by the number of joints; 3D for ntu25, x, y and
        score else; and two persons where an array of three axes allows it.

    Raises
    ------
    DatasetError
        When this cannot be known, or is not what the user gives.
    """
    lengths = rows.shape
    if rows.dtype.kind != "f":
        raise DatasetError(f"its values are {rows.dtype}, not coordinates", where=where)
    joints = len(layout_named(layout).joints) if layout else None
    if len(lengths) == 5:
        found = lengths[4], lengths[3], lengths[1]
        fits = [found] if joints in (None, lengths[3]) else []
    elif len(lengths) == 3:
        fits = [
            (m, v, lengths[2] // (m * v))
            for m in ([persons] if persons else [2, 1])
            for v in ([joints] if joints else LAYOUTS)
            if lengths[2] % (m * v) == 0 and lengths[2] // (m * v) in {2, 3, 4}
        ]
    else:
        raise DatasetError(
            f"its shape is {tuple(lengths)}, not (N, C, T, V, M) or (N, T, M * V * C)", where=where
        )
    wanted = CHANNELS[channels] if channels else None
    fits = [fit for fit in fits if wanted in (None, fit[2])]
    people, joints, width = fits[0] if fits else (0, 0, 0)
    layout = layout or LAYOUTS.get(joints)
    if channels is None and width in {2, 3}:
        channels = "xy" if width == 2 else "xyz" if layout == _IN_3D else "xy-score"
    if layout is None or channels is None:
        raise DatasetError(
            f"its shape is {tuple(lengths)}: what its values are cannot be told",
            where=where,
            hint="Say it with the reader's options layout, channels and, for three axes, persons: "
            "skelconv inspect PATH --read layout=coco17 --read channels=xy-score",
        )
    return Shape(layout, channels, people, joints, len(lengths) == 3)


def named(part: str, count: int) -> list[str]:
    """Make ids for a form that has none.

    Parameters
    ----------
    part : str
        The part's name.
    count : int
        How many.

    Returns
    -------
    list of str
        Such as ``train_000000``.
    """
    prefix = f"{part}_" if part else ""
    return [f"{prefix}{number:06}" for number in range(count)]


def read_ids(path: str) -> list[str]:
    """Read ids from a text file, one in a line.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    list of str
        The ids, without the white space about them.
    """
    return [line.strip() for line in read_text(Path(path)).splitlines() if line.strip()]


def _last(places: Array) -> int:
    """Return how many there are up to the last place."""
    return int(places.max(initial=-1)) + 1
