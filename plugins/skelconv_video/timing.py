"""When the frames of a video are displayed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import av

from skelconv import ClipError
from skelconv_video.pictures import Converter, Picture
from skelconv_video.reading import declared_length, seeks_well, stores_no_times

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

SLACK = Fraction(1, 1000)
"""By how much a frame's time may be off: many containers count in milliseconds."""

_SEEK_BEYOND = 2
# A frame is displayed for at most the declared length of the video, and never for longer than this.
_LONGEST = Fraction(600)
_LONGEST_AT_LEAST = Fraction(10)
# The last frame is displayed for a moment, even where its container has only a tick for it.
_SHORTEST = 4 * SLACK


class TimedFrame(NamedTuple):
    """A frame, and when it is displayed.

    Attributes
    ----------
    picture : callable
        Returns it; None where it is damaged and is to be left out.
    time, until : Fraction
        In seconds, from the first frame of the video.
    """

    picture: Callable[[], Picture | None]
    time: Fraction
    until: Fraction


class Timed:
    """The frames of a video, in the order in which they are displayed, each decoded when needed.

    Parameters
    ----------
    container : InputContainer
        The video.
    stream : VideoStream
        Its pictures.
    path : str
        Its file, for errors.
    strict : bool
        Whether damage is an error, or ignored.
    start : float, optional
        A time from which on frames are needed; some before it come as well.
    by_time : bool
        Whether impossible times are damage, because times are needed.
    every : bool
        Whether a packet that gives no frame is damage. Some are right to give none, so this is
        only a suspicion.
    threads : int
        As of `Converter`.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        path: str,
        *,
        strict: bool,
        start: float | None = None,
        by_time: bool,
        every: bool = False,
        threads: int = 1,
    ) -> None:
        self.damaged = False
        self._container = container
        self._stream = stream
        self._path = path
        self._strict = strict
        self._by_time = by_time
        self._every = every
        self._converter = Converter(path, threads)
        self._base = stream.time_base or Fraction(1, 1000)
        self._length = declared_length(container, stream)
        self._longest = _LONGEST
        if self._length is not None:
            self._longest = min(_LONGEST, max(_LONGEST_AT_LEAST, self._length.seconds))
        # Where there are no times: the places in the file of the frames that are still to come.
        # The first that is displayed has the first place, in whatever order they are decoded.
        self._places: deque[int] | None = deque() if stores_no_times(container) else None
        self._begin: Fraction | None = None
        self._reached = Fraction(0)
        if self._places is None and stream.start_time is not None:
            self._begin = stream.start_time * self._base
            if start is not None and start > _SEEK_BEYOND and seeks_well(container):
                # To a moment before, as containers are not exact in this.
                target = stream.start_time + int((start - 1) / self._base)
                container.seek(target, stream=stream, backward=True)
                self._reached = Fraction(start)

    def check_end(self, end: float | None = None) -> None:
        """Check, after the last frame, that there is none missing before a time.

        Parameters
        ----------
        end : float, optional
            In seconds from the first frame; by default the end that the video declares.

        Raises
        ------
        ClipError
            When frames are missing that the video declares, and damage is an error.
        """
        if self._length is None:
            return
        seconds, tolerance = self._length
        # A clip that ends after the video has all that there is of it.
        due = seconds - tolerance
        if end is not None:
            due = min(due, Fraction(end))
        if self._reached < due:
            where = f"{float(self._reached):.2f} of its {float(seconds):.2f} s"
            self._damage(f"ends early: there is nothing after {where}")

    def __iter__(self) -> Iterator[TimedFrame]:
        rate = self._stream.average_rate or self._stream.guessed_rate
        step = 1 / rate if rate else Fraction(1, 25)
        shown: TimedFrame | None = None
        # Fractions are slow, and most frames stay for as long as the one before.
        known: tuple[int | None, Fraction] = 0, Fraction(0)
        stays = _SHORTEST
        for frame in self._frames():
            base = frame.time_base or self._base
            time = self._time(frame, base, shown)
            if shown is not None:
                yield TimedFrame(shown.picture, shown.time, time)
            if (frame.duration, base) != known:
                known = frame.duration, base
                stays = (frame.duration or 0) * base or step
                if abs(stays - step) < SLACK:
                    stays = step  # the same, but not in ticks
                stays = max(stays, _SHORTEST)
            until = time + stays
            if stays > self._longest:
                self._bad_time(f"{float(time):.2f} s, for {float(stays):.2f} s")
                until = time + _SHORTEST
            shown = TimedFrame(partial(self._converter.picture, frame), time, until)
            if self._places is None:
                self._reached = until
        if shown is not None:
            yield shown

    def _time(self, frame: VideoFrame, base: Fraction, before: TimedFrame | None) -> Fraction:
        """Return when a frame is displayed, in seconds from the first frame."""
        if self._places is not None:
            time = self._places.popleft() * self._base if self._places else None
        else:
            time = None if frame.pts is None else frame.pts * base
        if time is None:
            return Fraction(0) if before is None else before.until
        if self._begin is None:
            self._begin = time
        if self._begin:
            time -= self._begin
        if before is None:
            return max(time, Fraction(0))
        passed = time - before.time
        if not -SLACK <= passed <= self._longest:
            self._bad_time(f"{float(time):.2f} s, after {float(before.time):.2f} s")
            # The next times count from here; after a single wrong time they are right again.
            self._begin += time - before.until
            return before.until
        return time if passed > 0 else before.time

    def _frames(self) -> Iterator[VideoFrame]:
        packets = self._container.demux(self._stream)
        due = 0
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                if packet.is_corrupt:
                    self._damage(f"is damaged or ends after {float(self._reached):.2f} s")
                if self._places is not None and packet.size and packet.dts is not None:
                    self._places.append(packet.dts)
                    self._reached = (packet.dts + 1) * self._base
                if packet.size and not packet.is_discard:
                    due += 1
                frames = packet.decode()
            except av.EOFError:
                break
            except IndexError:
                # Of a stream that is not in the header, mostly sound: PyAV does not know it.
                packets = self._container.demux(self._stream)
                continue
            except av.FFmpegError as error:
                where = f"{float(self._reached):.2f} s: {error.strerror}"
                self._damage(f"cannot be decoded after {where}")
                if self._places:
                    self._places.pop()
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._damage(f"is damaged after {float(self._reached):.2f} s")
                due -= 1
                yield frame
        # At the end several threads give all their frames at once. PyAV hides an error after one of
        # these frames, and loses the frames after it.
        if self._every and due:
            self._damage(f"has other frames than packets, by {due}")

    def _bad_time(self, what: str) -> None:
        self._length = None  # taken from the same times
        if self._by_time:
            self._damage(f"has impossible times: a frame at {what}")

    def _damage(self, what: str) -> None:
        self.damaged = True
        if self._strict:
            raise ClipError(f"it {what}; 'damaged: keep' keeps what there is", path=self._path)


def at_rate(frames: Iterable[TimedFrame], fps: Fraction) -> Iterator[TimedFrame]:
    """Sample the frames at a fixed rate.

    Parameters
    ----------
    frames : iterable of TimedFrame
        In the order of time.
    fps : Fraction
        Frames per second.

    Yields
    ------
    TimedFrame
        The frame that is displayed at each multiple of 1/fps, from the first frame on.
    """
    origin = Fraction(0)
    number = 0
    for shown in frames:
        if not number:
            origin = shown.time
        while not number or number / fps + SLACK < shown.until - origin:
            yield shown
            number += 1
