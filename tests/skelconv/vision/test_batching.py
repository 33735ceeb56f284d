"""Batches, and values that are made ahead."""

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import PluginError
from skelconv.vision import ahead, batches, check_places, filled


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


@given(count=st.integers(0, 100), size=st.integers(1, 40))
def test_fixed_batches_are_full_but_for_the_last_which_is_filled_up(count: int, size: int) -> None:
    values = list(range(count))
    found = list(batches(values, size, fixed=True))
    assert [value for batch in found for value in batch] == values
    assert all(len(batch) == size for batch in found[:-1])
    for batch in found:
        full = filled(batch, size)
        assert len(full) == size
        assert full[: len(batch)] == list(batch)
        assert set(full[len(batch) :]) <= {batch[-1]}


def test_what_a_batch_is_filled_with_is_a_copy() -> None:
    first, second = filled([[1]], 2)
    first.append(2)
    assert second == [1]


def test_answers_that_differ_by_place_are_refused() -> None:
    one = np.array([1, np.nextafter(1, 2)], np.float32)
    check_places([one] * 3)
    other = np.nextafter(one, np.float32(2))
    with pytest.raises(PluginError, match="depends on the place in a batch of 3"):
        check_places([one, one, other])
