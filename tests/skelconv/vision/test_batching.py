"""Batches, and values that are made ahead."""

from collections.abc import Iterator
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.vision import ahead, batches


@pytest.mark.parametrize("depth", [1, 4])
def test_frames_are_made_some_ahead_and_no_further(depth: int) -> None:
    made = 0

    def make() -> Iterator[int]:
        nonlocal made
        for value in range(100):
            made += 1
            yield value

    reader = ahead(make(), depth)
    for value in range(5):
        assert next(reader) == value
    reader.close()
    assert 5 <= made <= 5 + depth


def test_the_thread_begins_before_anything_is_read() -> None:
    begun = Event()

    def make() -> Iterator[int]:
        begun.set()
        yield 1

    reader = ahead(make())
    assert begun.wait(60)
    assert list(reader) == [1]


def test_what_making_raises_is_raised_where_it_is_read() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    reader = ahead(make())
    assert next(reader) == 1
    with pytest.raises(ValueError, match="no more"):
        next(reader)


@given(st.integers(0, 200), st.integers(1, 40))
def test_batches_are_whole_or_powers_of_two(count: int, size: int) -> None:
    found = list(batches(range(count), size))
    assert [value for batch in found for value in batch] == list(range(count))
    lengths = [len(batch) for batch in found]
    assert lengths[: count // size] == [size] * (count // size)
    # What is left, in binary.
    assert sum(lengths[count // size :]) == count % size
    rest = lengths[count // size :]
    assert all(length & (length - 1) == 0 for length in rest)
    assert rest == sorted(set(rest), reverse=True)
