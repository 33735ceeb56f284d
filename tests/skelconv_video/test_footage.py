"""Frames from images and archives, against Pillow and against the videos that they were."""

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from support.images import Picture, encoded, files_in, pack, write_images
from support.videos import Frame, cut_off, frames_of, number_of, numbered, numbers, write_video

from skelconv import ClipError
from skelconv_video.decode import Cut, Decoding, decode
from skelconv_video.footage import Images, VideoFile
from skelconv_video.orientation import orientation
from skelconv_video.pictures import Converter
from skelconv_video.places import place_at
from skelconv_video.series import series_of

NOISE = np.random.default_rng(0).integers(0, 256, (33, 45, 3), np.uint8)


def images(folder: Path, fps: float | None = None) -> Images:
    names = [path.name for path in folder.iterdir()]
    return Images(place_at(str(folder)), "", series_of(names).names, fps)


def taken(
    folder: Path, cut: Cut | None = None, image_fps: float | None = None, **how: object
) -> list[int]:
    frames = decode(images(folder, image_fps), cut or Cut(), Decoding(**how))
    return [number_of(frame.rgb()) for frame in frames]


def by_pillow(content: bytes) -> Picture:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))


@pytest.mark.parametrize(
    "pixels", ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p", "nv12", "gray", "gbrp", "rgba"]
)
@pytest.mark.parametrize("size", [(45, 33), (64, 48), (640, 362)])
def test_any_number_of_threads_converts_to_the_same_bytes(
    pixels: str, size: tuple[int, int]
) -> None:
    frame = av.VideoFrame(*size, pixels)
    noise = np.random.default_rng(0)
    for plane in frame.planes:
        plane.update(noise.integers(0, 256, plane.buffer_size, np.uint8).tobytes())
    one, *others = (Converter(threads=threads).rgb(frame) for threads in (1, 0, 2, 5))
    assert one.std() > 10
    for other in others:
        np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize("ending", ["png", "bmp", "webp"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_images_without_loss_are_those_of_pillow(ending: str, mode: str) -> None:
    picture = np.asarray(Image.fromarray(NOISE).convert(mode).convert("RGB"))
    buffer = io.BytesIO()
    how = {"lossless": True} if ending == "webp" else {}
    Image.fromarray(NOISE).convert(mode).save(buffer, ending, **how)
    frame = Converter().image(buffer.getvalue(), strict=True).rgb()
    np.testing.assert_array_equal(frame, picture)
    np.testing.assert_array_equal(frame, by_pillow(buffer.getvalue()))


def test_a_jpeg_is_pillows_but_for_rounding() -> None:
    content = encoded(NOISE, "jpg", quality=95, subsampling=0)
    frame = Converter().image(content, strict=True).rgb()
    assert np.abs(frame.astype(int) - by_pillow(content)).max() <= 3
    # Colours at half the size are enlarged in another way.
    smooth = np.asarray(Image.fromarray(NOISE[:4, :6]).resize((450, 330)))
    content = encoded(smooth, "jpg", quality=95)
    frame = Converter().image(content, strict=True).rgb()
    assert np.abs(frame.astype(int) - by_pillow(content)).mean() < 1.5


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_images_are_turned_as_cameras_say(ending: str, turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    how = {"quality": 95, "subsampling": 0} if ending == "jpg" else {}
    content = encoded(NOISE, ending, exif=exif, **how)
    assert orientation(content) == turned
    frame = Converter().image(content, strict=True).rgb()
    right = by_pillow(content)
    assert frame.shape == right.shape
    assert np.abs(frame.astype(int) - right).max() <= 3


@given(st.binary(max_size=200), st.sampled_from(["jpg", "png", "webp"]), st.data())
def test_an_orientation_is_a_number_whatever_is_in_the_file(
    noise: bytes, ending: str, data: st.DataObject
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(NOISE[:4, :4], ending, exif=exif)
    at = data.draw(st.integers(0, len(content)))
    assert 1 <= orientation(content[:at] + noise + content[at + len(noise) :]) <= 8


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp"])
def test_every_image_is_a_frame(ending: str, tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", numbered(30), "{}." + ending)
    assert taken(folder) == list(range(30))
    assert taken(folder, stride=7) == [0, 7, 14, 21, 28]
    assert taken(folder, Cut(first=3, last=9)) == list(range(3, 10))
    assert taken(folder, threads=4) == list(range(30))


def test_images_have_times_where_their_rate_is_known(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", numbered(60))
    video = write_video(tmp_path / "a.mkv", numbered(60), fps=25)
    for cut, fps in ((Cut(), 10), (Cut(0.4, 1.2), None), (Cut(0.4, 1.2), 5), (Cut(1), 50)):
        assert taken(folder, cut, 25, fps=fps) == numbers(video, cut, fps=fps)
    for how in ({"fps": 10}, {"cut": Cut(1)}, {"cut": Cut(None, 1)}):
        with pytest.raises(ClipError, match="images have no times: say image_fps"):
            taken(folder, **how)


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        (Cut(first=3, last=5), "the clip ends with frame 5, and there are 5, numbered from 0"),
        (Cut(first=7), "it has no frame from number 7 to its end"),
    ],
)
def test_frames_that_are_not_there_are_told(cut: Cut, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ClipError, match=reason):
        taken(write_images(tmp_path / "a", numbered(5)), cut)


def test_images_of_other_sizes_are_told(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", [*numbered(5), *numbered(1, 24, 32)])
    with pytest.raises(ClipError, match=r"from 64 x 48 to 32 x 24 pixels at frame 5"):
        taken(folder)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp"])
@pytest.mark.parametrize("what", ["cut off", "empty", "text"])
def test_a_damaged_image_is_refused_or_left_out(ending: str, what: str, tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", numbered(8), "{}." + ending)
    bad = folder / f"4.{ending}"
    if what == "cut off":
        cut_off(bad, 0.7)
    else:
        bad.write_bytes(b"" if what == "empty" else b"no image")
    with pytest.raises(ClipError, match="damaged: keep") as caught:
        taken(folder)
    assert str(bad) in str(caught.value)
    kept = taken(folder, damaged="keep")
    # Of a JPEG a part can be shown.
    assert [number for number in kept if number != 3] == [0, 1, 2, 4, 5, 6, 7]
    assert 3 not in kept or (ending, what) == ("jpg", "cut off")


def test_an_image_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", numbered(2))
    path = folder / "img_00002.png"
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    path.write_bytes(content)
    with pytest.raises(ClipError, match="it is damaged, or larger than 67 million pixels"):
        taken(folder)


def in_archive(path: Path, name: str) -> list[Frame]:
    video = VideoFile(name, place_at(str(path)))
    return [each.rgb() for each in decode(video, Cut(), Decoding())]


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tgz"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [("a.mp4", "libx264", "yuv420p"), ("a.mkv", "ffv1", "bgr0"), ("a.ts", "mpeg2video", "yuv420p")],
)
def test_a_video_in_an_archive_is_the_same(
    ending: str, deflated: bool, name: str, codec: str, pix_fmt: str, tmp_path: Path
) -> None:
    video = write_video(tmp_path / name, numbered(40), codec=codec, pix_fmt=pix_fmt)
    other = b"x" * 1001
    files = {"x": other, f"v/{name}": video.read_bytes(), "y": other}
    archive = pack(tmp_path / f"a.{ending}", files, deflated=deflated)
    np.testing.assert_array_equal(in_archive(archive, f"v/{name}"), frames_of(video))


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
def test_images_in_an_archive_are_the_same(ending: str, tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", numbered(12))
    place = place_at(str(pack(tmp_path / f"a.{ending}", files_in(tmp_path), deflated=True)))
    inside = Images(place, "a", series_of(place.names("a")).names, 25)
    there, outside = (
        [each.rgb() for each in decode(footage, Cut(), Decoding(fps=10))]
        for footage in (inside, images(folder, 25))
    )
    np.testing.assert_array_equal(there, outside)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.3gp", "libx264", "yuv420p"),
        ("a.3g2", "libx264", "yuv420p"),
        ("a.MTS", "libx264", "yuv420p"),
        ("a.m2ts", "libx264", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
        ("a.vob", "mpeg2video", "yuv420p"),
        ("a.m2v", "mpeg2video", "yuv420p"),
        ("a.gif", "gif", "rgb8"),
        ("a.apng", "apng", "rgb24"),
        ("a.nut", "ffv1", "bgr0"),
        ("a.mxf", "mpeg2video", "yuv420p"),
        ("a.h264", "libx264", "yuv420p"),
        ("a.hevc", "libx265", "yuv420p"),
        ("a.ivf", "libvpx-vp9", "yuv420p"),
        ("a.y4m", "wrapped_avframe", "yuv420p"),
        ("a.mjpeg", "mjpeg", "yuvj420p"),
        ("a.f4v", "libx264", "yuv420p"),
        ("a.wtv", "mpeg2video", "yuv420p"),
        ("a.asf", "wmv2", "yuv420p"),
        ("a.obu", "libsvtav1", "yuv420p"),
        ("a.m4v", "mpeg4", "yuv420p"),
    ],
)
def test_every_container_gives_all_of_its_frames(
    name: str, codec: str, pix_fmt: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    options = {"b": "20M"} if codec == "mpeg2video" else {}
    write_video(path, numbered(20), codec=codec, pix_fmt=pix_fmt, options=options)
    frames = frames_of(path, threads=1)
    assert len(frames) == len(frames_of(path, threads=2)) == 20
    if name != "a.gif":  # of 256 colours
        assert [number_of(frame) for frame in frames] == list(range(20))
        assert numbers(path, fps=10) == [0, 2, 5, 7, 10, 12, 15, 17]
        assert numbers(path, Cut(0.2, 0.6)) == list(range(5, 15))
