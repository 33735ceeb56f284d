"""The reader `npy`: data.npy with label.pkl, as ST-GCN and its kin read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from skelconv import DatasetError
from skelconv.files import open_regular
from skelconv.unpickler import load_all, read_pickle
from skelconv_arrays.labels import labels_in
from skelconv_arrays.npy_files import PartFiles, part_files
from skelconv_arrays.stacks import Stack, StackReader, named, shape_of
from skelconv_arrays.stored_array import InMemory, open_npy

# What names of clips end in where they are those of the files that they were made from.
_ENDINGS: Final = (".skeleton", ".json")


def open_dataset(
    path: str, *, layout: str | None = None, channels: str | None = None
) -> StackReader:
    """Open a dataset.

    Parameters
    ----------
    path : str
        A folder, or one array in it.
    layout, channels : str, optional
        See `skelconv_arrays.stacks.shape_of`.

    Returns
    -------
    StackReader
        The dataset; its parts are those that the names of files begin with.

    Raises
    ------
    DatasetError
        When a file is not there, damaged, or does not fit the others.
    """
    stacks, shapes = [], set()
    for files in part_files(path):
        rows = open_npy(files.data)
        if len(rows.shape) != 5:
            raise DatasetError(f"its shape is {rows.shape}, not (N, C, T, V, M)", where=files.data)
        shapes.add(shape_of(rows, files.data, layout=layout, channels=channels))
        names, labels = _names_and_labels(files)
        if len(labels) != rows.shape[0]:
            raise DatasetError(
                f"it has {len(labels)} labels, and {files.data} {rows.shape[0]} clips",
                where=files.labels,
            )
        ids = named(files.part, len(labels)) if names is None else names
        stacks.append(Stack(files.part, rows, labels, ids, _frames(files, len(labels))))
    if len(shapes) > 1:
        raise DatasetError("its parts have different joints, persons or channels", where=path)
    return StackReader(stacks, shapes.pop())


def _names_and_labels(
    files: PartFiles,
) -> tuple[list[str] | None, list[int | tuple[int, ...] | None]]:
    """Read ``(names, labels)``, or labels alone."""
    content = _loaded(files.labels)
    names = None
    if isinstance(content, (list, tuple)) and len(content) == 2 and _is_column(content[0]):
        names, content = content
    if not _is_column(content):
        raise DatasetError("it does not hold (names, labels)", where=files.labels)
    try:
        labels = labels_in(InMemory(np.asarray(content)), files.labels)
    except ValueError as error:
        raise DatasetError("its labels are not numbers", where=files.labels) from error
    if names is None:
        return None, labels
    names = names.tolist() if isinstance(names, np.ndarray) else list(names)
    if len(names) != len(labels) or not all(type(name) is str for name in names):
        raise DatasetError(
            f"it has {len(names)} names, which are not as many texts as its {len(labels)} labels",
            where=files.labels,
        )
    for ending in _ENDINGS:
        if all(name.endswith(ending) for name in names):
            names = [name.removesuffix(ending) for name in names]
    return names, labels


def _loaded(path: str) -> Any:
    value = read_pickle(Path(path))
    try:
        with open_regular(path) as file:
            return load_all(value, file)
    except ValueError as error:
        raise DatasetError(str(error), where=path) from error


def _is_column(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _frames(files: PartFiles, count: int) -> np.ndarray[Any, Any] | None:
    if files.frames is None:
        return None
    rows = open_npy(files.frames)
    frames = rows.read(0, rows.shape[0]) if len(rows.shape) == 1 else np.zeros(0)
    if len(frames) != count or frames.dtype.kind not in "iu":
        raise DatasetError(f"it is not {count} whole numbers of frames", where=files.frames)
    return frames
