"""Reads an annotation pickle, in any of its forms; its arrays stay in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from skelconv import DatasetError
from skelconv.unpickler import described, read_pickle

Annotation: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """The annotations of a pickle.

    Attributes
    ----------
    path : Path
        The file.
    size, mtime_ns : int
        Its size and time of change, to check later that it is still the same.
    annotations : sequence of mapping
        As they are in the file; arrays are `LazyArray`.
    ids : sequence of str
        The id of each: its ``filename`` or, without one, its ``frame_dir``, as MMAction2 and PYSKL
        look it up in a split.
    splits : mapping of str to sequence of str
        Ids by split; empty for a bare list.
    """

    path: Path
    size: int
    mtime_ns: int
    annotations: Sequence[Annotation]
    ids: Sequence[str]
    splits: Mapping[str, Sequence[str]]


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
    value = read_pickle(path)
    status = path.stat()
    splits: Any = {}
    if isinstance(value, dict) and "annotations" in value:
        splits = value.get("split") or {}
        value = value["annotations"]
    elif isinstance(value, dict) and ("keypoint" in value or "frame_inds" in value):
        value = [value]
    if not isinstance(value, list | tuple):
        raise DatasetError(
            f"the pickle holds {described(value)}, not annotations",
            where=str(path),
            hint="An annotation pickle is a list of annotations, or "
            "{'split': ..., 'annotations': [...]}.",
        )
    _check_splits(splits, path)
    return Contents(
        path=path,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        annotations=value,
        ids=_ids(value, path),
        splits=splits,
    )


def _ids(annotations: Sequence[Any], path: Path) -> list[str]:
    first = annotations[0] if annotations else {}
    key = "filename" if isinstance(first, dict) and "filename" in first else "frame_dir"
    ids = []
    for index, annotation in enumerate(annotations):
        where = f"{path}, annotation {index}"
        if not isinstance(annotation, dict):
            raise DatasetError(f"it is {described(annotation)}, not a dict", where=where)
        if key not in annotation:
            raise DatasetError(f"it has no {key!r}, which would be the clip's id", where=where)
        name = annotation[key]
        if not isinstance(name, str) or not name:
            raise DatasetError(f"its {key!r} is {described(name)}, not a name", where=where)
        ids.append(name)
    return ids


def _check_splits(splits: Any, path: Path) -> None:
    if not isinstance(splits, dict):
        raise DatasetError(f"'split' is {described(splits)}, not a dict", where=str(path))
    for name, ids in splits.items():
        if not isinstance(name, str) or not isinstance(ids, list | tuple):
            raise DatasetError(f"the split {name!r} is not a list of names", where=str(path))
        for item in ids:
            if not isinstance(item, str):
                raise DatasetError(
                    f"the split {name!r} names {described(item)}, not a clip", where=str(path)
                )
