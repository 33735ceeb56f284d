from collections.abc import Iterator

import pytest

from skelconv import ahead


def test_frames_are_made_one_ahead_and_no_further() -> None:
    made = 0

    def make() -> Iterator[int]:
        nonlocal made
        for value in range(100):
            made += 1
            yield value

    reader = ahead(make())
    for value in range(5):
        assert next(reader) == value
    reader.close()
    assert made <= 6 + 1


def test_what_making_raises_is_raised_where_it_is_read() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    reader = ahead(make())
    assert next(reader) == 1
    with pytest.raises(ValueError, match="no more"):
        next(reader)
