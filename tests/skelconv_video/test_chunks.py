from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_video import chunks
from skelconv_video.chunks import Frames, ahead, chunked
from skelconv_video.decode import Frame


def frames(count: int, size: int = 4) -> Iterator[Frame]:
    for number in range(count):
        yield np.full((size, size, 3), number % 256, np.uint8)


@given(count=st.integers(0, 300), size=st.integers(1, 40))
def test_chunks_hold_every_frame_in_order_and_no_more_than_they_may(count: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_BYTES", 10_000)
        found = list(chunked(frames(count, size)))
    assert [f[0, 0, 0] for chunk in found for f in chunk] == [n % 256 for n in range(count)]
    for chunk in found:
        assert 1 <= len(chunk) <= chunks.CHUNK_FRAMES
        assert len(chunk) == 1 or sum(f.nbytes for f in chunk) <= 10_000


@pytest.mark.parametrize(("most", "times"), [(10**9, 1), (100, 3)])
def test_a_short_clip_is_decoded_once_and_a_long_one_each_time(
    most: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "KEPT_BYTES", most)
    decoded = 0

    def decode() -> Iterator[Frame]:
        nonlocal decoded
        decoded += 1
        yield from frames(150)

    clip = Frames(decode)
    looks = [[f[0, 0, 0] for chunk in clip for f in chunk] for _ in range(3)]
    assert looks == [list(range(150))] * 3
    assert decoded == times


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
