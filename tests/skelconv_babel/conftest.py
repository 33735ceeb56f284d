"""What the tests of the BABEL plugin share."""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# A segment's seg_id, Y1, sid, chunk_n and anntr_id.
Row = tuple[Any, Any, Any, Any, Any]

ROWS: list[Row] = [
    ("1f-a", 0, 7, 0, "ann-1"),
    ("1f-a", 3, 7, 0, "ann-1"),
    ("1f-a", 0, 7, 1, "ann-1"),
    ("2e-b", 59, 12, 0, "ann-2"),
]
# As BABEL has it, the first two are one segment with two actions.
SAME = {1: 0}


def _segments(count: int, same: dict[int, int] = SAME, dtype: str = "<f8") -> Any:
    x = np.random.default_rng(count).normal(size=(count, 3, 150, 25, 1)).astype(dtype)
    for row, other in same.items():
        x[row] = x[other]
    return x


def _columns(rows: Sequence[Row]) -> Any:
    seg_id, *others = ([row[i] for row in rows] for i in range(5))
    return seg_id, tuple(others)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a part of the dataset, and return its folder."""

    def make(
        part: str = "train",
        rows: Sequence[Row] = ROWS,
        x: Any = None,
        *,
        classes: int = 60,
        labels: Any = None,
        extra: bool = False,
    ) -> Path:
        infix = "_extra" if extra else ""
        x = _segments(len(rows)) if x is None else x
        np.save(tmp_path / f"{part}{infix}_ntu_sk_{classes}.npy", x)
        content = pickle.dumps(_columns(rows) if labels is None else labels)
        (tmp_path / f"{part}{infix}_label_{classes}.pkl").write_bytes(content)
        return tmp_path

    return make


@pytest.fixture
def rows() -> list[Row]:
    """A train part: a segment of two actions, its second chunk, and another sequence."""
    return list(ROWS)


@pytest.fixture(scope="session")
def segments() -> Callable[..., Any]:
    """Make joints of BABEL's shape; `same` has rows that are equal to others."""
    return _segments


@pytest.fixture(scope="session")
def columns() -> Callable[..., Any]:
    """Put rows into the form of the label files."""
    return _columns
