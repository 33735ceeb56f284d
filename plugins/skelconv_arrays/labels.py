"""Labels as arrays: one number for each clip, or a one in the column of each of its classes."""

from __future__ import annotations

import numpy as np

from skelconv import Array, DatasetError
from skelconv_arrays.stored_array import Rows

_ROWS_AT_ONCE = 8192


def labels_in(rows: Rows, where: str) -> list[int | tuple[int, ...] | None]:
    """Read labels.

    Parameters
    ----------
    rows : Rows
        (N,) whole numbers from 0, or (N, classes) of zeros and ones.
    where : str
        What the array is called in messages.

    Returns
    -------
    list of int, tuple of int or None
        None for a row of zeros, several for one with several ones.

    Raises
    ------
    DatasetError
        When it holds anything else.
    """
    if len(rows.shape) not in {1, 2}:
        raise DatasetError(
            f"its shape is {rows.shape}, not (N,) or (N, classes) of labels", where=where
        )
    labels: list[int | tuple[int, ...] | None] = []
    for start in range(0, rows.shape[0], _ROWS_AT_ONCE):
        values = rows.read(start, start + _ROWS_AT_ONCE)
        if values.dtype.kind not in "biuf":
            raise DatasetError(f"it holds {values.dtype}, not numbers", where=where)
        labels += _numbers(values, where) if values.ndim == 1 else _one_hot(values, where)
    return labels


def _numbers(values: Array, where: str) -> list[int]:
    wrong = ~((values >= 0) & (values == np.trunc(values)) & (values < 2**31))
    if wrong.any():
        raise DatasetError(f"a label is {values[wrong][0]}, not a whole number from 0", where=where)
    found: list[int] = values.astype(np.int64).tolist()
    return found


def _one_hot(values: Array, where: str) -> list[int | tuple[int, ...] | None]:
    if not ((values == 0) | (values == 1)).all():
        raise DatasetError("it holds values that are neither 0 nor 1", where=where)
    rows, columns = np.nonzero(values)
    ends = np.searchsorted(rows, np.arange(len(values) + 1))
    classes = columns.tolist()
    found: list[int | tuple[int, ...] | None] = []
    for start, stop in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        several = tuple(classes[start:stop])
        found.append(several[0] if len(several) == 1 else several or None)
    return found
