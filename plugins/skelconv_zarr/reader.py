"""Reads the datasets of `skelconv_zarr.schema`, one clip at a time."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from skelconv import Array, Clip, ClipError, DatasetError, Field
from skelconv.files import parse_json
from skelconv.plugin import layout_of_stored
from skelconv.text import is_remote, pip_install
from skelconv_zarr import container, schema
from skelconv_zarr.folder import Folder, open_folder
from skelconv_zarr.shards import RowArray, open_array


class ZarrReader:
    """A Zarr dataset, opened for reading. See `skelconv.plugin.Reader`.

    Opening reads the metadata and three columns of integers; ids, splits and labels are read when
    they are first used. It can be shared between threads, and used in another process after a fork
    or pickled. All that it reads is of the dataset that was opened, or of a copy of it: there is an
    error when a build has put another one in its place.

    Parameters
    ----------
    path : str
        The folder, or a URL that fsspec knows.

    Attributes
    ----------
    layout : str
        The layout of all clips.
    label_names : list of str
        The classes' names, where known.
    unknown : dict
        Empty: splits are kept as positions, and cannot name clips that are not there.
    info : dict
        The build's name and description.

    Raises
    ------
    DatasetError
        When there is no dataset, or it is damaged or of a newer format.
    """

    unknown: Mapping[str, Sequence[str]] = MappingProxyType({})

    def __init__(self, path: str) -> None:
        self._path = path.rstrip("/") if is_remote(path) else os.path.abspath(path)
        self._folder, root = _open_root(self._path)
        described, self._metadata = _described(self._path, root)
        self._root = hashlib.sha256(root).digest()
        try:
            self.layout = layout_of_stored(described["layout"])
            self.label_names: Sequence[str] = [str(name) for name in described["label_names"]]
            self.info: Mapping[str, Any] = dict(described["info"])
            self._split_names = dict.fromkeys(str(name) for name in described["splits"])
            self._fields = {
                str(name): self._open_field(str(name), str(kind["axes"]), bool(kind["text"]))
                for name, kind in described["fields"].items()
            }
            self._keypoint = self._open("keypoint")
            self._score = (
                self._open("keypoint_score") if "keypoint_score" in self._metadata else None
            )
            self._clips = self._open("num_person").shape[0]
            self._num_person = self._column("num_person")
            self._total_frames = self._column("total_frames")
            self._offset = self._of_shape("offset", self._clips + 1)
            self._check_offsets()
        except (AttributeError, KeyError, MemoryError, TypeError, ValueError) as error:
            raise self._damaged(_describe(error)) from error

    def __len__(self) -> int:
        return self._clips

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return _open_again, (self._path, self.sha256)

    @functools.cached_property
    def sha256(self) -> str:
        """A digest of the metadata and of the checksums of all clips, in hexadecimal."""
        return _digest(self._root, self._checksums)

    @functools.cached_property
    def ids(self) -> Sequence[str]:
        """The ids."""
        texts: list[str] = self._column("frame_dir").tolist()
        return texts

    @functools.cached_property
    def labels(self) -> Sequence[int | tuple[int, ...] | None]:
        """The label of each clip."""
        return [self._label(index) for index in range(len(self))]

    @functools.cached_property
    def sizes(self) -> Sequence[tuple[int, int]]:
        """Persons and frames of each clip."""
        persons, frames = self._num_person.tolist(), self._total_frames.tolist()
        return list(zip(persons, frames, strict=True))

    @functools.cached_property
    def splits(self) -> Mapping[str, Sequence[int]]:
        """The parts of the dataset, as positions of clips."""
        return {name: self._read_split(name) for name in self._split_names}

    def read(self, index: int) -> Clip:
        """Read one clip: of each array, only its chunks.

        Parameters
        ----------
        index : int
            The clip's position.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When this clip is damaged.
        IndexError
            When there is no such clip.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"there is no clip {index}: there are {len(self)}")
        try:
            clip = self._read(index)
            expected = self._checksums.item(index)
        except DatasetError as error:
            raise ClipError(error.what, path=error.where) from error
        except ValueError as error:
            raise ClipError(f"damaged: {error}", path=self._path) from error
        if container.checksum(clip) != expected:
            raise ClipError(
                f"clip {index} does not fit its checksum: the dataset was damaged or edited",
                path=self._path,
            )
        return clip

    def _read(self, index: int) -> Clip:
        start, stop = self._offset.item(index), self._offset.item(index + 1)
        clip_shape = (self._num_person.item(index), self._total_frames.item(index))
        # The checksum of the clip is compared, which says more than those of chunks.
        keypoint = self._keypoint.rows(start, stop, checked=False)
        score = None if self._score is None else self._score.rows(start, stop, checked=False)
        return Clip(
            id=self.ids[index],
            keypoint=keypoint.reshape(*clip_shape, *keypoint.shape[1:]),
            layout=self.layout,
            label=self._label(index),
            keypoint_score=None if score is None else score.reshape(*clip_shape, *score.shape[1:]),
            img_shape=_size(self._img_shapes, index),
            original_shape=_size(self._original_shapes, index),
            fields={
                name: Field(values, field.axes)
                for name, field in self._fields.items()
                if (values := field.read(index)) is not None
            },
        )

    def _label(self, index: int) -> int | tuple[int, ...] | None:
        labels, numbers, ends = self._labels
        if numbers is None:
            return int(labels[index])
        number, end = numbers.item(index), ends.item(index)
        if number < 0:
            return int(labels[end - 1])
        return tuple(labels[end - number : end].tolist()) or None

    @functools.cached_property
    def _labels(self) -> tuple[Array, Array | None, Array]:
        """All labels; the number of each clip, and where they end, if it is not one each."""
        if "num_label" not in self._metadata:
            return self._column("label"), None, np.empty(0)
        labels, numbers = self._whole("label"), self._column("num_label")
        ends = np.cumsum(np.abs(numbers))
        if numbers.min() < -1 or ends[-1] != len(labels):
            raise self._damaged("num_label does not fit label")
        return labels, numbers, ends

    @functools.cached_property
    def _checksums(self) -> Array:
        checksums = self._column("checksum")
        # From here on it can be decided whether another dataset is the same.
        self._folder.accept(functools.partial(_is_same, _digest(self._root, checksums)))
        return checksums

    @functools.cached_property
    def _img_shapes(self) -> Array | None:
        return self._column("img_shape", 2) if "img_shape" in self._metadata else None

    @functools.cached_property
    def _original_shapes(self) -> Array | None:
        return self._column("original_shape", 2) if "original_shape" in self._metadata else None

    def _read_split(self, name: str) -> list[int]:
        array = self._open(schema.split_node(name))
        if array.shape[0] > len(self):
            raise self._damaged(f"the split {name!r} has more members than there are clips")
        members = array.rows(0, array.shape[0])
        if len(members) and not 0 <= members.min() <= members.max() < len(self):
            raise self._damaged(f"the split {name!r} names clips that are not there")
        positions: list[int] = members.tolist()
        return positions

    def _open(self, name: str) -> RowArray:
        if name not in self._metadata:
            raise self._damaged(f"the array {name!r} is missing")
        return open_array(self._folder, name, self._metadata[name])

    def _open_field(self, name: str, axes: str, text: bool) -> _StoredField:
        node = schema.field_node(name)
        return _StoredField(
            self._open(f"{node}/value"), self._open(f"{node}/shape"), axes=axes, text=text
        )

    def _whole(self, name: str) -> Array:
        array = self._open(name)
        return array.rows(0, array.shape[0])

    def _column(self, name: str, *trailing: int) -> Array:
        """Return an array that has a row for each clip."""
        return self._of_shape(name, len(self), *trailing)

    def _of_shape(self, name: str, *shape: int) -> Array:
        """Return an array, which is read only when it has the shape that it must have."""
        array = self._open(name)
        if array.shape != shape:
            raise self._damaged(
                f"{name!r} has shape {array.shape}, and there are {len(self)} clips"
            )
        return array.rows(0, array.shape[0])

    def _check_offsets(self) -> None:
        """Check that the clips follow one another and fill the arrays."""
        persons, frames, offset = self._num_person, self._total_frames, self._offset
        shape = self._keypoint.shape
        if len(shape) != 3 or (self._score is not None and self._score.shape != shape[:2]):
            raise self._damaged("keypoint and keypoint_score do not have the same rows")
        if offset[0] != 0:
            raise self._damaged("offset does not have a place for each clip")
        rows = np.diff(offset)
        wrong = np.flatnonzero((persons < 0) | (frames < 0) | (rows != persons * frames))
        if len(wrong):
            raise self._damaged(
                f"offset gives clip {wrong[0]} {rows[wrong[0]]} rows for "
                f"{persons[wrong[0]]} persons and {frames[wrong[0]]} frames"
            )
        if offset[-1] != shape[0]:
            raise self._damaged(f"offset ends at row {offset[-1]} of {shape[0]}")

    def _damaged(self, reason: str) -> DatasetError:
        return DatasetError(f"the dataset is damaged: {reason}", where=self._path)


class _StoredField:
    """One of the other fields of clips."""

    def __init__(self, value: RowArray, shape: RowArray, *, axes: str, text: bool) -> None:
        self.axes = axes
        self._text = text
        self._value = value
        self._shape = shape

    def read(self, index: int) -> Array | None:
        """Return the values of one clip, or None when it has none."""
        shapes, edges = self._places
        if index >= len(shapes):
            raise ValueError("a field has no shape for this clip")
        *shape, width = shapes[index].tolist()
        if not width:
            return None
        values = self._value.rows(edges.item(index), edges.item(index + 1), checked=False)
        return (values.view(f"<U{width}") if self._text else values).reshape(shape)

    @functools.cached_property
    def _places(self) -> tuple[Array, Array]:
        """The shape of each clip's values, and where they begin; at the end, where all end."""
        shapes = self._shape.rows(0, self._shape.shape[0])
        edges = np.concatenate([[0], np.cumsum(shapes.prod(axis=1))])
        if shapes.min() < 0 or np.any(np.diff(edges) < 0) or edges[-1] != self._value.shape[0]:
            raise ValueError("the shapes of a field do not fit its values")
        return shapes, edges


def _size(sizes: Array | None, index: int) -> tuple[int, int] | None:
    if sizes is None or sizes[index, 0] < 0:
        return None
    return int(sizes[index, 0]), int(sizes[index, 1])


def _open_again(path: str, sha256: str) -> ZarrReader:
    """Open a dataset in another process, where it must be the same one."""
    reader = ZarrReader(path)
    if reader.sha256 != sha256:
        raise DatasetError(
            "the dataset was replaced by another one while it was read",
            where=path,
            hint="open it again",
        )
    return reader


def _is_same(sha256: str, folder: Folder) -> bool:
    """Return whether a folder holds the dataset with this digest."""
    try:
        root = _read_root(folder)
        _, arrays = _described(folder.location, root)
        checksum = open_array(folder, "checksum", arrays["checksum"])
        found = _digest(hashlib.sha256(root).digest(), checksum.rows(0, checksum.shape[0]))
    except (DatasetError, KeyError, OSError, TypeError):
        return False
    return found == sha256


def _digest(root: bytes, checksums: Array) -> str:
    return hashlib.sha256(root + checksums.tobytes()).hexdigest()


def _open_root(path: str) -> tuple[Folder, bytes]:
    """Open the dataset's folder, and return it with the root's metadata."""
    try:
        folder = open_folder(path)
        return folder, _read_root(folder)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError("there is no Zarr dataset (it has no zarr.json)", where=path) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetError(f"it cannot be read: {reason}", where=path) from error


def _read_root(folder: Folder) -> bytes:
    file = folder.open("zarr.json")
    if file.size > schema.MAX_METADATA_BYTES:
        raise OSError(f"zarr.json has {file.size} bytes, and no dataset needs so many")
    return file.read(0, file.size)


def _described(path: str, root: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the dataset's description, and the metadata of its arrays by name."""
    try:
        content = parse_json(root)
    except ClipError as error:
        raise DatasetError(error.reason, where=f"{path}/zarr.json") from error
    try:
        described = content["attributes"][schema.ATTRIBUTE]
        version = described["version"]
        arrays = content["consolidated_metadata"]["metadata"]
    except (KeyError, TypeError) as error:
        raise DatasetError(
            "this is not a Zarr dataset of skelconv, or it was not written to its end", where=path
        ) from error
    if version != schema.VERSION:
        raise DatasetError(
            f"the dataset has format {version!r:.60}, and this skelconv reads format "
            f"{schema.VERSION}",
            where=path,
            hint=pip_install("--upgrade", "skelconv"),
        )
    return described, arrays


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error!s:.200}"
