"""Which files are opened, and whether all of a video is there."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from support.videos import (
    busy,
    copy_from,
    cut_off,
    frames_of,
    numbered,
    numbers,
    trim_mp4,
    write_video,
)

from skelconv import ClipError
from skelconv_video.decode import Cut

INTACT = list(range(200))
EARLY = (
    r"it (ends early: there is nothing after [\d.]+ of its [\d.]+ s"
    r"|(is damaged or ends|cannot be decoded) after [\d.]+ s)"
)


@pytest.mark.parametrize("name", ["empty.mp4", "text.mp4"])
def test_what_is_no_video_is_reported(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("this is a text, not a video\n" * 50 if name == "text.mp4" else "")
    with pytest.raises(ClipError, match=f"^{path}: it is not a video, or its start or index is"):
        frames_of(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("script.mp4", "ffconcat version 1.0\nfile other.mp4\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n"),
    ],
)
def test_a_text_that_names_files_opens_none(name: str, text: str, tmp_path: Path) -> None:
    for other in ("other.mp4", "other.ts"):
        write_video(tmp_path / other, numbered(5), codec="libx264", pix_fmt="yuv420p")
    path = tmp_path / name
    path.write_text(text)
    with av.open(str(path)) as container:  # FFmpeg by itself goes where the text says
        assert len(list(container.decode(video=0))) == 5
    with pytest.raises(ClipError, match="it is not a video in a supported container"):
        frames_of(path)


SOUNDED = {
    "a.mkv": ("libx264", "aac", {}),
    "untagged.mkv": ("libx264", "aac", {}),
    "a.webm": ("libvpx-vp9", "libopus", {}),
    "a.mp4": ("libx264", "aac", {"movflags": "faststart"}),
    "mpeg4.avi": ("mpeg4", "pcm_s16le", {}),
    "h264.avi": ("libx264", "pcm_s16le", {}),
    "a.flv": ("libx264", "aac", {}),
}


def sounded(path: Path) -> Path:
    """Make a video of 8 s with sound, and a key frame each second."""
    codec, sound, how = SOUNDED[path.name]
    write_video(
        path,
        busy(200),
        codec=codec,
        pix_fmt="yuv420p",
        options={"g": "25"},
        sound=sound,
        container_options=how,
    )
    if path.name == "untagged.mkv":  # without the lengths of streams, as YouTube's are
        path.write_bytes(path.read_bytes().replace(b"DURATION", b"DURATI_N"))
    return path


@pytest.mark.parametrize("name", SOUNDED)
def test_a_healthy_video_is_whole(name: str, tmp_path: Path) -> None:
    video = sounded(tmp_path / name)
    assert numbers(video) == INTACT
    assert numbers(video, Cut(first=150, last=199)) == INTACT[150:]
    # Lists are often a little beyond the end.
    assert numbers(video, Cut(6, 9)) == INTACT[150:]
    assert numbers(video, Cut(6)) == INTACT[150:]


@pytest.mark.parametrize("length", [b"nan", b"inf", b"1e400", b"1:2", b"a:b:c", b"\xff"])
def test_a_length_that_is_none_is_not_believed(length: bytes, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(40))
    text = b"00:00:01.600000000"
    assert text in video.read_bytes()
    other = length if b":" in length else b"0:0:" + length
    video.write_bytes(video.read_bytes().replace(text, other.ljust(len(text))))
    assert numbers(video) == list(range(40))


@pytest.mark.parametrize("name", SOUNDED)
def test_a_video_that_ends_early_is_refused_or_kept(name: str, tmp_path: Path) -> None:
    video = cut_off(sounded(tmp_path / name), 0.55)
    with av.open(str(video)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    whole = sum(not packet.is_corrupt for packet in packets)
    assert 80 < whole < 130
    assert numbers(video, damaged="keep") == INTACT[:whole]
    with pytest.raises(ClipError, match=EARLY):
        numbers(video)


@pytest.mark.parametrize("name", SOUNDED)
def test_a_part_of_a_video_that_ends_early_must_be_there(name: str, tmp_path: Path) -> None:
    video = cut_off(sounded(tmp_path / name), 0.55)
    there = numbers(video, damaged="keep")
    assert numbers(video, Cut(1, 2)) == INTACT[25:50]
    assert numbers(video, Cut(first=25, last=49)) == INTACT[25:50]
    for cut in (
        Cut(2, 6),
        Cut(5, 5.2),
        Cut(2, 20),
        Cut(2),
        Cut(6, 7),
        Cut(first=50, last=180),
        Cut(first=50),
    ):
        with pytest.raises(ClipError, match=EARLY):
            numbers(video, cut)
        with pytest.raises(ClipError, match=EARLY):
            numbers(video, cut, fps=5)
    assert numbers(video, Cut(2, 6), damaged="keep") == there[50:]
    assert numbers(video, Cut(first=50, last=180), damaged="keep") == there[50:]


def test_hidden_frames_of_a_copied_mp4_are_not_missed(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    write_video(
        source, numbered(40), codec="libx264", pix_fmt="yuv420p", options={"g": "20", "bf": "2"}
    )
    video = copy_from(source, tmp_path / "b.mp4", seconds=0.6)
    with av.open(str(video)) as container:
        assert container.streams.video[0].frames == 40
    assert numbers(video) == list(range(15, 40))
    assert numbers(video, fps=25) == list(range(15, 40))


@pytest.mark.parametrize(("first", "last"), [(3, 39), (12, 39), (25, 39), (0, 19), (12, 19)])
def test_an_mp4_that_was_trimmed_by_its_edit_list_is_whole(
    first: int, last: int, tmp_path: Path
) -> None:
    video = write_video(
        tmp_path / "a.mp4",
        numbered(40),
        codec="libx264",
        pix_fmt="yuv420p",
        options={"g": "10", "bf": "2"},
    )
    # Ticks are 1/12800 s; the encoder's delay is two frames.
    trim_mp4(video, begin=512 * (first + 2), length=40 * (last + 1 - first))
    assert numbers(video) == list(range(first, last + 1))


def test_dropped_frames_of_an_avi_are_not_missed(tmp_path: Path) -> None:
    times = [*range(30), *range(70, 80)]
    video = write_video(
        tmp_path / "a.avi",
        numbered(40),
        codec="mpeg4",
        pix_fmt="yuv420p",
        times=times,
        tick=Fraction(1, 25),
    )
    with av.open(str(video)) as container:
        assert container.streams.video[0].frames == 80
    assert numbers(video) == list(range(40))
