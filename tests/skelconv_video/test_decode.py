from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from videos import number_of, numbered, turn_mp4, write_sound, write_video

from skelconv import ClipError
from skelconv_video.decode import Cut, Decoding, Frame, decode

WHOLE = Cut()


def frames_of(path: Path, cut: Cut = WHOLE, **how: object) -> list[Frame]:
    return list(decode(str(path), cut, Decoding(**how)))


def numbers(path: Path, cut: Cut = WHOLE, **how: object) -> list[int]:
    return [number_of(frame) for frame in frames_of(path, cut, **how)]


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
@given(start=st.integers(0, 130), length=st.integers(1, 130))
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_a_range_of_time_has_the_frames_shown_in_it(
    start: int, length: int, name: str, tmp_path: Path
) -> None:
    """Frames begin every 40 ms; ranges begin and end anywhere, in steps of 33 ms."""
    video = tmp_path / name
    if not video.exists():
        codec = "mpeg4" if name.endswith("avi") else "libx264"
        write_video(video, numbered(100), codec=codec, pix_fmt="yuv420p", options={"g": "12"})
    begin, end = start * 0.033, (start + length) * 0.033
    expected = [n for n in range(100) if begin - 5e-4 <= n * 0.04 < end - 5e-4]
    if expected:
        assert numbers(video, Cut(start=begin, end=end)) == expected
    else:
        with pytest.raises(ClipError, match="it has no frame from"):
            numbers(video, Cut(start=begin, end=end))


def test_a_range_of_frames_has_both_ends(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(20))
    assert numbers(video, Cut(first=3, last=7)) == [3, 4, 5, 6, 7]
    assert numbers(video, Cut(first=18, last=40)) == [18, 19]
    with pytest.raises(ClipError, match="it has no frame from 20 to 30"):
        numbers(video, Cut(first=20, last=30))


def test_threads_do_not_change_the_frames(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", numbered(30), codec="libx264", pix_fmt="yuv420p")
    np.testing.assert_array_equal(frames_of(video, threads=1), frames_of(video, threads=4))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.mp4", b"", "it is"),
        ("text.mp4", b"this is a text, not a video\n" * 50, "it is no video"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "it "),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/hostname\n", "it "),
    ],
)
def test_what_is_no_video_is_told(name: str, content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ClipError, match=f"^{path}: {reason}"):
        frames_of(path)


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="No such file"):
        frames_of(tmp_path / "gone.mp4")


def test_sound_alone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="it has no video in it, only audio"):
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
    assert 0 < len(frames_of(video, damaged="keep")) <= 30


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "libx264"), ("a.avi", "mpeg4")])
def test_a_video_that_ends_early_is_refused_or_kept(name: str, codec: str, tmp_path: Path) -> None:
    noise = list(np.random.default_rng(1).integers(0, 256, (60, 48, 64, 3), np.uint8))
    video = write_video(tmp_path / name, noise, codec=codec, pix_fmt="yuv420p")
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    with pytest.raises(ClipError, match=r"it (ends early|is damaged|cannot be decoded)"):
        frames_of(video)
    assert 10 < len(frames_of(video, damaged="keep")) < 50


def test_a_video_that_lacks_its_index_is_told(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", numbered(30), codec="libx264", pix_fmt="yuv420p")
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    with pytest.raises(ClipError, match="its beginning or index is damaged"):
        frames_of(video)
