"""Writes clips as the arrays of `skelconv_zarr.schema`."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skelconv import Array, Clip, DatasetError, Field
from skelconv.plugin import Assembly, stored_layout
from skelconv_zarr import container, schema
from skelconv_zarr.arrays import ArrayFolder, Rows, codecs


def write(clips: Assembly, path: Path, codec: str, level: int) -> None:
    """Write a dataset into a new folder.

    In memory are a shard of each array and, of each clip, its id and a few integers.

    Parameters
    ----------
    clips : Assembly
        The encoded clips.
    path : Path
        A folder that is not there yet.
    codec : {"lz4", "zstd", "none"}
        The compression.
    level : int
        Its effort, from 1 to 9.

    Raises
    ------
    DatasetError
        When there is no clip, clips do not fit into one dataset, or the folder cannot be written.
    """
    if not clips.ids:
        raise DatasetError("there is no clip, and a Zarr dataset needs one", where=str(path))
    try:
        _write(clips, ArrayFolder(path), codecs(codec, level))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetError(f"it cannot be written: {reason}", where=str(path)) from error


def _write(clips: Assembly, folder: ArrayFolder, chunk_codecs: Sequence[Any]) -> None:
    first, _ = container.decode(next(iter(clips)))
    arrays = _ClipArrays(folder, first, chunk_codecs)
    for encoded in clips:
        arrays.append(*container.decode(encoded))
    arrays.close()
    folder.put("frame_dir", np.array(clips.ids, dtype=object))
    for name, members in clips.splits.items():
        folder.put(schema.split_node(name), np.asarray(members, dtype=np.int64))
    described = {
        "version": schema.VERSION,
        "layout": stored_layout(arrays.layout),
        "label_names": list(clips.label_names),
        "splits": list(clips.splits),
        "fields": {
            name: {"axes": field.axes, "text": field.text} for name, field in arrays.fields.items()
        },
        "info": dict(clips.info),
    }
    folder.close({schema.ATTRIBUTE: described})


_COMMON = (
    "the layout",
    "the shape (V, C) of keypoint",
    "the dtype of keypoint",
    "the dtype of keypoint_score",
)


class _Integers:
    """A column of integers, one or more for each clip: few enough for memory."""

    def __init__(self) -> None:
        self._values = array("q")

    def append(self, *row: int) -> None:
        self._values.extend(row)

    def fill(self, count: int) -> None:
        """Add zeros up to this count."""
        self._values.extend([0] * (count - len(self._values)))

    def to_array(self) -> Array:
        return np.array(self._values, dtype=np.int64)


class _ClipArrays:
    """All arrays that grow with the clips. The first clip sets what must be the same in all."""

    def __init__(self, folder: ArrayFolder, first: Clip, chunk_codecs: Sequence[Any]) -> None:
        self.layout = first.layout
        self.fields: dict[str, _FieldArrays] = {}
        self._folder = folder
        self._codecs = chunk_codecs
        self._first = first.id
        self._common = _common(first)
        joint = first.keypoint.shape[2:]
        self._keypoint = folder.rows("keypoint", first.keypoint.dtype, joint, chunk_codecs)
        self._score: Rows | None = None
        if first.keypoint_score is not None:
            self._score = folder.rows(
                "keypoint_score", first.keypoint_score.dtype, joint[:1], chunk_codecs
            )
        self._clips = 0
        self._rows = 0
        self._offset = _Integers()
        self._offset.append(0)
        self._num_person = _Integers()
        self._total_frames = _Integers()
        self._label = _Integers()
        self._num_label = _Integers()
        self._img_shape = _Integers()
        self._original_shape = _Integers()
        self._checksum = _Integers()

    def append(self, clip: Clip, checksum: int) -> None:
        common = _common(clip)
        if common != self._common:
            raise self._mixed(clip.id, common)
        persons, frames, *joint = clip.keypoint.shape
        rows = persons * frames
        self._keypoint.append(clip.keypoint.reshape(rows, *joint))
        if self._score is not None and clip.keypoint_score is not None:
            self._score.append(clip.keypoint_score.reshape(rows, joint[0]))
        self._rows += rows
        self._offset.append(self._rows)
        self._num_person.append(persons)
        self._total_frames.append(frames)
        self._append_label(clip.label)
        self._img_shape.append(*(clip.img_shape or (-1, -1)))
        self._original_shape.append(*(clip.original_shape or (-1, -1)))
        self._checksum.append(checksum)
        for name, field in clip.fields.items():
            if name not in self.fields:
                self.fields[name] = _FieldArrays(self._folder, name, field, clip.id, self._codecs)
            self.fields[name].append(self._clips, field, clip.id)
        self._clips += 1

    def _mixed(self, clip_id: str, common: tuple[Any, ...]) -> DatasetError:
        pairs = zip(_COMMON, self._common, common, strict=True)
        what, expected, value = next(pair for pair in pairs if pair[1] != pair[2])
        return _differ(what, (self._first, str(expected)), (clip_id, str(value)))

    def close(self) -> None:
        self._keypoint.close()
        if self._score is not None:
            self._score.close()
        for field in self.fields.values():
            field.close(self._clips)
        put = self._folder.put
        put("offset", self._offset.to_array())
        put("num_person", self._num_person.to_array())
        put("total_frames", self._total_frames.to_array())
        put("label", self._label.to_array())
        num_label = self._num_label.to_array()
        if (num_label != -1).any():
            put("num_label", num_label)
        for name, sizes in (
            ("img_shape", self._img_shape.to_array()),
            ("original_shape", self._original_shape.to_array()),
        ):
            if (sizes != -1).any():
                put(name, sizes.reshape(-1, 2))
        put("checksum", self._checksum.to_array().astype(np.uint32))

    def _append_label(self, label: int | tuple[int, ...] | None) -> None:
        if isinstance(label, tuple):
            self._label.append(*label)
            self._num_label.append(len(label))
        elif label is None:
            self._num_label.append(0)
        else:
            self._label.append(label)
            self._num_label.append(-1)


class _FieldArrays:
    """The two arrays of one of the other fields."""

    def __init__(
        self,
        folder: ArrayFolder,
        name: str,
        field: Field,
        first: str,
        chunk_codecs: Sequence[Any],
    ) -> None:
        self.axes = field.axes
        self.text = field.values.dtype.kind == "U"
        self._folder = folder
        self._name = name
        self._first = first
        self._dtype = _field_dtype(field)
        node = schema.field_node(name)
        dtype = np.dtype(np.uint32) if self.text else field.values.dtype
        self._value = folder.rows(f"{node}/value", dtype, (), chunk_codecs)
        self._shape_node = f"{node}/shape"
        self._shape = _Integers()

    def append(self, position: int, field: Field, clip_id: str) -> None:
        """Add the values of the clip at this position; those between have none."""
        for what, common, value in (
            ("axes", self.axes, field.axes),
            ("dtype", self._dtype, _field_dtype(field)),
        ):
            if common != value:
                what = f"the {what} of field {self._name!r}"
                raise _differ(what, (self._first, common), (clip_id, value))
        values = np.ascontiguousarray(field.values).reshape(-1)
        width = values.dtype.itemsize // 4 if self.text else 1
        self._value.append(values.view(np.uint32) if self.text else values)
        self._shape.fill(position * (len(self.axes) + 1))
        self._shape.append(*field.values.shape, width)

    def close(self, clips: int) -> None:
        self._value.close()
        numbers = len(self.axes) + 1
        self._shape.fill(clips * numbers)
        self._folder.put(self._shape_node, self._shape.to_array().reshape(clips, numbers))


def _common(clip: Clip) -> tuple[Any, ...]:
    """Return what must be the same in all clips of a dataset: the values of `_COMMON`."""
    score = clip.keypoint_score
    return (
        clip.layout,
        clip.keypoint.shape[2:],
        str(clip.keypoint.dtype),
        "none" if score is None else str(score.dtype),
    )


def _field_dtype(field: Field) -> str:
    return "text" if field.values.dtype.kind == "U" else str(field.values.dtype)


def _differ(what: str, one: tuple[str, str], other: tuple[str, str]) -> DatasetError:
    return DatasetError(
        f"{what} is not the same in all clips: {one[1]} in {one[0]!r}, {other[1]} in {other[0]!r}",
        hint="a Zarr dataset holds clips of one kind: cast or map them first, or make two datasets",
    )
