"""Batches, and preparing the next one while this one is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from typing import TypeVar

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.errors import PluginError

T = TypeVar("T")


def batches(values: Sequence[T], size: int, *, fixed: bool = False) -> Iterator[Sequence[T]]:
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
    fixed : bool
        Whether what is left is one batch, which `filled` fills up.

    Yields
    ------
    sequence
        The values, in their order.
    """
    start = 0
    while left := len(values) - start:
        count = min(size, left)
        if count < size and not fixed:
            count = 1 << (left.bit_length() - 1)
        yield values[start : start + count]
        start += count


def filled(values: Sequence[T], size: int) -> list[T]:
    """Fill a batch up with its last value.

    Libraries choose their algorithms, and with them the last bits of results, by the shape of a
    batch. With one shape they are the same whatever else is in it, if they are the same at each
    place, which `check_places` checks.

    Parameters
    ----------
    values : sequence
        At least one value.
    size : int
        How many values are in a full batch.

    Returns
    -------
    list
        The values, and copies of the last one.
    """
    missing = size - len(values)
    return [*values, *(deepcopy(values[-1]) for _ in range(missing))]


def check_places(answers: Sequence[Array]) -> None:
    """Check that a model gives the same bits at each place of a batch, as most shapes do.

    Parameters
    ----------
    answers : sequence of ndarray
        What it gave for a batch that is one value at each place.

    Raises
    ------
    PluginError
        When they are not all the same.
    """
    if not all(np.array_equal(answers[0], answer) for answer in answers):
        raise PluginError(
            f"fixed_batch: here, what the model gives depends on the place in a batch of "
            f"{len(answers)}",
            hint="another `batch`, such as 8 or 32, may do; or leave `fixed_batch` out",
        )


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
        # Not waited for: the garbage collector may run this in any thread, under any lock.
        thread.shutdown(wait=False, cancel_futures=True)
