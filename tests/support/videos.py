"""Makes videos for tests, with the real encoder."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from skelconv_video.decode import Cut, Decoding, decode
from skelconv_video.footage import VideoFile

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


def busy(count: int) -> list[Frame]:
    """Draw numbered frames with noise in them, so that each takes some bytes of a file."""
    noise = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 3), np.uint8)
    frames = numbered(count)
    for frame, corner in zip(frames, noise, strict=True):
        frame[-16:, -16:] = corner
    return frames


def number_of(frame: Frame) -> int:
    """Tell the number of a frame from its middle, colours being a little off after encoding."""
    red, green, _ = frame[frame.shape[0] // 2, frame.shape[1] // 2].astype(int)
    return int((green + 8) // 16 * 16 + (red + 8) // 16)


def frames_of(path: Path, cut: Cut | None = None, **how: object) -> list[Frame]:
    """Decode a clip."""
    return [each.rgb() for each in decode(VideoFile(str(path)), cut or Cut(), Decoding(**how))]


def numbers(path: Path, cut: Cut | None = None, **how: object) -> list[int]:
    """Decode a clip of numbered frames, and tell their numbers."""
    return [number_of(frame) for frame in frames_of(path, cut, **how)]


def write_video(
    path: Path,
    frames: Iterable[Frame],
    *,
    codec: str = "ffv1",
    pix_fmt: str = "bgr0",
    fps: int | Fraction = 25,
    times: Sequence[int] | None = None,
    tick: Fraction = Fraction(1, 1000),
    options: dict[str, str] | None = None,
    sound: str | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Encode a video; ffv1 in bgr0 loses nothing.

    ``times`` are the frames' times in ticks, for a variable frame rate; ``sound`` is the codec of
    silence that goes with the pictures.
    """
    with av.open(str(path), "w", options=container_options or {}) as container:
        # Enough bits that colours tell the frames' numbers.
        enough = {"mpeg4": {"b": "20M", "qmax": "2"}, "flv": {"b": "20M"}, "wmv2": {"b": "20M"}}
        options = {**enough.get(codec, {}), **(options or {})}
        stream = container.add_stream(codec, rate=fps, options=options)
        stream.pix_fmt = pix_fmt
        silence = None
        if sound is not None:
            silence = container.add_stream(sound, rate=48000)
            silence.layout = "mono"
        if times is not None:
            stream.codec_context.time_base = tick
        for index, image in enumerate(frames):
            if index == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[index], tick
            container.mux(stream.encode(frame))
            if silence is not None:
                layout = {"aac": "fltp", "libopus": "flt", "pcm_s16le": "s16"}[sound]
                kind = np.int16 if layout == "s16" else np.float32
                samples = np.zeros((1, 48000 // int(fps)), kind)
                part = av.AudioFrame.from_ndarray(samples, layout, "mono")
                part.sample_rate, part.pts = 48000, index * samples.size
                container.mux(silence.encode(part))
        container.mux(stream.encode())
        if silence is not None:
            container.mux(silence.encode())
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


def cut_off(path: Path, share: float) -> Path:
    """Leave only the beginning of a file, as a download does that broke off."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def garble(path: Path, places: Sequence[int]) -> Path:
    """Write noise into packets of pictures, the last of which is -1, leaving each one's start."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        is_ts = container.format.name == "mpegts"
        kept = [(packet.pos, bytes(packet)) for packet in packets]
    noise = np.random.default_rng(3)
    for place in places:
        begin, content = kept[place]
        if is_ts:  # spread over cells of 188 bytes, of which this is the end of the first
            first, last = begin + 150, begin + 188
        else:
            first = data.rindex(content) + 4
            last = first + len(content) - 4
        data[first:last] = noise.integers(0, 256, last - first, np.uint8).tobytes()
    path.write_bytes(data)
    return path


def copy_from(path: Path, copy: Path, seconds: float) -> Path:
    """Copy a video from a time on without decoding it, as ``ffmpeg -ss -c copy`` does.

    The copy begins at the key frame before, and in an mp4 what is too much is hidden.
    """
    with av.open(str(path)) as source, av.open(str(copy), "w") as container:
        stream = source.streams.video[0]
        ticks = int(seconds / stream.time_base)
        source.seek(ticks, stream=stream)
        target = container.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.pts, packet.dts = packet.pts - ticks, packet.dts - ticks
                packet.stream = target
                container.mux(packet)
    return copy


def trim_mp4(path: Path, begin: int, length: int) -> None:
    """Write into an mp4's edit list that it begins at a tick, and its length in milliseconds."""
    data = bytearray(path.read_bytes())
    edit = data.index(b"elst") + 12
    data[edit : edit + 8] = length.to_bytes(4, "big") + begin.to_bytes(4, "big")
    path.write_bytes(data)


def stamp_flv(path: Path, number: int, milliseconds: int) -> None:
    """Write the time of a frame into an FLV with nothing but pictures in it."""
    data = bytearray(path.read_bytes())
    place, pictures = 13, 0
    while True:
        is_picture, size = data[place] == 9, int.from_bytes(data[place + 1 : place + 4], "big")
        if is_picture and pictures == number:
            break
        pictures += is_picture
        place += 11 + size + 4
    time = milliseconds.to_bytes(4, "big")
    data[place + 4 : place + 8] = time[1:] + time[:1]
    path.write_bytes(data)


def pack_b_frames(path: Path, packed: Path) -> Path:
    """Pack each B-frame of an MPEG-4 in AVI with the frame before, as DivX and Xvid do.

    A frame that says that nothing is coded then takes the B-frame's place.
    """
    mark = b"\x00\x00\x01\xb6"
    with av.open(str(path)) as source, av.open(str(packed), "w") as container:
        stream = source.streams.video[0]
        target = container.add_stream_from_template(stream)
        chunks: list[bytes] = []
        for chunk in (bytes(packet) for packet in source.demux(stream) if packet.size):
            if chunk[chunk.index(mark) + 4] >> 6 == 2:
                chunks[-1] += chunk
                chunks.append(mark + b"\x50\x00")
            else:
                chunks.append(chunk)
        encoder = b"\x00\x00\x01\xb2DivX503b1393p"
        chunks[0] = chunks[0].replace(mark, encoder + mark, 1)
        for index, chunk in enumerate(chunks):
            packet = av.Packet(chunk)
            packet.pts = packet.dts = index
            packet.time_base, packet.stream = Fraction(1, 25), target
            packet.is_keyframe = index == 0
            container.mux(packet)
    return packed
