"""The reader `npz`: x_train, y_train, x_test and y_test in one archive.

CTR-GCN's ``data/ntu/seq_transformation.py`` (Uason-Chen/CTR-GCN) writes it, and its feeder, and
those of InfoGCN and many others, read it. ``x`` is (N, T, M * V * C), for NTU (N, 300, 150).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from skelconv import Array, DatasetError
from skelconv_arrays.labels import labels_in
from skelconv_arrays.npz_archive import open_npz
from skelconv_arrays.stacks import Stack, StackReader, named, read_ids, shape_of
from skelconv_arrays.stored_array import Rows


def open_dataset(
    path: str,
    *,
    layout: str | None = None,
    channels: str | None = None,
    persons: int | None = None,
    ids: str | None = None,
) -> StackReader:
    """Open an archive.

    Parameters
    ----------
    path : str
        The file.
    layout, channels, persons : optional
        See `skelconv_arrays.stacks.shape_of`.
    ids : str, optional
        A text file with the ids of the clips, one in a line, part after part.

    Returns
    -------
    StackReader
        The dataset; its parts are those of the archive, such as train and test.

    Raises
    ------
    DatasetError
        When it is not an archive of this form.
    """
    arrays = open_npz(path)
    parts = [name.removeprefix("x_") for name in arrays if name.startswith("x_")]
    if not parts or any(f"y_{part}" not in arrays for part in parts):
        names = ", ".join(arrays) or "nothing"
        raise DatasetError(f"it holds {names}, not x_train, y_train, x_test, y_test", where=path)
    if persons is None and "persons" in arrays:
        persons = _persons(arrays["persons"], path)
    shapes = {
        shape_of(
            arrays[f"x_{part}"],
            f"{path}: x_{part}",
            layout=layout,
            channels=channels,
            persons=persons,
        )
        for part in parts
    }
    if len(shapes) > 1:
        raise DatasetError("its parts have different joints, persons or channels", where=path)
    given = None if ids is None else read_ids(ids)
    stacks = [_stack(part, arrays, path, given) for part in parts]
    if given:
        raise DatasetError(f"it has {len(given)} ids more than there are clips", where=ids)
    return StackReader(stacks, shapes.pop(), _label_names(arrays, path))


def _stack(part: str, arrays: Mapping[str, Rows], path: str, given: list[str] | None) -> Stack:
    rows = arrays[f"x_{part}"]
    labels = labels_in(arrays[f"y_{part}"], f"{path}: y_{part}")
    if len(labels) != rows.shape[0]:
        raise DatasetError(
            f"x_{part} has {rows.shape[0]} clips, and y_{part} {len(labels)}", where=path
        )
    if given is None:
        return Stack(part, rows, labels, named(part, len(labels)))
    if len(given) < len(labels):
        raise DatasetError(f"there are fewer ids than clips, from part {part!r} on", where=path)
    ids = given[: len(labels)]
    del given[: len(labels)]
    return Stack(part, rows, labels, ids)


def _persons(rows: Rows, path: str) -> int:
    """Return how many persons a row has, where the archive says it; trainers do not look at it."""
    value = rows.read(0, 1) if rows.shape == (1,) and rows.dtype.kind == "i" else None
    if value is None or not 0 < value[0] < 10_000:
        raise DatasetError("persons is not a number of persons", where=path)
    return int(value[0])


def _label_names(arrays: Mapping[str, Rows], path: str) -> Sequence[str]:
    names = arrays.get("label_names")
    if names is None:
        return ()
    values = names.read(0, names.shape[0]) if len(names.shape) == 1 else None
    if values is None or values.dtype.kind != "U" or _largest(values) > sys.maxunicode:
        raise DatasetError("label_names is not a list of names", where=path)
    found: list[str] = values.tolist()
    return found


def _largest(texts: Array) -> int:
    """Return the largest number of a character; Python makes no text of what is beyond Unicode."""
    return int(np.ascontiguousarray(texts).view(np.uint32).max(initial=0)) if texts.itemsize else 0
