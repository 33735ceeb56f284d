"""Work on the next value while this one is in use."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


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
