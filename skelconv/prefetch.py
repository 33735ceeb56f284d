"""Batches, and work on the next while this one is in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def batches(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into batches of one size, and what is left into powers of two.

    A GPU's libraries choose how to compute by the shapes, and do badly by some: PyTorch in single
    precision takes four times as long for a frame among 5 as for one among 8 or alone (Faster
    R-CNN, NVIDIA H200). So there are few shapes, and usual ones.
    """
    start = 0
    while left := len(values) - start:
        count = size if left >= size else 1 << (left.bit_length() - 1)
        yield values[start : start + count]
        start += count


def ahead(values: Iterator[T]) -> Iterator[T]:
    """Give the same values, the next one being made in a thread meanwhile.

    One value at most is ahead. What making it raises is raised when it is its turn. Left early,
    it ends the thread as soon as the value in work is made.

    Parameters
    ----------
    values : iterator
        Is used from that thread alone. None of its values is None.
    """
    with ThreadPoolExecutor(1, "skelconv-ahead") as thread:
        coming = thread.submit(next, values, None)
        while (value := coming.result()) is not None:
            coming = thread.submit(next, values, None)
            yield value
