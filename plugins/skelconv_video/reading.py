"""Video files as FFmpeg reads them: opening them, and the length that they declare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import av

from skelconv import ClipError
from skelconv.text import reason_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Others are scripts and playlists: FFmpeg would open the files that they name.
_CONTAINERS = (
    "mov,matroska,webm,avi,flv,asf,mpeg,mpegvideo,mpegts,ogg,gif,apng,dv,mxf,nut,ivf,wtv,amv,"
    "yuv4mpegpipe,h264,hevc,m4v,obu,mjpeg"
)
_MAX_SIDE = 16_384

# Headers are off by some frames: those of old AVI files count frames that were never stored.
_TOLERANCE = Fraction(1, 2)
# Where a length is that of all streams together, sound may be longer than the pictures.
_TOLERANCE_WITH_SOUND = Fraction(2)


@contextmanager
def opened(file: str | BinaryIO, path: str) -> Iterator[InputContainer]:
    """Open a video, with FFmpeg's errors as those of a clip.

    Parameters
    ----------
    file : str or file
        The file, or one that is open and in which one can seek.
    path : str
        Where it is, for errors.

    Yields
    ------
    InputContainer
        The video, which is closed at the end.

    Raises
    ------
    ClipError
        When it cannot be opened, or cannot be read within the context.
    """
    # Only a file: FFmpeg would take some names as URLs.
    options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
    try:
        try:
            # Old files have titles in any encoding, which are not read here.
            name = f"file:{file}" if isinstance(file, str) else file
            container = av.open(name, "r", options=options, metadata_errors="replace")
        except av.ArgumentError as error:
            kinds = _CONTAINERS.replace(",", ", ")
            reason = f"it is not a video in a supported container ({kinds})"
            raise ClipError(reason, path=path) from error
        with container:
            yield container
    except av.FFmpegError as error:
        reason = {
            av.InvalidDataError: "it is not a video, or its start or index is damaged",
            av.EOFError: "it is empty or ends in its header",
        }.get(type(error), f"it cannot be decoded: {error.strerror}")
        raise ClipError(reason, path=path) from error
    except OSError as error:  # of a file that was open already
        raise ClipError(f"cannot be read: {reason_of(error)}", path=path) from error


def video_stream(container: InputContainer, path: str) -> VideoStream:
    """Return the first stream of moving pictures.

    Parameters
    ----------
    container : InputContainer
        The video.
    path : str
        Its file, for errors.

    Returns
    -------
    VideoStream
        The stream.

    Raises
    ------
    ClipError
        When there is none that can be decoded.
    """
    pictures = av.stream.Disposition.attached_pic
    streams = [s for s in container.streams.video if not s.disposition & pictures]
    if not streams:
        kinds = sorted({stream.type for stream in container.streams})
        raise ClipError(f"it has no video stream, only {', '.join(kinds) or 'nothing'}", path=path)
    stream = streams[0]
    if stream.codec_context is None:
        raise ClipError("the codec of its video is not known", path=path)
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > _MAX_SIDE:
        raise ClipError(
            f"its frames of {width} x {height} are larger than {_MAX_SIDE} pixels per side",
            path=path,
        )
    return stream


class Length(NamedTuple):
    """The length that a video declares.

    Attributes
    ----------
    seconds : Fraction
        From the first frame on.
    tolerance : Fraction
        How many seconds less it may really have.
    """

    seconds: Fraction
    tolerance: Fraction


def declared_length(container: InputContainer, stream: VideoStream) -> Length | None:
    """Return the length in a video's header.

    The number of frames of an mp4 is not used, as it counts those that its edit list leaves out.
    That of an AVI is: FFmpeg shortens its duration to what the file can hold.

    Parameters
    ----------
    container : InputContainer
        The video.
    stream : VideoStream
        Its pictures.

    Returns
    -------
    Length or None
        The length; None where it has none.
    """
    kind = container.format.name
    base = stream.time_base or Fraction(0)
    tags = [text for key, text in stream.metadata.items() if key.split("-")[0] == "DURATION"]
    tagged = _seconds_of(tags[0]) if tags else None
    if tagged is not None:
        length = Length(tagged, _TOLERANCE)
    elif kind == "avi" and stream.frames:
        return Length(stream.frames * base, _TOLERANCE)
    elif kind.startswith("mov") and stream.duration:
        return Length(stream.duration * base, _TOLERANCE)
    elif kind in ("matroska,webm", "flv", "asf") and container.duration:
        tolerance = _TOLERANCE if len(container.streams) == 1 else _TOLERANCE_WITH_SOUND
        length = Length(Fraction(container.duration, av.time_base), tolerance)
    else:  # FFmpeg takes it from the end of the file, even of one that was truncated
        return None
    # Most writers count from 0, wherever the first frame is.
    begin = (stream.start_time or 0) * base
    return length._replace(seconds=length.seconds - max(begin, Fraction(0)))


def stores_no_times(container: InputContainer) -> bool:
    """Return whether a container has only a frame rate, and frames in the order of decoding.

    The times that FFmpeg makes up are then wrong where frames are displayed in another order.

    Parameters
    ----------
    container : InputContainer
        The video.

    Returns
    -------
    bool
        Whether it has no times.
    """
    return container.format.name == "avi"


def seeks_well(container: InputContainer) -> bool:
    """Return whether seeking finds the last frame before a time from which decoding can start.

    Parameters
    ----------
    container : InputContainer
        The video.

    Returns
    -------
    bool
        Whether it does.
    """
    return container.format.name.startswith(("mov", "matroska"))


def _seconds_of(text: str) -> Fraction | None:
    """Read Matroska's ``00:01:02.500000000``."""
    try:
        hours, minutes, seconds = text.split(":")
        return Fraction(float(hours) * 3600 + float(minutes) * 60 + float(seconds))
    except (ValueError, OverflowError):
        return None
