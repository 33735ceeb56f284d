"""From what is decoded to arrays: upright, in RGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from skelconv import ClipError
from skelconv_video.orientation import orientation

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

Frame = npt.NDArray[np.uint8]
"""A frame, (H, W, 3), RGB."""

MOST_BYTES = 256 * 2**20
"""The largest file of an image that is read."""

_MOST_PIXELS = 2**26

_CODECS = ((b"\xff\xd8", "mjpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"RIFF", "webp"), (b"BM", "bmp"))

# Exif's orientation as quarters against the clock, and then whether left and right are changed.
_TURNS = {1: (0, 0), 2: (0, 1), 3: (2, 0), 4: (2, 1), 5: (3, 1), 6: (3, 0), 7: (1, 1), 8: (1, 0)}


class Picture:
    """A frame as it was decoded, mostly in YUV: half the size of RGB, which it becomes when needed.

    Parameters
    ----------
    frame : VideoFrame
        The frame.
    converter : Converter
        Converts it.
    quarters : int
        How often it is turned by a quarter, against the clock.
    mirrored : bool
        Whether left and right are changed then.

    Attributes
    ----------
    shape : (int, int)
        Its height and width, as it is turned.
    nbytes : int
        How much memory it takes.
    """

    def __init__(
        self, frame: VideoFrame, converter: Converter, quarters: int, *, mirrored: bool = False
    ) -> None:
        self._frame = frame
        self._converter = converter
        self._quarters = quarters
        self._mirrored = mirrored
        height, width = frame.height, frame.width
        self.shape = (width, height) if quarters % 2 else (height, width)
        self.nbytes = sum(plane.buffer_size for plane in frame.planes)

    def rgb(self) -> Frame:
        """Convert it.

        Returns
        -------
        ndarray of shape (H, W, 3)
            RGB, uint8.

        Raises
        ------
        ClipError
            When FFmpeg cannot convert it.
        """
        return _turned(self._converter.rgb(self._frame), self._quarters, mirrored=self._mirrored)


class Converter:
    """Turns decoded frames into arrays, one at a time.

    Parameters
    ----------
    where : str, optional
        What they are of, for errors.
    threads : int
        How many convert a frame; 0 is one per core. The arrays are the same.
    """

    def __init__(self, where: str | None = None, threads: int = 1) -> None:
        self._where = where
        self._threads = threads
        self._reformatter = VideoReformatter()

    def picture(self, frame: VideoFrame) -> Picture:
        """Take a frame of a video, turned as the video says.

        Parameters
        ----------
        frame : VideoFrame
            As it is decoded.

        Returns
        -------
        Picture
            The frame.
        """
        quarters, rest = divmod(frame.rotation, 90)
        return Picture(frame, self, 0 if rest else quarters)

    def image(self, content: bytes, *, strict: bool) -> Picture:
        """Decode an image, turned as its Exif orientation says.

        Parameters
        ----------
        content : bytes
            A file: JPEG, PNG, WebP or BMP.
        strict : bool
            Whether any damage is an error, or only what leaves nothing.

        Returns
        -------
        Picture
            What is transparent in it has the colour that is stored.

        Raises
        ------
        ValueError
            When it is no such image, is damaged, or has more than 67 million pixels.
        """
        codec = next((name for begin, name in _CODECS if content.startswith(begin)), None)
        if codec is None:
            raise ValueError("it is not an image in JPEG, PNG, WebP or BMP")
        context = cast("VideoCodecContext", av.CodecContext.create(codec, "r"))
        context.thread_count = 1
        context.options = {"max_pixels": str(_MOST_PIXELS)}
        if strict:
            context.options |= {"err_detect": "explode"}
        try:
            frames = [*context.decode(av.Packet(content)), *context.decode(None)]
        except av.FFmpegError as error:
            raise ValueError("it is damaged, or larger than 67 million pixels") from error
        if not frames:
            raise ValueError("there is no picture in it")
        quarters, mirrored = _TURNS[orientation(content)]
        return Picture(frames[0], self, quarters, mirrored=bool(mirrored))

    def rgb(self, frame: VideoFrame) -> Frame:
        """Convert a frame, as it is stored.

        Parameters
        ----------
        frame : VideoFrame
            As it is decoded.

        Returns
        -------
        ndarray of shape (H, W, 3)
            RGB, uint8.

        Raises
        ------
        ClipError
            When FFmpeg cannot convert it.
        """
        try:
            rgb = self._reformatter.reformat(frame, format="rgb24", threads=self._threads)
        except av.FFmpegError as error:
            reason = f"it cannot be decoded: {error.strerror}"
            raise ClipError(reason, path=self._where) from error
        return np.asarray(rgb.to_ndarray(), np.uint8)


def _turned(image: Frame, quarters: int, *, mirrored: bool) -> Frame:
    if quarters % 4:
        image = np.rot90(image, quarters)
    return np.ascontiguousarray(image[:, ::-1] if mirrored else image)
