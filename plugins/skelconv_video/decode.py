"""Frames of a video, one after the other, as PyAV decodes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from skelconv import ClipError
from skelconv_video.reading import opened, video_stream
from skelconv_video.timing import SLACK, Timed, TimedFrame, at_rate

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Frame = npt.NDArray[np.uint8]
"""A frame, (H, W, 3), RGB."""

# Decoders that give damaged frames without an error, and different ones when they decode several
# frames at once, VP8 also when it decodes slices of one. VP8 has packets that give no frame, too.
_BY_SLICES = {"ffv1"}
_ALONE = {"vp8"}


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a video is decoded.

    Attributes
    ----------
    fps : float, optional
        Frames per second: at each of the times 0, 1/fps, 2/fps, ... the frame that is displayed
        then. By default every frame as it is stored.
    stride : int
        Every n-th of these frames.
    damaged : {"refuse", "keep"}
        What to do with a video that ends early or has frames that cannot be decoded.
    threads : int
        Of the decoder; 0 is one per core. The frames and errors are the same: where anything looks
        wrong, the video is decoded again by one thread, and its result counts.
    """

    fps: float | None = None
    stride: int = 1
    damaged: Literal["refuse", "keep"] = "refuse"
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a video is a clip.

    Attributes
    ----------
    start, end : float, optional
        Seconds from the first frame: frames from `start` to before `end`.
    first, last : int, optional
        Numbers of frames as they are stored, from 0, both in the clip.
    """

    start: float | None = None
    end: float | None = None
    first: int | None = None
    last: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it is all of the video."""
        return self == Cut()


def decode(path: str, cut: Cut, how: Decoding) -> Iterator[Frame]:
    """Decode a clip, with one frame in memory at a time.

    Frames are as they are displayed: rotated as the video declares, whatever its pixel format.

    Parameters
    ----------
    path : str
        The file.
    cut : Cut
        The part that is the clip.
    how : Decoding
        How it is decoded.

    Yields
    ------
    ndarray of shape (H, W, 3)
        RGB, uint8; all of one size.

    Raises
    ------
    ClipError
        When the file is not a video, is damaged, or does not have these frames.
    """
    given = 0
    if how.threads != 1:
        # Where a video is damaged, threads that decode several frames at once lose other frames
        # than one thread, and notice it in other places. Before that they give the same.
        try:
            for frame in _decode(path, cut, how, quick=True):
                yield frame
                given += 1
        except ClipError:
            pass
        else:
            return
    yield from islice(_decode(path, cut, how, quick=False), given, None)


def _decode(path: str, cut: Cut, how: Decoding, *, quick: bool) -> Iterator[Frame]:
    """Decode a clip by one thread; or by several, with an error for all that may be damage."""
    with opened(path) as container:
        stream = video_stream(container, path)
        codec = stream.codec_context.name
        quick = quick and codec not in _ALONE
        stream.thread_type = "SLICE" if codec in _BY_SLICES else "AUTO"
        stream.codec_context.thread_count = how.threads if quick else 1
        if quick:
            # Otherwise damage of a frame may be known only after it was given.
            stream.codec_context.options = {"err_detect": "explode"}
        video = Timed(
            container,
            stream,
            path,
            strict=quick or how.damaged == "refuse",
            start=cut.start,
            by_time=(how.fps, cut.start, cut.end) != (None, None, None),
            every=quick,
        )
        timed = _cut(video, cut, path)
        if how.fps is not None:
            timed = at_rate(timed, Fraction(how.fps).limit_denominator(1_000_000))
        count = 0
        convert = _Converter(path)
        for index, (frame, _, _) in enumerate(timed):
            if index % how.stride == 0:
                yield convert(frame)
                count += 1
        if not count:
            raise ClipError(_nothing(cut), path=path)


def _cut(video: Timed, cut: Cut, path: str) -> Iterator[TimedFrame]:
    start = Fraction(cut.start or 0)
    end = None if cut.end is None else Fraction(cut.end)
    count = 0
    for frame in video:
        if end is not None and frame.time + SLACK >= end:
            return
        if (cut.first is None or count >= cut.first) and frame.time + SLACK >= start:
            yield frame if end is None else frame._replace(until=min(frame.until, end))
        if count == cut.last:
            return
        count += 1
    video.check_end(cut.end)
    if cut.last is not None and not video.damaged:
        what = f"the clip ends with frame {cut.last}, and the video has {count}, numbered from 0"
        raise ClipError(f"{what}: correct the list", path=path)


class _Converter:
    """Turns decoded frames into arrays, all of one size."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._reformatter = VideoReformatter()
        self._shape: tuple[int, ...] | None = None

    def __call__(self, frame: VideoFrame) -> Frame:
        image = np.asarray(self._reformatter.reformat(frame, format="rgb24").to_ndarray(), np.uint8)
        quarters, rest = divmod(frame.rotation, 90)
        if quarters % 4 and not rest:
            image = np.ascontiguousarray(np.rot90(image, quarters))
        if self._shape is None:
            self._shape = image.shape
        elif image.shape != self._shape:
            old, new = (f"{s[1]} x {s[0]}" for s in (self._shape, image.shape))
            raise ClipError(f"its frames change from {old} to {new} pixels", path=self._path)
        return image


def _nothing(cut: Cut) -> str:
    if cut.whole:
        return "it has no frame"
    if cut.first is not None or cut.last is not None:
        last = "its end" if cut.last is None else cut.last
        return f"it has no frame from number {cut.first or 0} to {last}"
    end = "its end" if cut.end is None else f"{cut.end:g} s"
    return f"it has no frame from {cut.start or 0:g} s to {end}"
