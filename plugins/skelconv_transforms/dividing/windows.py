"""Windows that slide over a clip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from skelconv import Clip, ClipDropped
from skelconv_transforms.dividing.naming import frames_named
from skelconv_transforms.frames import pad


class Windows:
    """Gives the windows of a clip, ``ID@000120-000184`` for frames 120 to 183.

    Parameters
    ----------
    length : int
        The number of frames of a window.
    stride : int, optional
        The number of frames between the starts of two; by default `length`.
    tail : {"drop", "pad", "keep"}
        What becomes of the frames behind the last whole window.
    """

    def __init__(
        self, *, length: int, stride: int | None, tail: Literal["drop", "pad", "keep"]
    ) -> None:
        self._length = length
        self._stride = stride or length
        self._tail = tail

    def divide(self, clip: Clip) -> Iterator[Clip]:
        """Give the windows, the first one first.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        Clip
            A window, of the same people. With ``pad`` the id of the last one has its frames that
            are in the clip.

        Raises
        ------
        ClipDropped
            When there is none.
        """
        length, total = self._length, clip.total_frames
        if not total:
            raise ClipDropped("it has no frames")
        if total < length and self._tail == "drop":
            raise ClipDropped(f"it has fewer frames than a window of {length}")
        start = end = 0
        while start + length <= total:
            end = start + length
            yield _window(clip, start, end)
            start += self._stride
        if end < total and start < total and self._tail != "drop":
            last = _window(clip, start, total)
            yield last if self._tail == "keep" else pad(last, length=length, mode="zero")


def _window(clip: Clip, start: int, end: int) -> Clip:
    return clip.take("T", slice(start, end)).replace(id=frames_named(clip.id, start, end))
