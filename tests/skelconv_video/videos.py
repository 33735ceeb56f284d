"""Makes videos for tests, with the real encoder."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]

COLOURS = np.array([(220, 20, 20), (20, 220, 20), (20, 20, 220)], np.uint8)


def scene(
    boxes: Sequence[tuple[int, int, int, int] | None], height: int = 48, width: int = 64
) -> Frame:
    """Draw people as rectangles: left, top, right, bottom; the first is red."""
    frame = np.full((height, width, 3), 10, np.uint8)
    for colour, box in zip(COLOURS, boxes, strict=False):
        if box is not None:
            left, top, right, bottom = box
            frame[top:bottom, left:right] = colour
    return frame


def numbered(count: int, height: int = 48, width: int = 64) -> list[Frame]:
    """Draw frames that tell their number, by `number_of`, and differ in each corner."""
    frames = []
    for number in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:, :] = (number % 16 * 16, number // 16 * 16, 128)
        frame[:8, :8] = 255
        frames.append(frame)
    return frames


def number_of(frame: Frame) -> int:
    """Tell the number of a frame from its middle, colours being a little off after encoding."""
    red, green, _ = frame[frame.shape[0] // 2, frame.shape[1] // 2].astype(int)
    return int((green + 8) // 16 * 16 + (red + 8) // 16)


def write_video(
    path: Path,
    frames: Iterable[Frame],
    *,
    codec: str = "ffv1",
    pix_fmt: str = "bgr0",
    fps: int = 25,
    times: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode a video; ffv1 in bgr0 loses nothing.

    ``times`` are the frames' times in milliseconds, for a variable frame rate.
    """
    with av.open(str(path), "w") as container:
        # Enough bits that colours tell the frames' numbers.
        options = {**({"b": "20M", "qmax": "2"} if codec == "mpeg4" else {}), **(options or {})}
        stream = container.add_stream(codec, rate=fps, options=options)
        stream.pix_fmt = pix_fmt
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for index, image in enumerate(frames):
            if index == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[index], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Encode a second of silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def turn_mp4(path: Path, quarters: int) -> None:
    """Write into an mp4's track header that it is to be shown turned clockwise."""
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd")
    matrix = header + 4 + 40  # version 0: the 9 numbers begin 40 bytes into the box's content
    numbers = (cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
    for index, number in enumerate(numbers):
        place = matrix + 4 * index
        data[place : place + 4] = number.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
