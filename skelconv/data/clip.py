"""The clip: the one thing that flows from a source through transforms into a sink."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
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
        One letter for each axis. ``M``, ``T`` and ``V`` are the clip's persons, frames and
        keypoints and follow the clip when it is cut (see `Clip.take`); other letters are the
        field's own.

    Raises
    ------
    TypeError
        When the values are no array, such as a float or a NumPy scalar.
    ValueError
        When there are not as many letters as axes.
    """

    values: Array
    axes: str

    def __post_init__(self) -> None:
        values: object = self.values
        if not isinstance(values, np.ndarray):  # a NumPy scalar has ndim 0, too
            what = type(values).__name__
            raise TypeError(f"the values of a field are a {what}, not an array: use numpy.asarray")
        if self.values.ndim != len(self.axes):
            raise ValueError(f"axes {self.axes!r} do not fit an array of shape {self.values.shape}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Clip:
    """A skeleton sequence of M persons, T frames and V keypoints with C coordinates.

    A clip is never changed: transforms return another one (`replace`, `take`). Two clips are
    equal when all their values are equal to the bit, dtypes too; NaN equals NaN.

    Attributes
    ----------
    id : str
        The clip's id, unique in a dataset.
    keypoint : ndarray of shape (M, T, V, C)
        Coordinates, C = 2 (pixels) or 3 (metres); zeros where a person is not in a frame.
    layout : str
        The name of the layout that gives the V keypoints their meaning, such as ``ntu25``.
    label : int or tuple of int, optional
        The class, from 0; several for a clip with several actions. NumPy's integers become int.
    keypoint_score : ndarray of shape (M, T, V), optional
        Confidence of each keypoint.
    img_shape, original_shape : (int, int), optional
        Height and width in pixels, in this order, for keypoints in pixels.
    fields : mapping of str to Field
        Whatever else is known, by name.

    Raises
    ------
    ValueError
        When shapes do not fit each other, or the label is not an integer.
    """

    id: str
    keypoint: Array
    layout: str
    label: int | tuple[int, ...] | None = None
    keypoint_score: Array | None = None
    img_shape: tuple[int, int] | None = None
    original_shape: tuple[int, int] | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.label is not None and type(self.label) is not int:
            object.__setattr__(self, "label", _label(self.label))
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

    def __repr__(self) -> str:
        size = " ".join(f"{axis}={n}" for axis, n in zip("MTVC", self.keypoint.shape, strict=True))
        name, layout = _short(repr(self.id), 36), _short(self.layout, 16)
        label = _short(str(self.label), 16)
        return f"<Clip {name}: {layout} {size} {self.keypoint.dtype}, label={label}>"

    def _repr_html_(self) -> str:
        # Notebooks ask the object itself; what draws it is above this.
        html: str = import_module("skelconv.viewer.notebook").clip_html(self)
        return html

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Clip):
            return NotImplemented
        return (
            all(getattr(self, name) == getattr(other, name) for name in _PLAIN)
            and self.fields.keys() == other.fields.keys()
            and all(self.fields[name].axes == other.fields[name].axes for name in self.fields)
            and _same(self.keypoint, other.keypoint)
            and _same(self.keypoint_score, other.keypoint_score)
            and all(_same(self.fields[n].values, other.fields[n].values) for n in self.fields)
        )

    def __hash__(self) -> int:
        return hash((self.id, self.layout, self.label, self.keypoint.shape))

    @property
    def num_person(self) -> int:
        """The number of persons, M."""
        return int(self.keypoint.shape[0])

    @property
    def total_frames(self) -> int:
        """The number of frames, T."""
        return int(self.keypoint.shape[1])

    def present(self) -> npt.NDArray[np.bool_]:
        """Return which keypoints are there; the others are missing.

        A keypoint is missing where its score is not above 0, where its coordinates are all 0, or
        where one of them is NaN or infinite. What coordinates a missing keypoint has means
        nothing.

        Returns
        -------
        ndarray of bool, shape (M, T, V)
            True where a keypoint is there.
        """
        there = np.isfinite(self.keypoint).all(-1) & (self.keypoint != 0).any(-1)
        if self.keypoint_score is not None:
            there &= self.keypoint_score > 0  # not so for NaN
        return np.asarray(there)

    def replace(self, **changes: Any) -> Clip:
        """Return the clip with some attributes changed.

        Parameters
        ----------
        **changes
            Attributes and their new values.

        Returns
        -------
        Clip
            Checked as any other.
        """
        return dataclasses.replace(self, **changes)

    def take(self, axis: str, index: Any) -> Clip:
        """Cut the clip along one axis, in every array that has it.

        Parameters
        ----------
        axis : {"M", "T", "V"}
            Persons, frames or keypoints.
        index : slice or array
            What to keep, as NumPy indexes one axis: by integers or booleans.

        Returns
        -------
        Clip
            With the axis cut in `keypoint`, `keypoint_score` and `fields`.

        Raises
        ------
        ValueError
            When there is no such axis.
        """
        if axis not in ("M", "T", "V"):
            raise ValueError(f"a clip is cut along M, T or V, not {axis!r}")

        def _cut(values: Array, axes: str) -> Array:
            # With the ellipsis, an array without axes stays one: it would become a scalar.
            return values[(*(index if name == axis else slice(None) for name in axes), ...)]

        return self.with_arrays(_cut)

    def with_arrays(self, change: Callable[[Array, str], Array]) -> Clip:
        """Return the clip with each of its arrays changed by one function.

        Parameters
        ----------
        change : callable
            From values and their axes, such as ``"MTVC"``, to the new values of the same axes.

        Returns
        -------
        Clip
            With another `keypoint`, `keypoint_score` and `fields`.
        """
        score = self.keypoint_score
        return self.replace(
            keypoint=change(self.keypoint, KEYPOINT_AXES),
            keypoint_score=None if score is None else change(score, SCORE_AXES),
            fields={
                name: Field(change(extra.values, extra.axes), extra.axes)
                for name, extra in self.fields.items()
            },
        )

    def gather(
        self, rows: Array, frames: Array | None = None, *, same_people: bool = False
    ) -> Clip:
        """Fill each row of each frame from another row and frame.

        Parameters
        ----------
        rows : ndarray of int of shape (M', T)
            The row to take, or -1 for no person: all zeros.
        frames : ndarray of int of shape (M', T), optional
            The frame to take; by default the same one.
        same_people : bool
            Whether row m is still the same person, so that fields with persons alone are kept.

        Returns
        -------
        Clip
            With M' rows in `keypoint`, `keypoint_score` and the fields that begin with ``MT``.
            Other fields with persons are left out where rows are other people.
        """
        taken_from = np.arange(self.total_frames) if frames is None else frames
        gone = rows < 0

        def _moved(values: Array) -> Array:
            taken: Array = values[rows, taken_from]  # a copy, -1 being the last row
            taken[gone] = 0
            return taken

        score = self.keypoint_score
        return self.replace(
            keypoint=_moved(self.keypoint),
            keypoint_score=None if score is None else _moved(score),
            fields={
                name: Field(_moved(extra.values), extra.axes) if extra.axes[:2] == "MT" else extra
                for name, extra in self.fields.items()
                if same_people or extra.axes[:2] == "MT" or "M" not in extra.axes
            },
        )

    def without(self, *names: str) -> Clip:
        """Return the clip without some of its `fields`.

        Parameters
        ----------
        *names : str
            Their names; those that the clip lacks are passed over.

        Returns
        -------
        Clip
            With the other fields.
        """
        return self.replace(fields={k: v for k, v in self.fields.items() if k not in names})


# What is compared as it is; the arrays are compared by `_same`.
_PLAIN = ("id", "layout", "label", "img_shape", "original_shape")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _same(one: Array | None, other: Array | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes()
    )


def _label(label: Any) -> int | tuple[int, ...]:
    """Return a label as plain integers, which are all that every format can hold.

    Raises
    ------
    ValueError
        When it is not an integer, or several.
    """
    try:
        if isinstance(label, tuple | list):
            return tuple(int(operator.index(one)) for one in label)
        return int(operator.index(label))
    except TypeError:
        raise ValueError(f"label is {label!r:.60}: it must be an int, or a tuple of int") from None
