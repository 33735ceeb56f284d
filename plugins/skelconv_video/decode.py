"""Frames of a clip, one after the other, as PyAV decodes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Literal, Protocol

from skelconv import ClipError
from skelconv_video.pictures import Picture
from skelconv_video.timing import SLACK, TimedFrame, at_rate


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
        Of the decoder, and of the conversion to RGB; 0 is one per core. The frames and errors are
        the same: where anything looks wrong, the video is decoded again by one thread, and its
        result counts.
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


class Shown(Protocol):
    """Footage that is open: its frames, in the order in which they are displayed.

    Attributes
    ----------
    damaged : bool
        Whether frames are missing or damaged among those that were given.
    """

    damaged: bool

    def __iter__(self) -> Iterator[TimedFrame]:
        """Yield the frames."""
        ...

    def check_end(self, end: float | None = None) -> None:
        """Check, after the last frame, that there is none missing before a time.

        Parameters
        ----------
        end : float, optional
            In seconds from the first frame; by default the end of all.

        Raises
        ------
        ClipError
            When frames are missing, and damage is an error.
        """
        ...


class Footage(Protocol):
    """What a clip's frames are decoded from.

    Attributes
    ----------
    where : str
        Where it is, for errors.
    """

    where: str

    def opened(self, cut: Cut, how: Decoding, *, quick: bool) -> AbstractContextManager[Shown]:
        """Open it.

        Parameters
        ----------
        cut : Cut
            The part that is needed; there may be more before it.
        how : Decoding
            How it is decoded.
        quick : bool
            Whether to decode by several threads, with an error for all that may be damage.

        Returns
        -------
        context manager of Shown
            Its frames.

        Raises
        ------
        ClipError
            When it cannot be opened.
        """
        ...


def decode(footage: Footage, cut: Cut, how: Decoding) -> Iterator[Picture]:
    """Decode a clip, with one frame in memory at a time.

    They are as they are displayed: rotated as the video or image declares, whatever its pixel
    format.

    Parameters
    ----------
    footage : Footage
        A video, or a series of images.
    cut : Cut
        The part that is the clip.
    how : Decoding
        How it is decoded.

    Yields
    ------
    Picture
        The next frame; all are of one size.

    Raises
    ------
    ClipError
        When it cannot be decoded, is damaged, or does not have these frames.
    """
    given = 0
    if how.threads != 1:
        # Where a video is damaged, threads that decode several frames at once lose other frames
        # than one thread, and notice it in other places. Before that they give the same.
        try:
            for frame in _decode(footage, cut, how, quick=True):
                yield frame
                given += 1
        except ClipError:
            pass
        else:
            return
    yield from islice(_decode(footage, cut, how, quick=False), given, None)


def _decode(footage: Footage, cut: Cut, how: Decoding, *, quick: bool) -> Iterator[Picture]:
    with footage.opened(cut, how, quick=quick) as shown:
        timed = _cut(shown, cut, footage.where)
        if how.fps is not None:
            timed = at_rate(timed, Fraction(how.fps).limit_denominator(1_000_000))
        count = 0
        shape: tuple[int, ...] | None = None
        for index, frame in enumerate(timed):
            if index % how.stride:
                continue
            picture = frame.picture()
            if picture is None:
                continue
            shape = shape or picture.shape
            if picture.shape != shape:
                old, new = (f"{each[1]} x {each[0]}" for each in (shape, picture.shape))
                what = f"its frames change from {old} to {new} pixels at frame {count}"
                raise ClipError(what, path=footage.where)
            yield picture
            count += 1
        if not count:
            raise ClipError(_nothing(cut), path=footage.where)


def _cut(shown: Shown, cut: Cut, where: str) -> Iterator[TimedFrame]:
    start = Fraction(cut.start or 0) - SLACK
    end = None if cut.end is None else Fraction(cut.end)
    count = 0
    for frame in shown:
        if end is not None and frame.time >= end - SLACK:
            return
        if (cut.first is None or count >= cut.first) and frame.time >= start:
            yield frame if end is None else frame._replace(until=min(frame.until, end))
        if count == cut.last:
            return
        count += 1
    shown.check_end(cut.end)
    if cut.last is not None and not shown.damaged:
        what = f"the clip ends with frame {cut.last}, and there are {count}, numbered from 0"
        raise ClipError(f"{what}: correct the list", path=where)


def _nothing(cut: Cut) -> str:
    if cut.whole:
        return "it has no frame"
    if cut.first is not None or cut.last is not None:
        last = "its end" if cut.last is None else cut.last
        return f"it has no frame from number {cut.first or 0} to {last}"
    end = "its end" if cut.end is None else f"{cut.end:g} s"
    return f"it has no frame from {cut.start or 0:g} s to {end}"
