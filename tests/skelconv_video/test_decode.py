import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.container import InputContainer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.videos import (
    Frame,
    busy,
    cut_off,
    frames_of,
    garble,
    number_of,
    numbered,
    numbers,
    turn_mp4,
    write_sound,
    write_video,
)

from skelconv import ClipError
from skelconv_video.decode import Cut, Decoding, decode
from skelconv_video.footage import VideoFile
from skelconv_video.reading import opened


def shown_by_opencv(path: Path) -> list[Frame]:
    """What OpenCV, which wraps FFmpeg itself, makes of a video."""
    video = cv2.VideoCapture(str(path))
    frames = []
    while True:
        there, frame = video.read()
        if not there:
            return frames
        frames.append(frame[..., ::-1])


def test_a_lossless_video_comes_back_to_the_bit(tmp_path: Path) -> None:
    made = np.random.default_rng(0).integers(0, 256, (7, 33, 45, 3), np.uint8)
    video = write_video(tmp_path / "noise.mkv", made)
    np.testing.assert_array_equal(frames_of(video), made)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("h264.mp4", "libx264", "yuv420p"),
        ("h264.mkv", "libx264", "yuv444p"),
        ("ten_bits.mkv", "libx265", "yuv420p10le"),
        ("xvid.avi", "mpeg4", "yuv420p"),
        ("grey.mkv", "ffv1", "gray"),
        ("alpha.mkv", "ffv1", "yuva420p"),
        ("vp9.webm", "libvpx-vp9", "yuv420p"),
        ("motion jpeg äö.avi", "mjpeg", "yuvj422p"),
    ],
)
def test_every_frame_of_every_format_is_there(
    name: str, codec: str, pix_fmt: str, tmp_path: Path
) -> None:
    video = write_video(tmp_path / name, numbered(40), codec=codec, pix_fmt=pix_fmt)
    frames = frames_of(video)
    reference = shown_by_opencv(video)
    assert len(frames) == len(reference) == 40
    for frame, other in zip(frames, reference, strict=True):
        assert np.abs(frame.astype(int) - other).mean() < 3
    if pix_fmt != "gray":
        assert [number_of(frame) for frame in frames] == list(range(40))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_frames_are_turned_as_the_video_says(quarters: int, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", numbered(5), codec="libx264", pix_fmt="yuv420p")
    upright = frames_of(video)
    turn_mp4(video, quarters)
    turned = frames_of(video)
    np.testing.assert_array_equal(turned, [np.rot90(frame, -quarters) for frame in upright])
    assert [f.shape for f in turned] == [f.shape for f in shown_by_opencv(video)]
    assert all(frame.flags.c_contiguous for frame in turned)


def test_stride_takes_every_so_manyth_frame(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(20))
    assert numbers(video, stride=3) == list(range(20))[::3]


@pytest.mark.parametrize("fps", [1, 5, 10, 12.5, 24, 25, 30, 60])
def test_a_frame_rate_shows_what_is_shown_then(fps: float, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(50))  # 25 a second, 2 s
    expected = [int(number / fps * 25 + 1e-6) for number in range(int(2 * fps))]
    assert numbers(video, fps=fps) == expected


def test_a_variable_frame_rate_is_kept_or_made_even(tmp_path: Path) -> None:
    times = [0, 40, 500, 540, 1000]
    video = write_video(tmp_path / "a.mkv", numbered(5), times=times)
    assert numbers(video) == [0, 1, 2, 3, 4]
    shown = numbers(video, fps=10)
    assert shown[:11] == [0, 1, 1, 1, 1, 2, 3, 3, 3, 3, 4]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 126), length=st.integers(1, 126))
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_a_range_of_time_has_the_frames_shown_in_it(
    start: int, length: int, name: str, tmp_path: Path
) -> None:
    """Frames begin every 40 ms; ranges begin and end anywhere, in steps of 34 ms."""
    video = tmp_path / name
    if not video.exists():
        codec = "mpeg4" if name.endswith("avi") else "libx264"
        write_video(video, numbered(100), codec=codec, pix_fmt="yuv420p", options={"g": "12"})
    begin, end = start * 0.034, (start + length) * 0.034
    expected = [n for n in range(100) if begin - 1e-3 <= n * 0.04 < end - 1e-3]
    if expected:
        assert numbers(video, Cut(start=begin, end=end)) == expected
    else:
        with pytest.raises(ClipError, match="it has no frame from"):
            numbers(video, Cut(start=begin, end=end))


def test_a_range_of_frames_has_both_ends(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(20))
    assert numbers(video, Cut(first=3, last=7)) == [3, 4, 5, 6, 7]
    assert numbers(video, Cut(first=18, last=19)) == [18, 19]
    assert numbers(video, Cut(first=18)) == [18, 19]
    assert numbers(video, Cut(last=1)) == [0, 1]


@pytest.mark.parametrize("damaged", ["refuse", "keep"])
@pytest.mark.parametrize(("first", "last"), [(18, 20), (20, 30)])
def test_a_range_of_frames_that_no_video_has_is_the_lists_fault(
    first: int, last: int, damaged: str, tmp_path: Path
) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(20))
    what = f"the clip ends with frame {last}, and there are 20, numbered from 0: correct the"
    with pytest.raises(ClipError, match=what):
        numbers(video, Cut(first=first, last=last), damaged=damaged)


def test_a_range_that_begins_behind_the_end_is_reported(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(100))
    with pytest.raises(ClipError, match="it has no frame from 9 s to 12 s"):
        numbers(video, Cut(9, 12))
    with pytest.raises(ClipError, match="it has no frame from number 100 to its end"):
        numbers(video, Cut(first=100))


def test_threads_do_not_change_the_frames(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", numbered(30), codec="libx264", pix_fmt="yuv420p")
    np.testing.assert_array_equal(frames_of(video, threads=1), frames_of(video, threads=4))


def test_a_file_that_went_away_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="No such file"):
        frames_of(tmp_path / "gone.mp4")


def test_sound_alone_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="it has no video stream, only audio"):
        frames_of(write_sound(tmp_path / "sound.mp4"))


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    assert numbers(write_video(tmp_path / "a.mkv", numbered(1))) == [0]
    assert numbers(write_video(tmp_path / "a.mkv", numbered(1)), fps=10) == [0]


def test_frames_of_8k_are_decoded(tmp_path: Path) -> None:
    made = numbered(2, 4320, 7680)
    video = write_video(tmp_path / "a.mkv", made)
    np.testing.assert_array_equal(frames_of(video), made)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4")]
)
def test_a_damaged_middle_is_refused_or_kept(name: str, codec: str, tmp_path: Path) -> None:
    noise = list(np.random.default_rng(1).integers(0, 256, (30, 48, 64, 3), np.uint8))
    video = write_video(tmp_path / name, noise, codec=codec, pix_fmt="yuv420p")
    data = bytearray(video.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    video.write_bytes(data)
    with pytest.raises(ClipError, match=r"it (cannot be decoded|is damaged|ends early)"):
        frames_of(video)
    assert len(frames_of(video, damaged="keep")) == len(shown_by_one_thread(video))


def shown_by_one_thread(path: Path) -> list[av.VideoFrame]:
    """What a single thread of FFmpeg makes of a damaged video."""
    frames = []
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for packet in container.demux(video=0):
            with contextlib.suppress(av.InvalidDataError):
                frames += packet.decode()
    return frames


def outcome(path: Path, cut: Cut, **how: object) -> tuple[list[bytes], str]:
    """Tell what is kept of a video, or why it is refused."""
    try:
        return [frame.tobytes() for frame in frames_of(path, cut, **how)], ""
    except ClipError as error:
        return [], str(error)


@pytest.mark.parametrize("damage", ["cut", "last", "third last", "two", "middle"])
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mkv", "libx264"),
        ("a.flv", "libx264"),
        ("a.ts", "libx264"),
        ("a.avi", "libx264"),
        ("a.mp4", "mpeg4"),
        ("a.mkv", "mpeg4"),
        ("a.avi", "mpeg4"),
        ("a.ts", "mpeg4"),
        ("a.mkv", "ffv1"),
        ("a.webm", "libvpx"),
        ("a.webm", "libvpx-vp9"),
    ],
)
def test_threads_do_not_change_what_becomes_of_damage(
    name: str, codec: str, damage: str, tmp_path: Path
) -> None:
    video = write_video(
        tmp_path / name,
        busy(120),
        codec=codec,
        pix_fmt="yuv420p",
        options={"g": "25"} if codec.startswith(("ffv1", "libvpx")) else {"g": "25", "bf": "2"},
        container_options={"movflags": "faststart"} if name == "a.mp4" else {},
    )
    assert outcome(video, Cut(), threads=4)[1] == ""
    if damage == "cut":
        cut_off(video, 0.6)
    else:
        places = {"last": [-1], "third last": [-3], "two": [-3, -2], "middle": [60]}
        garble(video, places[damage])
    for cut, fps in ((Cut(), None), (Cut(3, 5), 10)):
        for damaged in ("refuse", "keep"):
            alone = outcome(video, cut, threads=1, damaged=damaged, fps=fps)
            for threads in (2, 4, 0):
                assert outcome(video, cut, threads=threads, damaged=damaged, fps=fps) == alone
    # Of a TS nothing says how long it is, and a decoder may take noise for a picture.
    if codec in ("libx264", "mpeg4") and not name.endswith("ts"):
        with pytest.raises(ClipError, match=r"it (cannot be decoded|is damaged|ends early)"):
            frames_of(video)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize("threads", [1, 2, 4, 0])
def test_a_garbled_last_packet_costs_its_own_frame_alone(
    threads: int, name: str, tmp_path: Path
) -> None:
    video = write_video(
        tmp_path / name,
        busy(120),
        codec="libx264",
        pix_fmt="yuv420p",
        options={"g": "25", "bf": "2", "threads": "1"},
    )
    with av.open(str(video)) as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.size]
    lost = sorted(times).index(times[-1])
    garble(video, [-1])
    there = [number for number in range(120) if number != lost]
    assert numbers(video, damaged="keep", threads=threads) == there
    with pytest.raises(ClipError, match="it cannot be decoded after"):
        frames_of(video, threads=threads)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx265"), ("a.avi", "mpeg4"), ("a.webm", "libvpx")],
)
def test_an_intact_video_is_decoded_once(
    name: str, codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"auto-alt-ref": "1", "lag-in-frames": "16"} if codec == "libvpx" else {}
    video = write_video(tmp_path / name, busy(60), codec=codec, pix_fmt="yuv420p", options=options)
    times = []

    @contextlib.contextmanager
    def counted(file: str, path: str) -> Iterator[InputContainer]:
        times.append(path)
        with opened(file, path) as container:
            yield container

    monkeypatch.setattr("skelconv_video.footage.opened", counted)
    assert numbers(video, threads=4) == list(range(60))
    assert len(times) == 1


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mkv"])
def test_a_video_is_closed_when_its_frames_are_not_wanted_any_more(
    name: str, tmp_path: Path
) -> None:
    codec = "mpeg4" if name == "a.avi" else "libx264"
    video = write_video(tmp_path / name, numbered(30), codec=codec, pix_fmt="yuv420p")
    before = sorted(os.listdir("/dev/fd"))
    frames = decode(VideoFile(str(video)), Cut(), Decoding(fps=10))
    assert number_of(next(frames).rgb()) == 0
    assert sorted(os.listdir("/dev/fd")) != before
    del frames
    assert sorted(os.listdir("/dev/fd")) == before


@pytest.fixture(scope="module")
def small_videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("small")
    codecs = {"avi": "mpeg4", "mkv": "mpeg4", "mp4": "libx264", "ts": "mpeg2video", "flv": "flv"}
    return [
        write_video(folder / f"a.{ending}", numbered(12), codec=codec, pix_fmt="yuv420p")
        for ending, codec in codecs.items()
    ]


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_whatever_is_in_a_file_is_decoded_or_reported(
    data: st.DataObject, small_videos: list[Path]
) -> None:
    """Bytes are changed, taken out and put in, at random places."""
    path = data.draw(st.sampled_from(small_videos))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 40))
        content[place : place + length] = data.draw(st.binary(max_size=40))
    mutant = path.with_name(f"mutant{path.suffix}")
    mutant.write_bytes(content)
    how = {
        "damaged": data.draw(st.sampled_from(["refuse", "keep"])),
        "fps": data.draw(st.sampled_from([None, 10])),
    }
    with contextlib.suppress(ClipError):
        assert len(frames_of(mutant, **how)) > 0
