"""Batches, and preparing the next one while this one is in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def batches(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into batches of one size, and what is left into powers of two.

    A GPU's libraries choose their algorithms by the shapes, and some shapes are slow: PyTorch in
    single precision takes four times as long for a frame in a batch of 5 as for one in a batch of
    8 or of 1 (Faster R-CNN, NVIDIA H200). So the shapes are few and usual.

    Parameters
    ----------
    values : sequence
        What to cut.
    size : int
        How many values are in a batch, at most.

    Yields
    ------
    sequence
        The values, in their order.
    """
    start = 0
    while left := len(values) - start:
        count = size if left >= size else 1 << (left.bit_length() - 1)
        yield values[start : start + count]
        start += count


def ahead(values: Iterator[T]) -> Iterator[T]:
    """Give the same values, each made in a thread while the one before it is in use.

    At most one value is made ahead. An exception while it is made is raised when it is its turn.
    When the iterator is closed early, the thread ends as soon as the current value is made.

    Parameters
    ----------
    values : iterator
        Is used from that thread alone. None of its values is None.

    Yields
    ------
    object
        The values, in their order.
    """
    with ThreadPoolExecutor(1, "skelconv-ahead") as thread:
        coming = thread.submit(next, values, None)
        while (value := coming.result()) is not None:
            coming = thread.submit(next, values, None)
            yield value
