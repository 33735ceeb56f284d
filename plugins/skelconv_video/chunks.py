"""Frames in chunks: decoded ahead in a thread, and kept for a second pass if they are few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from skelconv.vision import ahead
from skelconv_video.decode import Frame

CHUNK_FRAMES = 64
CHUNK_BYTES = 128 * 2**20
# Models take frames in batches, mostly of 8, which the end of a chunk should not cut.
_MULTIPLE = 8
KEPT_BYTES = 256 * 2**20


class Frames:
    """The frames of a clip in chunks, as often as they are iterated.

    Memory does not grow with the clip: one that is too long to be kept is decoded again.

    Parameters
    ----------
    decode : callable
        Returns the frames, the same each time.
    """

    def __init__(self, decode: Callable[[], Iterator[Frame]]) -> None:
        self._decode = decode
        self._kept: list[list[Frame]] | None = None

    def __iter__(self) -> Iterator[list[Frame]]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[list[Frame]] = []
        size = 0
        for chunk in ahead(chunked(self._decode())):
            size += sum(frame.nbytes for frame in chunk)
            if size <= KEPT_BYTES:
                kept.append(chunk)
            else:
                kept.clear()
            yield chunk
        if size <= KEPT_BYTES:
            self._kept = kept


def chunked(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    """Gather frames in lists of bounded length and size, which depend only on the frames.

    Parameters
    ----------
    frames : iterable of ndarray of shape (H, W, 3)
        The frames.

    Yields
    ------
    list of ndarray of shape (H, W, 3)
        The next frames.
    """
    chunk: list[Frame] = []
    for frame in frames:
        chunk.append(frame)
        most = max(1, min(CHUNK_FRAMES, CHUNK_BYTES // frame.nbytes))
        if len(chunk) == (most // _MULTIPLE * _MULTIPLE or most):
            yield chunk
            chunk = []
    if chunk:
        yield chunk
