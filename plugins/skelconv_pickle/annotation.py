"""From a clip to its annotation, the dict that MMAction2 and PYSKL read, and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from io import BufferedReader
from itertools import chain
from typing import Any

import numpy as np

from skelconv import Array, Clip, ClipError, Field
from skelconv.plugin import Assembly, OwnLayout
from skelconv.unpickler import LazyArray, described
from skelconv_pickle.kinetics import VALID, as_counts, from_counts, is_counts
from skelconv_pickle.opcodes import Value

STANDARD_KEYS = frozenset(
    (
        "frame_dir",
        "label",
        "total_frames",
        "img_shape",
        "original_shape",
        "layout",
        "keypoint",
        "keypoint_score",
    )
)

# The layout by the numbers of keypoints and coordinates, for annotations that do not name it.
USUAL_LAYOUTS = {(25, 3): "ntu25", (17, 2): "coco17", (17, 3): "coco17"}
_KNOWN_AXES = {"frame_inds": "T", "box_score": "MT", VALID: "ab"}
# The axes of a field that can be those of the clip, the most likely first.
_LEADING_AXES = ("MTV", "MT", "TV", "M", "T", "V")
# `skelconv.unpickler` leaves longer text in the file: it may be the data of an array.
_LONGEST_TEXT = 1023
_OWN_AXES = "abcdefghijklmnopqrstuvwxyz"


def annotation_of(clip: Clip) -> dict[str, Value]:
    """Return a clip as an annotation.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    dict
        ``frame_dir``, ``label``, ``total_frames`` (T), ``img_shape`` and ``original_shape``
        (height, width), ``keypoint`` (M, T, V, C), ``keypoint_score`` (M, T, V), where the clip
        has them, then its fields by name. Several labels are a list, since the trainers index with
        it. ``layout``, which trainers ignore, is there only where the shape does not determine it:
        a usual dataset has only the usual keys. An own layout is added when the file is written
        (see `skelconv_pickle.layouts`).

    Raises
    ------
    ClipError
        When a field has the name of one of these, or an id or a field's name is too long.
    """
    for text in (clip.id, clip.layout, *clip.fields):
        length = len(text.encode("utf-8", "surrogatepass"))
        if length > _LONGEST_TEXT:
            raise ClipError(f"it holds text of {length:,} bytes, more than {_LONGEST_TEXT:,}")
    taken = STANDARD_KEYS & clip.fields.keys()
    if taken:
        raise ClipError(f"the field {min(taken)!r} has the name of an annotation's own key")
    values: dict[str, Value] = {"frame_dir": clip.id}
    if clip.label is not None:
        values["label"] = list(clip.label) if isinstance(clip.label, tuple) else clip.label
    values["total_frames"] = clip.total_frames
    if clip.img_shape is not None:
        values["img_shape"] = clip.img_shape
    if clip.original_shape is not None:
        values["original_shape"] = clip.original_shape
    usual = USUAL_LAYOUTS.get(clip.keypoint.shape[2:])
    if clip.layout != usual and not isinstance(clip.layout, OwnLayout):
        values["layout"] = clip.layout
    values["keypoint"] = clip.keypoint
    if clip.keypoint_score is not None:
        values["keypoint_score"] = clip.keypoint_score
    for name in sorted(clip.fields):
        field = clip.fields[name]
        is_table = name == VALID and field.axes == "ab" and field.values.shape[1] == 2
        values[name] = as_counts(field.values) if is_table else field.values
    return values


def ids_by_split(clips: Assembly) -> dict[str, Iterable[str]]:
    """Return the splits of a dataset as pickles have them: by the clips' ids.

    Parameters
    ----------
    clips : Assembly
        The clips.

    Returns
    -------
    dict of str to iterable of str
        The ids of each split.
    """
    ids = clips.ids
    return {name: (ids[place] for place in places) for name, places in clips.splits.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def clip_of(
    annotation: Mapping[str, Any], clip_id: str, layout: str, file: BufferedReader, most: int
) -> Clip:
    """Return an annotation of a file as a clip.

    Keys that are not standard become fields when they are arrays of numbers (see `is_field`) and
    are ignored otherwise. Annotations do not name their axes: those of the lengths of the clip's
    persons, frames and keypoints are taken for these.

    Parameters
    ----------
    annotation : mapping
        The annotation; its arrays are loaded, or still in the file.
    clip_id : str
        The clip's id.
    layout : str
        The name of the clip's layout, where the annotation does not have it.
    file : binary file
        Where its arrays are.
    most : int
        The maximum count of numbers in a keypoint of lists: the file's size. A pickle can refer
        to one list many times, and so describe more than fits into memory.

    Returns
    -------
    Clip
        The clip.

    Raises
    ------
    ValueError
        When a required key is absent, or has a shape or type that it cannot have.
    """
    if "keypoint" not in annotation:
        raise ValueError("it has no 'keypoint'")
    keypoint = _numbers("keypoint", annotation["keypoint"], file, most)
    if keypoint.ndim != 4:
        raise ValueError(f"keypoint has shape {keypoint.shape}, not (M, T, V, C)")
    total_frames = _plain(annotation.get("total_frames"))
    if total_frames is not None and total_frames != keypoint.shape[1]:
        raise ValueError(
            f"total_frames is {described(total_frames)}, "
            f"and keypoint has {keypoint.shape[1]} frames"
        )
    score = annotation.get("keypoint_score")
    fields = {
        name: from_counts(value) if isinstance(value, dict) else _loaded(value, file)
        for name, value in annotation.items()
        if isinstance(name, str) and name not in STANDARD_KEYS and is_field(name, value)
    }
    return Clip(
        id=clip_id,
        keypoint=keypoint,
        layout=_text(annotation.get("layout")) or layout,
        label=label_of(annotation),
        keypoint_score=None if score is None else _numbers("keypoint_score", score, file, most),
        img_shape=_height_width("img_shape", annotation),
        original_shape=_height_width("original_shape", annotation),
        fields={
            name: Field(values, _axes(name, values.shape, keypoint.shape[:3]))
            for name, values in fields.items()
        },
    )


def label_of(annotation: Mapping[str, Any]) -> int | tuple[int, ...] | None:
    """Return an annotation's label.

    Parameters
    ----------
    annotation : mapping
        The annotation.

    Returns
    -------
    int or tuple of int or None
        None where it has none.

    Raises
    ------
    ValueError
        When it is neither a whole number nor a list of these.
    """
    label = _whole(_plain(annotation.get("label")))
    if label is None or type(label) is int:
        return label
    if isinstance(label, list | tuple | set | frozenset):
        labels = [_whole(one) for one in label]
        if all(type(one) is int for one in labels):
            return tuple(sorted(labels) if isinstance(label, set | frozenset) else labels)
    raise ValueError("its label is neither a whole number nor a list of these")


def is_field(name: str, value: Any) -> bool:
    """Return whether a value under a key that is not standard can be a clip's field.

    Parameters
    ----------
    name : str
        The key.
    value : Any
        A value of an annotation.

    Returns
    -------
    bool
        True for an array of booleans, integers or floats, and for the counts of ``valid``.
    """
    if name == VALID and is_counts(value):
        return True
    return isinstance(value, LazyArray | np.ndarray) and np.dtype(value.dtype).kind in "biuf"


def _plain(value: Any) -> Any:
    """Return a small array, whose bytes are in the pickle itself, as numbers or lists of them."""
    if isinstance(value, LazyArray) and len(value.shape) < 2:
        if isinstance(value.data, bytes):
            return np.frombuffer(value.data, value.dtype).reshape(value.shape).tolist()
        if isinstance(value.data, list):
            return value.data if value.shape else value.data[0]
    return value


def _whole(value: Any) -> Any:
    """Return a whole number that is written as a float, as tables have it, as an int."""
    return int(value) if type(value) is float and value.is_integer() else value


def _loaded(value: LazyArray | Array, file: BufferedReader) -> Array:
    return value.load(file) if isinstance(value, LazyArray) else value


def _numbers(name: str, value: Any, file: BufferedReader, most: int) -> Array:
    if isinstance(value, LazyArray | np.ndarray):
        array = _loaded(value, file)
    elif isinstance(value, list | tuple):
        array = _from_lists(name, value, file, most)
    else:
        raise ValueError(f"{name} is not an array")
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} holds {array.dtype}, not numbers")
    return array


def _from_lists(
    name: str, value: list[Any] | tuple[Any, ...], file: BufferedReader, most: int
) -> Array:
    """Make an array of nested lists, or of a list of arrays (one for each person)."""
    if value and all(isinstance(part, LazyArray) for part in value):
        if len({(part.shape, part.dtype) for part in value}) > 1:
            raise ValueError(f"{name} has parts of different shapes or dtypes")
        if len(value) * math.prod(value[0].shape) > most:
            raise ValueError(f"{name} is larger than its file")
        return np.stack([part.load(file) for part in value])
    shape = [len(value)]
    flat: list[Any] = list(value)
    while flat and isinstance(flat[0], list | tuple):
        length = len(flat[0])
        if not all(isinstance(part, list | tuple) and len(part) == length for part in flat):
            raise ValueError(f"{name} has lists of different lengths")
        if len(shape) == 8 or len(flat) * length > most:
            raise ValueError(f"{name} is larger than its file")
        shape.append(length)
        flat = list(chain.from_iterable(flat))
    if not all(type(number) in (int, float) for number in flat):
        raise ValueError(f"{name} holds something that is not a number")
    return np.array(flat, np.float64).reshape(shape)


def _height_width(name: str, annotation: Mapping[str, Any]) -> tuple[int, int] | None:
    value = _plain(annotation.get(name))
    if value is None:
        return None
    if isinstance(value, list | tuple) and len(value) == 2:
        height, width = map(_whole, value)
        if type(height) is int and type(width) is int:
            return height, width
    raise ValueError(f"{name} is not (height, width)")


def _axes(name: str, shape: tuple[int, ...], clip_shape: tuple[int, ...]) -> str:
    lengths = dict(zip("MTV", clip_shape, strict=True))
    known = _KNOWN_AXES.get(name, "")
    if len(known) == len(shape) and all(
        lengths.get(axis, size) == size for axis, size in zip(known, shape, strict=True)
    ):
        return known
    for leading in _LEADING_AXES:
        if shape[: len(leading)] == tuple(lengths[axis] for axis in leading):
            return leading + _OWN_AXES[: len(shape) - len(leading)]
    return _OWN_AXES[: len(shape)]
