"""Batches, and preparing the next one while this one is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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


def ahead(values: Iterator[T], depth: int = 1) -> Iterator[T]:
    """Give the same values, each made in a thread while the ones before it are in use.

    The thread begins at once. An exception while a value is made is raised when it is its turn.
    When the iterator is closed early, the thread ends as soon as the current value is made.

    Parameters
    ----------
    values : iterator
        Is used from that thread alone. None of its values is None.
    depth : int
        How many values are made ahead, at most.

    Returns
    -------
    iterator
        The values, in their order.
    """
    thread = ThreadPoolExecutor(1, "skelconv-ahead")
    return _given(thread, values, deque(thread.submit(next, values, None) for _ in range(depth)))


def _given(
    thread: ThreadPoolExecutor, values: Iterator[T], coming: deque[Future[T | None]]
) -> Iterator[T]:
    try:
        while (value := coming.popleft().result()) is not None:
            coming.append(thread.submit(next, values, None))
            yield value
    finally:
        thread.shutdown(cancel_futures=True)
