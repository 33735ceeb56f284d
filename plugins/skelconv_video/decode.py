"""Frames of a video, one after the other, as PyAV decodes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from skelconv import ClipError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Frame = npt.NDArray[np.uint8]
"""A frame, (H, W, 3), RGB."""

_MAX_SIDE = 16_384
_SEEK_BEYOND_SECONDS = 2
# Headers of old AVI files count frames that were never stored.
_FRAMES_AMISS = 2
_SECONDS_AMISS = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a video is decoded.

    Attributes
    ----------
    fps : float, optional
        Frames a second: at each of the times 0, 1/fps, 2/fps, ... the frame that is shown then.
        By default every frame as it is stored.
    stride : int
        Of these frames every so manyth.
    damaged : {"refuse", "keep"}
        What becomes of a video with frames that cannot be decoded, or that ends early.
    threads : int
        Of the decoder; 0 is one a core. The frames are the same.
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
    """Decode a clip, holding one frame at a time.

    Frames come as they are to be seen: turned as the video says, whatever its pixel format.

    Parameters
    ----------
    path : str
        The file.
    cut : Cut
        The part that is wanted.
    how : Decoding
        What to make of it.

    Yields
    ------
    ndarray of shape (H, W, 3)
        RGB, uint8; all of one size.

    Raises
    ------
    ClipError
        When the file is no video, is damaged, or has no frame in the part that is wanted.
    """
    with _opened(path) as container:
        stream = _video_stream(container, path)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = how.threads
        timed = _cut(_Timed(container, stream, path, how, cut), cut)
        if how.fps is not None:
            timed = _at_rate(timed, Fraction(how.fps).limit_denominator(1_000_000))
        count = 0
        convert = _Converter(path)
        for index, (frame, _, _) in enumerate(timed):
            if index % how.stride == 0:
                yield convert(frame)
                count += 1
        if not count:
            raise ClipError(_nothing(cut), path=path)


@contextmanager
def _opened(path: str) -> Iterator[InputContainer]:
    try:
        # Only a file: FFmpeg would take a name for a URL, or a playlist for a list of URLs.
        with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
            yield container
    except av.FFmpegError as error:
        reason = {
            av.InvalidDataError: "it is no video, or its beginning or index is damaged",
            av.EOFError: "it is empty or ends in its header",
        }.get(type(error), f"it cannot be decoded: {error.strerror}")
        raise ClipError(reason, path=path) from error


def _video_stream(container: InputContainer, path: str) -> VideoStream:
    pictures = av.stream.Disposition.attached_pic
    streams = [s for s in container.streams.video if not s.disposition & pictures]
    if not streams:
        kinds = sorted({stream.type for stream in container.streams})
        raise ClipError(f"it has no video in it, only {', '.join(kinds) or 'nothing'}", path=path)
    stream = streams[0]
    if stream.codec_context is None:
        raise ClipError("its video is of a codec that is not known", path=path)
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > _MAX_SIDE:
        raise ClipError(
            f"its frames of {width} x {height} are beyond {_MAX_SIDE} pixels a side", path=path
        )
    return stream


_TimedFrame = tuple["VideoFrame", Fraction, Fraction]
"""A frame, and when it is shown: from and until, in seconds from the first frame."""


class _Timed:
    """The frames of a stream, from where a cut begins, in the order in which they are shown."""

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        path: str,
        how: Decoding,
        cut: Cut,
    ) -> None:
        self._container = container
        self._stream = stream
        self._path = path
        self._strict = how.damaged == "refuse"
        self._whole = cut.whole
        self._seek(cut.start or 0)

    def _seek(self, seconds: float) -> None:
        base = self._stream.time_base
        if seconds > _SEEK_BEYOND_SECONDS and base is not None:
            # To a moment before, for containers are not exact in this.
            target = int((seconds - 1) / base) + (self._stream.start_time or 0)
            self._container.seek(target, stream=self._stream, backward=True)

    def __iter__(self) -> Iterator[_TimedFrame]:
        base = self._stream.time_base or Fraction(1, 1000)
        rate = self._stream.average_rate or self._stream.guessed_rate
        step = 1 / rate if rate else Fraction(1, 25)
        begin = None if self._stream.start_time is None else self._stream.start_time * base
        count, until = 0, Fraction(0)
        for frame in self._frames():
            time = until if frame.pts is None else frame.pts * (frame.time_base or base)
            if begin is None:
                begin = time
            time = max(time - begin, Fraction(0)) if frame.pts is not None else until
            duration = (frame.duration or 0) * (frame.time_base or base) or step
            until = time + duration
            count += 1
            yield frame, time, until
        if self._strict and self._whole:
            self._check_end(count, until)

    def _frames(self) -> Iterator[VideoFrame]:
        count = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except av.EOFError:
                return
            except av.FFmpegError as error:
                self._damage(f"cannot be decoded after frame {count}: {error.strerror}")
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._damage(f"is damaged at frame {count}")
                count += 1
                yield frame

    def _damage(self, what: str) -> None:
        if self._strict:
            raise ClipError(f"it {what}; 'damaged: keep' takes what there is", path=self._path)

    def _check_end(self, count: int, until: Fraction) -> None:
        declared = self._stream.frames
        if declared - count > _FRAMES_AMISS:
            self._damage(f"ends early: {count} of its {declared} frames are there")
        elif not declared and self._container.duration and len(self._container.streams) == 1:
            duration = Fraction(self._container.duration, av.time_base)
            if duration - until > _SECONDS_AMISS:
                self._damage(
                    f"ends early: {float(until):.2f} of its {float(duration):.2f} s are there"
                )


def _cut(frames: Iterable[_TimedFrame], cut: Cut) -> Iterator[_TimedFrame]:
    start = Fraction(cut.start or 0)
    # Times are multiples of a container's tick, and 1.2 s may be stored as 1.2002.
    slack = Fraction(1, 2000)
    for index, (frame, time, until) in enumerate(frames):
        if cut.last is not None and index > cut.last:
            return
        if cut.end is not None and time + slack >= Fraction(cut.end):
            return
        if (cut.first is None or index >= cut.first) and time + slack >= start:
            yield frame, time - start, until - start


def _at_rate(frames: Iterable[_TimedFrame], fps: Fraction) -> Iterator[_TimedFrame]:
    """Give the frame that is shown at each multiple of 1/fps; the first one may come late."""
    shown: _TimedFrame | None = None
    origin = Fraction(0)
    number = 0
    for current in frames:
        if shown is None:
            origin = current[1]
        else:
            while number / fps < current[1] - origin:
                yield shown
                number += 1
        shown = current
    while shown is not None and number / fps < shown[2] - origin:
        yield shown
        number += 1


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
        return f"it has no frame from {cut.first or 0} to {cut.last}"
    end = "its end" if cut.end is None else f"{cut.end:g} s"
    return f"it has no frame from {cut.start or 0:g} s to {end}"
