from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_video import chunks
from skelconv_video.chunks import Frames, chunked
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
    # Batches of 8 are not cut, where as many fit.
    assert all(len(chunk) % 8 == 0 or len(chunk) < 8 for chunk in found[:-1])


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
