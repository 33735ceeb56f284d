"""When frames are shown: numbers painted into them against arithmetic."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from support.videos import numbered, numbers, pack_b_frames, stamp_flv, write_video

from skelconv import ClipError
from skelconv_video.decode import Cut

DAYS = 1_002_240_000  # milliseconds; 11.6 of them


@pytest.mark.parametrize("rate", [24, 30, Fraction(30000, 1001), 60], ids=str)
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mkv", "libx264"),
        ("a.webm", "libvpx-vp9"),
        ("a.flv", "flv"),
        ("a.wmv", "wmv2"),
        ("a.mp4", "libx264"),
        ("a.avi", "libx264"),
    ],
)
def test_a_videos_own_rate_gives_each_frame_once(
    name: str, codec: str, rate: Fraction, tmp_path: Path
) -> None:
    video = write_video(tmp_path / name, numbered(90), codec=codec, pix_fmt="yuv420p", fps=rate)
    assert numbers(video, fps=float(rate)) == list(range(90))
    assert numbers(video, fps=float(rate / 2)) == list(range(0, 90, 2))
    part = Cut(start=float(11 / rate), end=float(70 / rate))
    assert numbers(video, part) == list(range(11, 70))
    assert numbers(video, part, fps=float(rate)) == list(range(11, 70))
    assert numbers(video, part, fps=float(rate / 2)) == list(range(11, 70, 2))


def test_a_frame_that_stays_ends_with_the_clip(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(3), times=[0, 500, 2500])
    assert numbers(video, Cut(0, 1), fps=10) == [0] * 5 + [1] * 5


AVI = {
    "mpeg4": ("mpeg4", {"bf": "2", "g": "12"}),
    "h264": ("libx264", {"bf": "2", "g": "25"}),
    "pyramid": ("libx264", {"bf": "3", "g": "250"}),
    "plain": ("mpeg4", {"bf": "0"}),
    "packed": ("mpeg4", {"bf": "1", "b_strategy": "0", "sc_threshold": "1000000000"}),
}


@pytest.mark.parametrize("kind", AVI)
def test_an_avi_shows_its_frames_one_after_the_other(kind: str, tmp_path: Path) -> None:
    """AVI stores no times of showing, whatever the order in which frames are decoded."""
    codec, options = AVI[kind]
    video = write_video(
        tmp_path / "a.avi", numbered(150), codec=codec, pix_fmt="yuv420p", options=options
    )
    if kind == "packed":
        video = pack_b_frames(video, tmp_path / "packed.avi")
    assert numbers(video) == list(range(150))
    assert numbers(video, fps=25) == list(range(150))
    assert numbers(video, fps=12.5) == list(range(0, 150, 2))
    assert numbers(video, fps=30) == [number * 25 // 30 for number in range(180)]
    assert numbers(video, Cut(0.4, 1.2)) == list(range(10, 30))
    assert numbers(video, Cut(3.2, 4)) == list(range(80, 100))
    assert numbers(video, Cut(3.2, 4), fps=5) == [80, 85, 90, 95]
    assert numbers(video, Cut(first=80, last=99)) == list(range(80, 100))


def test_a_frame_stays_where_an_avi_dropped_the_next(tmp_path: Path) -> None:
    video = write_video(
        tmp_path / "a.avi",
        numbered(6),
        codec="mpeg4",
        pix_fmt="yuv420p",
        times=[0, 1, 2, 6, 7, 10],
        tick=Fraction(1, 25),
    )
    assert numbers(video) == [0, 1, 2, 3, 4, 5]
    assert numbers(video, fps=25) == [0, 1, 2, 2, 2, 2, 3, 4, 4, 4, 5]
    assert numbers(video, Cut(0.2, 0.4)) == [3, 4]


def test_an_avi_may_count_in_milliseconds(tmp_path: Path) -> None:
    times = [0, 40, 80, 120, 300]
    video = write_video(
        tmp_path / "a.avi", numbered(5), codec="mjpeg", pix_fmt="yuvj420p", times=times
    )
    assert numbers(video, fps=25) == [0, 1, 2, 3, 3, 3, 3, 3]
    assert numbers(video, fps=10) == [0, 2, 3, 4]


def stamped(path: Path, times: dict[int, int]) -> Path:
    """Make an FLV of 6 frames at 25 a second, some of which have other times in milliseconds."""
    write_video(path, numbered(6), codec="flv", pix_fmt="yuv420p")
    for number, time in times.items():
        stamp_flv(path, number, time)
    return path


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({5: DAYS}, "a frame at 1002240.00 s, after 0.16 s"),
        ({3: DAYS}, "a frame at 1002240.00 s, after 0.08 s"),
        ({3: DAYS, 4: DAYS + 40, 5: DAYS + 80}, "a frame at 1002240.00 s, after 0.08 s"),
        ({3: 15_000}, "a frame at 15.00 s, after 0.08 s"),
    ],
    ids=["last", "middle", "from then on", "seconds"],
)
def test_an_impossible_time_is_refused_or_ignored(
    times: dict[int, int], reason: str, tmp_path: Path
) -> None:
    video = stamped(tmp_path / "a.flv", times)
    for cut, how in ((Cut(), {"fps": 25}), (Cut(0, 1), {}), (Cut(0, 1), {"fps": 25})):
        with pytest.raises(ClipError, match=f"it has impossible times: {reason}"):
            numbers(video, cut, **how)
        assert numbers(video, cut, damaged="keep", **how) == [0, 1, 2, 3, 4, 5]


def test_times_do_not_matter_where_they_are_not_needed(tmp_path: Path) -> None:
    video = stamped(tmp_path / "a.flv", {3: DAYS})
    assert numbers(video) == [0, 1, 2, 3, 4, 5]
    assert numbers(video, Cut(first=2, last=4)) == [2, 3, 4]


def test_a_last_frame_is_not_displayed_for_minutes(tmp_path: Path) -> None:
    source = write_video(tmp_path / "a.mkv", numbered(3), codec="mpeg4", pix_fmt="yuv420p")
    video = tmp_path / "a.mp4"
    with av.open(str(source)) as inside, av.open(str(video), "w") as container:
        stream = inside.streams.video[0]
        target = container.add_stream_from_template(stream)
        for index, packet in enumerate(inside.demux(stream)):
            if packet.dts is not None:
                packet.stream, packet.duration = target, 40 if index < 2 else 1_200_000
                container.mux(packet)
    assert numbers(video) == [0, 1, 2]
    what = "it has impossible times: a frame at 0.08 s, for 1200.00 s"
    with pytest.raises(ClipError, match=what):
        numbers(video, fps=25)
    assert numbers(video, fps=25, damaged="keep") == [0, 1, 2]


def test_a_picture_may_stand_still_for_long(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", numbered(4), times=[0, 1000, 60_000, 61_000])
    assert numbers(video, fps=0.5) == [0, *[1] * 29, 2]
    assert numbers(video, Cut(50, 61)) == [2]
