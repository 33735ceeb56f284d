"""Video files as FFmpeg reads them: opened alone, with what they say of their length."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import av

from skelconv import ClipError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Others are scripts and playlists, by which FFmpeg would open the files that they name.
_CONTAINERS = "mov,matroska,webm,avi,flv,asf,mpeg,mpegvideo,mpegts,ogg"
_MAX_SIDE = 16_384

# Headers are off by some frames: those of old AVI files count frames that were never stored.
_AMISS = Fraction(1, 2)
# Where a length is that of all streams together, sound may go on for longer than the pictures.
_AMISS_WITH_SOUND = Fraction(2)


@contextmanager
def opened(path: str) -> Iterator[InputContainer]:
    """Open a video, and tell in a clip's error what FFmpeg has against it.

    Parameters
    ----------
    path : str
        The file.

    Yields
    ------
    InputContainer
        Closed in the end.

    Raises
    ------
    ClipError
        When it cannot be opened, or not be read inside of the context.
    """
    # Only a file: FFmpeg would take a name for a URL.
    options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
    try:
        try:
            # Old files have titles in any encoding, which nobody reads here.
            container = av.open(f"file:{path}", options=options, metadata_errors="replace")
        except av.ArgumentError as error:
            kinds = _CONTAINERS.replace(",", ", ")
            reason = f"it is no video of a container that is read here ({kinds})"
            raise ClipError(reason, path=path) from error
        with container:
            yield container
    except av.FFmpegError as error:
        reason = {
            av.InvalidDataError: "it is no video, or its beginning or index is damaged",
            av.EOFError: "it is empty or ends in its header",
        }.get(type(error), f"it cannot be decoded: {error.strerror}")
        raise ClipError(reason, path=path) from error


def video_stream(container: InputContainer, path: str) -> VideoStream:
    """Return the first stream of moving pictures.

    Raises
    ------
    ClipError
        When there is none that can be decoded.
    """
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


class Length(NamedTuple):
    """How long a video says that it is.

    Attributes
    ----------
    seconds : Fraction
        From the first frame on.
    amiss : Fraction
        How much less of it there may be.
    """

    seconds: Fraction
    amiss: Fraction


def declared_length(container: InputContainer, stream: VideoStream) -> Length | None:
    """Return what a video's header says of its length, where it says anything.

    An mp4's number of frames is not asked, for it counts those that its edit list leaves out. Of
    an AVI nothing else is its own: FFmpeg shortens the duration to what the file can hold.
    """
    kind = container.format.name
    base = stream.time_base or Fraction(0)
    tags = [text for key, text in stream.metadata.items() if key.split("-")[0] == "DURATION"]
    tagged = _seconds_of(tags[0]) if tags else None
    if tagged is not None:
        length = Length(tagged, _AMISS)
    elif kind == "avi" and stream.frames:
        return Length(stream.frames * base, _AMISS)
    elif kind.startswith("mov") and stream.duration:
        return Length(stream.duration * base, _AMISS)
    elif kind in ("matroska,webm", "flv", "asf") and container.duration:
        amiss = _AMISS if len(container.streams) == 1 else _AMISS_WITH_SOUND
        length = Length(Fraction(container.duration, av.time_base), amiss)
    else:  # FFmpeg takes it from where the file ends, wherever that is
        return None
    # Most writers count from 0, wherever the first frame is.
    begin = (stream.start_time or 0) * base
    return length._replace(seconds=length.seconds - max(begin, Fraction(0)))


def stores_no_times(container: InputContainer) -> bool:
    """Whether a container has frames follow each other at a fixed rate, in the order of decoding.

    What FFmpeg makes up for times are then wrong where frames are shown in another order.
    """
    return container.format.name == "avi"


def seeks_well(container: InputContainer) -> bool:
    """Whether seeking finds the last frame before a time from which decoding can begin."""
    return container.format.name.startswith(("mov", "matroska"))


def _seconds_of(text: str) -> Fraction | None:
    """Read Matroska's ``00:01:02.500000000``."""
    try:
        hours, minutes, seconds = text.split(":")
        return Fraction(float(hours) * 3600 + float(minutes) * 60 + float(seconds))
    except (ValueError, OverflowError):
        return None
