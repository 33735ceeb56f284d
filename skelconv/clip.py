"""The clip: the one thing that flows from a source through transforms into a sink."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

KEYPOINT_AXES = "MTVC"
SCORE_AXES = "MTV"


@dataclass(frozen=True, slots=True)
class Field:
    """A further array of a clip, with its axes named.

    Attributes
    ----------
    values : ndarray
        The values.
    axes : str
        A letter an axis. ``M``, ``T`` and ``V`` are the clip's persons, frames and keypoints and
        follow the clip when it is cut (see `Clip.take`); other letters are the field's own.

    Raises
    ------
    ValueError
        When there are not as many letters as axes.
    """

    values: Array
    axes: str

    def __post_init__(self) -> None:
        if self.values.ndim != len(self.axes):
            raise ValueError(f"axes {self.axes!r} do not fit an array of shape {self.values.shape}")


@dataclass(frozen=True, slots=True)
class Clip:
    """A skeleton sequence of M persons, T frames and V keypoints with C coordinates.

    A clip is never changed: transforms return another one (`replace`, `take`).

    Attributes
    ----------
    frame_dir : str
        The clip's id, unique in a dataset.
    keypoint : ndarray of shape (M, T, V, C)
        Coordinates, C = 2 (pixels) or 3 (metres). A person who is not in a frame has zeros there.
    layout : str
        The name of the layout that gives the V keypoints their meaning, such as ``ntu25``.
    label : int or tuple of int, optional
        The class, from 0; several for a clip with several actions.
    keypoint_score : ndarray of shape (M, T, V), optional
        Confidence of each keypoint.
    img_shape, original_shape : (int, int), optional
        Height and width in pixels, in this order, for keypoints in pixels.
    fields : mapping of str to Field
        Whatever else is known, by name.

    Raises
    ------
    ValueError
        When shapes do not fit each other.
    """

    frame_dir: str
    keypoint: Array
    layout: str
    label: int | tuple[int, ...] | None = None
    keypoint_score: Array | None = None
    img_shape: tuple[int, int] | None = None
    original_shape: tuple[int, int] | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = self.keypoint.shape
        if len(shape) != 4:
            raise ValueError(f"keypoint has shape {shape}, not (M, T, V, C)")
        if self.keypoint_score is not None and self.keypoint_score.shape != shape[:3]:
            raise ValueError(
                f"keypoint_score has shape {self.keypoint_score.shape}, keypoint {shape}: "
                "it must be (M, T, V)"
            )
        for name, extra in self.fields.items():
            for axis, length in zip(extra.axes, extra.values.shape, strict=True):
                if axis in "MTV" and length != shape[KEYPOINT_AXES.index(axis)]:
                    raise ValueError(
                        f"field {name!r} has shape {extra.values.shape} for axes {extra.axes!r}, "
                        f"keypoint {shape}"
                    )

    @property
    def num_person(self) -> int:
        """M."""
        return int(self.keypoint.shape[0])

    @property
    def total_frames(self) -> int:
        """T."""
        return int(self.keypoint.shape[1])

    def replace(self, **changes: Any) -> Clip:
        """Return the clip with some attributes changed."""
        return dataclasses.replace(self, **changes)

    def take(self, axis: str, index: Any) -> Clip:
        """Cut the clip along one axis, in every array that has it.

        Parameters
        ----------
        axis : {"M", "T", "V"}
            Persons, frames or keypoints.
        index : slice, or array of int or bool
            What to keep, as NumPy indexes one axis.

        Returns
        -------
        Clip
            With the axis cut in `keypoint`, `keypoint_score` and `fields`.
        """

        def cut(values: Array, axes: str) -> Array:
            return values[tuple(index if name == axis else slice(None) for name in axes)]

        score = self.keypoint_score
        return self.replace(
            keypoint=cut(self.keypoint, KEYPOINT_AXES),
            keypoint_score=None if score is None else cut(score, SCORE_AXES),
            fields={
                name: Field(cut(extra.values, extra.axes), extra.axes)
                for name, extra in self.fields.items()
            },
        )

    def gather(
        self, rows: Array, frames: Array | None = None, *, same_people: bool = False
    ) -> Clip:
        """Take each person's place in each frame from some row and frame.

        Parameters
        ----------
        rows : ndarray of int of shape (M', T)
            The row, or -1 for nobody, who is all zeros.
        frames : ndarray of int of shape (M', T), optional
            The frame; by default the same one.
        same_people : bool
            Whether row m is who it was, so that fields of persons alone stay as they are.

        Returns
        -------
        Clip
            With M' rows in `keypoint`, `keypoint_score` and the fields of persons and frames.
            Other fields of persons are left out where rows are other people.
        """
        taken_from = np.arange(self.total_frames) if frames is None else frames
        gone = rows < 0

        def moved(values: Array) -> Array:
            taken: Array = values[rows, taken_from]  # a copy, -1 being the last row
            taken[gone] = 0
            return taken

        score = self.keypoint_score
        return self.replace(
            keypoint=moved(self.keypoint),
            keypoint_score=None if score is None else moved(score),
            fields={
                name: Field(moved(extra.values), extra.axes) if extra.axes[:2] == "MT" else extra
                for name, extra in self.fields.items()
                if same_people or extra.axes[:2] == "MT" or "M" not in extra.axes
            },
        )

    def without(self, *names: str) -> Clip:
        """Return the clip without some of its `fields`; names that it lacks are passed over."""
        return self.replace(fields={k: v for k, v in self.fields.items() if k not in names})
