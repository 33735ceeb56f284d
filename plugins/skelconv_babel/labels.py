"""BABEL's labels and ids: ``(seg_id, (Y1, sid, chunk_n, anntr_id))``, lists of equal length."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from skelconv import DatasetError
from skelconv.files import Budget, open_regular
from skelconv.unpickler import load_all, read_pickle
from skelconv_babel.files import require

# Bytes of an entry beyond its name's characters.
_ENTRY = 200

_UNLABELLED = -1
_COLUMNS = ("seg_id", "Y1", "sid", "chunk_n", "anntr_id")


class Entry(NamedTuple):
    """One segment and one of its labels.

    Attributes
    ----------
    name : str
        Segment, sequence, chunk and annotator, joined by ``_``.
    label : int, optional
        The class; none where the labels are not published.
    fault : str
        What is wrong with its label or id, if anything.
    """

    name: str
    label: int | None
    fault: str = ""


def read_entries(path: Path, classes: int, *, unlabelled: bool = False) -> list[Entry]:
    """Read a part's labels, in the order of its array.

    Parameters
    ----------
    path : Path
        The pickle.
    classes : int
        Labels are below this.
    unlabelled : bool
        Whether the label of a segment may be -1: it is not published.

    Returns
    -------
    list of Entry
        One for each segment. A single wrong label or id is its entry's fault.

    Raises
    ------
    DatasetError
        When it cannot be read, or does not have this form.
    """
    require(path)
    value = read_pickle(path)
    try:
        seg_id, (label, sid, chunk, annotator) = value
        with open_regular(path) as file:
            columns = [
                column.tolist() if isinstance(column, np.ndarray) else list(column)
                for column in load_all([seg_id, label, sid, chunk, annotator], file)
            ]
    except (TypeError, ValueError):
        raise DatasetError(
            "it does not hold (seg_id, (Y1, sid, chunk_n, anntr_id))", where=str(path)
        ) from None
    if len({len(column) for column in columns}) > 1:
        lengths = zip(_COLUMNS, columns, strict=True)
        listed = ", ".join(f"{name} {len(column)}" for name, column in lengths)
        raise DatasetError(f"its lists have different lengths: {listed}", where=str(path))
    # Columns may be one list, and that one text many times.
    budget = Budget(path.stat().st_size)
    entries = []
    for parts in zip(*columns, strict=True):
        if not budget.take(_ENTRY + sum(len(part) for part in parts if type(part) is str)):
            raise DatasetError(budget.reason, where=str(path))
        entries.append(_entry(classes, unlabelled, *parts))
    return entries


def _entry(
    classes: int, unlabelled: bool, seg_id: Any, label: Any, sid: Any, chunk: Any, annotator: Any
) -> Entry:
    parts = {"seg_id": seg_id, "sid": sid, "chunk_n": chunk, "anntr_id": annotator}
    for key, part in parts.items():
        if type(part) is not int and not (type(part) is str and part and part.isprintable()):
            return Entry("", None, f"its {key} is {part!r:.60}, neither a name nor a number")
    name = "_".join(map(str, parts.values()))
    if unlabelled and label == _UNLABELLED:
        return Entry(name, None)
    if type(label) is not int or not 0 <= label < classes:
        return Entry("", None, f"its label is {label!r:.60}, not one of 0 to {classes - 1}")
    return Entry(name, label)
