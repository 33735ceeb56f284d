"""Reads an annotation pickle, in any of its forms; its arrays stay in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from skelconv import Array, DatasetError
from skelconv.files import Budget
from skelconv.text import reason_of
from skelconv.unpickler import LazyArray, Span, described, read_pickle
from skelconv_pickle.annotation import STANDARD_KEYS, is_field, label_of
from skelconv_pickle.layouts import name_layouts
from skelconv_pickle.pinned import PinnedFile
from skelconv_pickle.text_labels import numbered

Annotation: TypeAlias = Mapping[str, Any]

# Of an id, in bytes; it is not read otherwise.
_LONGEST_TEXT = 1 << 16
_MAX_SPLITS = 1000
_LABEL_NAMES = "label_names"
# Bytes of a text beyond its characters, and of its place in a list.
_TEXT = 72


@dataclass(frozen=True, slots=True)
class Contents:
    """The annotations of a pickle.

    Attributes
    ----------
    file : PinnedFile
        The file.
    annotations : sequence of mapping
        As they are in the file, but for labels that are text there; arrays are `LazyArray`.
    ids : sequence of str
        The id of each: its ``filename`` or, without one, its ``frame_dir``, as MMAction2 and PYSKL
        look it up in a split.
    splits : mapping of str to sequence of int
        The positions of the annotations of each split, in the order of its list; empty for a bare
        list.
    unknown : mapping of str to sequence of str
        Ids that splits list and no annotation has, by split.
    labels : sequence of int, tuple of int or None
        The label of each; None also for one that is none.
    sizes : sequence of (int, int), optional
        Persons and frames of each; None where skeletons are in other files.
    label_names : sequence of str
        The names of the classes, in the order of labels; empty where it has none.
    passed_over : sequence of str
        Entries beside the annotations, and keys of annotations, that are not used.
    """

    file: PinnedFile
    annotations: Sequence[Annotation]
    ids: Sequence[str]
    splits: Mapping[str, Sequence[int]]
    unknown: Mapping[str, Sequence[str]]
    labels: Sequence[int | tuple[int, ...] | None]
    sizes: Sequence[tuple[int, int]] | None
    label_names: Sequence[str] = ()
    passed_over: Sequence[str] = ()


def is_compressed(annotation: Annotation) -> bool:
    """Return whether an annotation is of a table of contents, with its skeletons elsewhere.

    Parameters
    ----------
    annotation : mapping
        The annotation.

    Returns
    -------
    bool
        See `skelconv_pickle.kinetics`.
    """
    return "frame_inds" in annotation and "keypoint" not in annotation


def read_contents(path: Path) -> Contents:
    """Read an annotation pickle.

    Parameters
    ----------
    path : Path
        A pickle of ``{"split": ..., "annotations": [...]}``, of a bare list of annotations, or of
        one annotation.

    Returns
    -------
    Contents
        What it holds.

    Raises
    ------
    DatasetError
        When it cannot be read, or holds something else.
    """
    try:
        file = PinnedFile(path)
        raw = file.raw()
    except FileNotFoundError as error:
        raise DatasetError("there is no such file", where=str(path)) from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"it cannot be read: {reason_of(error)}", where=str(path)) from error
    value = read_pickle(path, raw)
    splits: Any = {}
    names: Any = ()
    if isinstance(value, dict) and "annotations" in value:
        splits = value.get("split") or {}
        names = value.get(_LABEL_NAMES) or ()
        value = value["annotations"]
    elif isinstance(value, dict) and ("keypoint" in value or "frame_inds" in value):
        value = [value]
    if isinstance(value, LazyArray) and isinstance(value.data, list):
        value = value.data
    if not isinstance(value, list | tuple):
        raise DatasetError(
            f"the pickle holds {described(value)}, not annotations",
            where=str(path),
            hint="An annotation pickle is a list of annotations, or "
            "{'split': ..., 'annotations': [...]}.",
        )
    name_layouts(value, str(path))
    texts = _Texts(file, path)
    ids = _ids(value, texts, path)
    own_names = _label_names(names, texts)
    annotations, label_names = numbered(value, own_names, texts.of, str(path))
    unused = [] if own_names or not names else [_LABEL_NAMES]
    named = _splits(splits, texts, path)
    places = _Places(ids)
    return Contents(
        file=file,
        annotations=annotations,
        ids=ids,
        splits={split: places.of(names) for split, names in named.items()},
        unknown={
            split: absent for split, names in named.items() if (absent := places.not_in(names))
        },
        labels=_labels(annotations),
        sizes=_sizes(annotations),
        label_names=label_names,
        passed_over=[*unused, *_passed_over(annotations)],
    )


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of an array, or of nested lists by their first elements.

    Parameters
    ----------
    value : Any
        A value of an annotation.

    Returns
    -------
    tuple of int
        At most four axes of lists; empty where it is neither.
    """
    sizes: tuple[int, ...] = ()
    while isinstance(value, list | tuple) and value and len(sizes) < 4:
        sizes += (len(value),)
        value = value[0]
    return sizes + value.shape if isinstance(value, LazyArray | np.ndarray) else sizes


class _Texts:
    """The texts of a pickle, those too that `read_pickle` leaves in the file."""

    def __init__(self, file: PinnedFile, path: Path) -> None:
        self._file = file
        self._where = str(path)
        self._budget = Budget(file.size)
        self._known: dict[Span, str | Span] = {}

    def of(self, value: Any) -> Any:
        if type(value) is str:
            return value
        if isinstance(value, bytes):
            with suppress(UnicodeDecodeError):
                return value.decode("utf-8")
        if not isinstance(value, Span) or value.length > _LONGEST_TEXT:
            return value
        if value not in self._known:
            self._known[value] = self._read(value)
        return self._known[value]

    def list_of(self, value: Any) -> list[Any] | None:
        """Return the members of a list, or of what may stand for one; None for anything else."""
        if isinstance(value, set | frozenset):
            return sorted(value, key=str)  # a set's own order is another in each process
        if isinstance(value, LazyArray) and len(value.shape) == 1:
            value = value.data if isinstance(value.data, list) else self._from_array(value)
        return [self.of(item) for item in value] if isinstance(value, list | tuple) else None

    def _from_array(self, array: LazyArray) -> list[str] | None:
        if np.dtype(array.dtype).kind not in "SU":
            return None
        if not self._budget.take(array.size + _TEXT * array.shape[0]):
            raise DatasetError(self._budget.reason, where=self._where)
        try:
            with self._file.buffered() as file:
                found = array.load(file)
            names: list[str] = (_decoded(found) if found.dtype.kind == "S" else found).tolist()
        except ValueError:  # no characters
            return None
        except OSError as error:
            raise DatasetError(
                f"it cannot be read: {reason_of(error)}", where=self._where
            ) from error
        return names

    def _read(self, span: Span) -> str | Span:
        raw = self._file.raw()
        raw.seek(span.offset)
        content = raw.read(span.length) or b""
        try:
            return content.decode("utf-8" if span.text else "latin-1", "surrogatepass")
        except UnicodeDecodeError:
            return span


class _Places:
    """Where the annotation of an id is, or the annotations."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        self._all: dict[str, list[int]] = {}
        if len(self._first) < len(ids):
            for place, name in enumerate(ids):
                self._all.setdefault(name, []).append(place)

    def of(self, names: Sequence[str]) -> list[int]:
        """Return the positions of names; all of them for an id that several annotations have."""
        if not self._all:
            return [self._first[name] for name in names if name in self._first]
        # An id a million times in both would be a million times a million positions: all of its
        # annotations are there once, and then the first.
        seen: set[str] = set()
        places: list[int] = []
        for name in names:
            found = self._all.get(name, ())
            places += found[:1] if name in seen else found
            seen.add(name)
        return places

    def not_in(self, names: Sequence[str]) -> list[str]:
        """Return the names that no annotation has."""
        return [name for name in names if name not in self._first]


def _decoded(texts: Array) -> Array:
    return np.char.decode(texts, "utf-8")


def _ids(annotations: Sequence[Any], texts: _Texts, path: Path) -> list[str]:
    first = annotations[0] if annotations else {}
    key = "filename" if isinstance(first, dict) and "filename" in first else "frame_dir"
    ids: list[str] = []
    for annotation in annotations:
        if not isinstance(annotation, dict):
            reason = f"it is {described(annotation)}, not a dict"
        elif key not in annotation:
            reason = f"it has no {key!r}, which would be the clip's id"
        else:
            name = texts.of(annotation[key])
            if isinstance(name, str) and name:
                ids.append(name)
                continue
            reason = f"its {key!r} is {described(name)}, not a name"
        raise DatasetError(reason, where=f"{path}, annotation {len(ids)}")
    return ids


def _splits(splits: Any, texts: _Texts, path: Path) -> dict[str, list[str]]:
    if not isinstance(splits, dict):
        raise DatasetError(f"'split' is {described(splits)}, not a dict", where=str(path))
    if len(splits) > _MAX_SPLITS:
        raise DatasetError(
            f"it has {len(splits):,} splits, and a dataset may have {_MAX_SPLITS:,}",
            where=str(path),
        )
    found: dict[str, list[str]] = {}
    for name, ids in splits.items():
        names = texts.list_of(ids) if isinstance(name, str) else None
        if names is None:
            raise DatasetError(f"the split {name!r} is not a list of names", where=str(path))
        found[name] = names
        for item in names:
            if not isinstance(item, str):
                raise DatasetError(
                    f"the split {name!r} names {described(item)}, not a clip", where=str(path)
                )
    return found


def _label_names(names: Any, texts: _Texts) -> tuple[str, ...]:
    """Return the names of classes; those of another program may be of any form, and are none."""
    if not isinstance(names, list | tuple):
        return ()
    found = tuple(texts.of(name) for name in names)
    return found if all(isinstance(name, str) for name in found) else ()


def _labels(annotations: Iterable[Annotation]) -> list[int | tuple[int, ...] | None]:
    """Return the label of each; None also for one that is none, for which reading is an error."""
    # By the object: a file may refer to one long list of labels in every annotation.
    known: dict[int, int | tuple[int, ...] | None] = {}
    return [
        known[key]
        if (key := id(annotation.get("label"))) in known
        else known.setdefault(key, _label(annotation))
        for annotation in annotations
    ]


def _label(annotation: Annotation) -> int | tuple[int, ...] | None:
    try:
        return label_of(annotation)
    except ValueError:
        return None  # `read` raises the error


def _passed_over(annotations: Iterable[Annotation]) -> list[str]:
    return sorted(
        {
            name
            for annotation in annotations
            for name in annotation.keys() - STANDARD_KEYS
            if isinstance(name, str)
            and not is_field(name, annotation[name])
            # It says where the skeletons of a table are.
            and not (name == "raw_file" and is_compressed(annotation))
        }
    )


def _sizes(annotations: Sequence[Annotation]) -> list[tuple[int, int]] | None:
    keypoints = [annotation.get("keypoint") for annotation in annotations]
    shapes = [one.shape if type(one) is LazyArray else shape_of(one) for one in keypoints]
    if any(len(shape) != 4 for shape in shapes):
        return None
    return [(shape[0], shape[1]) for shape in shapes]
