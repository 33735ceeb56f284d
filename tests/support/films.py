"""Videos for tests: each frame is of one gray."""

from pathlib import Path

import av
import numpy as np


def gray_of(frame: int) -> int:
    """Return the gray of a frame."""
    return 20 + 9 * frame


def film(
    path: Path,
    frames: int,
    size: tuple[int, int] = (120, 200),
    codec: str = "libx264",
    rate: int = 30,
) -> None:
    """Write a video, each frame of its own gray."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            gray = np.full((*size, 3), gray_of(number), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(gray, format="rgb24")))
        container.mux(stream.encode())
