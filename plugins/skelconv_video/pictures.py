"""From what is decoded to arrays: upright, in RGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

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


class Converter:
    """Turns decoded frames into arrays."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def frame(self, frame: VideoFrame) -> Frame:
        """Convert a frame of a video, turned as the video says.

        Parameters
        ----------
        frame : VideoFrame
            As it is decoded.

        Returns
        -------
        ndarray of shape (H, W, 3)
            RGB, uint8.
        """
        quarters, rest = divmod(frame.rotation, 90)
        return _turned(self._rgb(frame), 0 if rest else quarters, mirrored=False)

    def image(self, content: bytes, *, strict: bool) -> Frame:
        """Decode an image, turned as its Exif orientation says.

        Parameters
        ----------
        content : bytes
            A file: JPEG, PNG, WebP or BMP.
        strict : bool
            Whether any damage is an error, or only what leaves nothing.

        Returns
        -------
        ndarray of shape (H, W, 3)
            RGB, uint8. What is transparent has the colour that is stored.

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
        return _turned(self._rgb(frames[0]), quarters, mirrored=bool(mirrored))

    def _rgb(self, frame: VideoFrame) -> Frame:
        return np.asarray(self._reformatter.reformat(frame, format="rgb24").to_ndarray(), np.uint8)


def _turned(image: Frame, quarters: int, *, mirrored: bool) -> Frame:
    if quarters % 4:
        image = np.rot90(image, quarters)
    return np.ascontiguousarray(image[:, ::-1] if mirrored else image)
