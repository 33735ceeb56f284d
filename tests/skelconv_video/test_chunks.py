from collections.abc import Iterator
from threading import Event

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import ClipError
from skelconv_video import chunks
from skelconv_video.chunks import Frames, chunked
from skelconv_video.pictures import Converter, Frame, Picture


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


def pictures(count: int) -> Iterator[Picture]:
    """Frames of one gray each, in YUV."""
    for number in range(count):
        frame = av.VideoFrame(64, 48, "gray")
        frame.planes[0].update(bytes([number]) * frame.planes[0].buffer_size)
        yield Converter().picture(frame)


@pytest.mark.parametrize(("most", "times"), [(10**9, 1), (100, 3)])
def test_a_short_clip_is_decoded_once_and_a_long_one_each_time(
    most: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "kept_bytes", lambda: most)
    decoded = 0

    def decode() -> Iterator[Picture]:
        nonlocal decoded
        decoded += 1
        yield from pictures(150)

    clip = Frames(decode)
    looks = [[f[0, 0, 0] for chunk in clip.chunks() for f in chunk] for _ in range(3)]
    assert looks == [list(range(150))] * 3
    assert decoded == times


@given(count=st.integers(1, 90), every=st.integers(1, 40), before=st.booleans())
def test_a_look_at_every_nth_frame_counts_all(count: int, every: int, before: bool) -> None:
    clip = Frames(lambda: pictures(count))
    if before:
        assert sum(1 for _ in clip.look()) == count
    found = [f for chunk in clip.chunks(every) for f in chunk]
    assert [f[0, 0, 0] for f in found] == list(range(0, count, every))
    assert (clip.total, clip.shape) == (count, (48, 64))
    assert all(f.shape == (48, 64, 3) for f in found)


def test_what_decoding_raises_is_raised_after_the_frames_before_it() -> None:
    def decode() -> Iterator[Picture]:
        yield from pictures(70)
        raise ClipError("no more")

    chunks_of_it = Frames(decode).chunks()
    assert len(next(chunks_of_it)) == 64
    with pytest.raises(ClipError, match="no more"):
        next(chunks_of_it)  # the rest is no whole chunk


def test_a_clip_that_comes_next_is_decoded_ahead_up_to_a_bound() -> None:
    decoded = 0
    enough = Event()

    def decode() -> Iterator[Picture]:
        nonlocal decoded
        for picture in pictures(150):
            decoded += 1
            if decoded == 32:
                enough.set()
            yield picture

    clip = Frames(decode)
    assert enough.wait(60)
    assert decoded == 32
    assert [f[0, 0, 0] for chunk in clip.chunks() for f in chunk] == list(range(150))
    assert decoded == 150


def test_what_is_wrong_with_the_clip_that_comes_next_is_raised_when_it_is_looked_at() -> None:
    def decode() -> Iterator[Picture]:
        raise ClipError("it is damaged")
        yield

    clip = Frames(decode)
    with pytest.raises(ClipError, match="it is damaged"):
        next(clip.chunks())
