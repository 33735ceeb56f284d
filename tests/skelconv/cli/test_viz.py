"""Pictures, as the command makes them."""

import itertools
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image
from support.assembly import Encoded
from support.memory import clip

from skelconv import Clip
from skelconv.cli.app import run
from skelconv_pickle.sink import PickleSink

SVG = "{http://www.w3.org/2000/svg}"


def write(path: Path, *clips: Clip) -> str:
    sink = PickleSink(path)
    sink.assemble(Encoded(sink, clips, {"train": range(len(clips))}), path)
    return str(path)


def one_joint(x: float, y: float, clip_id: str = "a", frames: int = 3) -> Clip:
    keypoint = np.zeros((1, frames, 17, 2), np.float32)
    keypoint[:, :, 0] = (x, y)
    score = (keypoint != 0).any(axis=-1).astype(np.float32)
    return Clip(clip_id, keypoint, "coco17", 0, keypoint_score=score, img_shape=(120, 200))


@pytest.fixture
def two(tmp_path: Path) -> str:
    people = (
        clip("walk", persons=2, frames=7, img_shape=(1080, 1920)),
        clip("wave", frames=4, seed=1, img_shape=(1080, 1920)),
    )
    return write(tmp_path / "two.pkl", *people)


@pytest.mark.parametrize("ending", ["mp4", "webp", "gif"])
def test_a_moving_picture_has_all_frames(two: str, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    assert run(["viz", two, "-o", str(target), "--height", "101"]) == 0
    if ending == "mp4":
        with av.open(str(target)) as container:
            assert container.streams.video[0].average_rate == 30
            frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    else:
        with Image.open(target) as image:
            frames = []
            for number in range(image.n_frames):
                image.seek(number)
                frames.append(np.asarray(image.convert("RGB")))
    # As long as the longest clip, and something moves in each frame.
    assert len(frames) == 7
    for before, after in itertools.pairwise(frames):
        assert (before != after).any()


def test_joints_land_where_the_data_says(tmp_path: Path) -> None:
    for x, y in ((30, 40), (150, 90), (99, 5)):
        data = write(tmp_path / "one.pkl", one_joint(x, y))
        target = tmp_path / "one.png"
        assert run(["viz", data, "a", "-o", str(target), "--scale", "1", "--fresh"]) == 0
        picture = np.asarray(Image.open(target).convert("RGB")).astype(int)
        # The first cell begins 8 pixels from the left, and 8 and a caption from the top.
        cell = picture[8 + 34 :, 8:][1:119, 1:199]
        dark = (250 - cell).clip(0).sum(axis=-1)
        rows, columns = np.mgrid[1:119, 1:199]
        assert (columns * dark).sum() / dark.sum() == pytest.approx(x, abs=0.1)
        assert (rows * dark).sum() / dark.sum() == pytest.approx(y, abs=0.1)


def test_an_svg_is_text_whatever_the_id(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>&\x00\n"
    data = write(tmp_path / "one.pkl", one_joint(30, 40, clip_id=name))
    target = tmp_path / "one.svg"
    assert run(["viz", data, "-o", str(target), "--scale", "1"]) == 0
    root = ElementTree.parse(target).getroot()
    assert {element.tag for element in root} == {SVG + tag for tag in ("rect", "circle", "text")}
    assert any("<script>" in (element.text or "") for element in root.iter(SVG + "text"))
    circle = root.find(f"{SVG}circle")
    assert circle is not None
    assert (float(circle.get("cx", 0)), float(circle.get("cy", 0))) == (38, 40 + 8 + 34)


def film(path: Path, frames: int, size: tuple[int, int] = (120, 200)) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            gray = np.full((*size, 3), 20 + 60 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(gray, format="rgb24")))
        container.mux(stream.encode())


def test_people_over_their_video(tmp_path: Path) -> None:
    data = write(tmp_path / "one.pkl", one_joint(30, 40, frames=3))
    film(tmp_path / "a.mp4", 3)
    target = tmp_path / "over.gif"
    command = ["viz", data, "-o", str(target), "--scale", "1", "--video", str(tmp_path)]
    assert run(command) == 0
    with Image.open(target) as image:
        for number in range(3):
            image.seek(number)
            picture = np.asarray(image.convert("RGB"))
            assert picture[100, 150] == pytest.approx([20 + 60 * number] * 3, abs=4)


def test_people_and_video_begin_with_the_same_frame(tmp_path: Path) -> None:
    data = write(tmp_path / "one.pkl", one_joint(30, 40, frames=4))
    film(tmp_path / "a.mp4", 4)
    target = tmp_path / "over.gif"
    command = ["viz", data, "-o", str(target), "--scale", "1", "--video", str(tmp_path)]
    assert run([*command, "--start", "2"]) == 0
    with Image.open(target) as image:
        assert image.n_frames == 2
        for number in range(2):
            image.seek(number)
            picture = np.asarray(image.convert("RGB"))
            assert picture[100, 150] == pytest.approx([20 + 60 * (number + 2)] * 3, abs=4)


def test_a_missing_joint_is_not_bright_over_a_video(tmp_path: Path) -> None:
    """Scores are not there, so its zeros alone say that it is missing."""
    one = one_joint(150, 90, frames=2).replace(keypoint_score=None)
    data = write(tmp_path / "one.pkl", one)
    film(tmp_path / "a.mp4", 2)
    target = tmp_path / "over.png"
    options = ["--scale", "1", "--video", str(tmp_path), "--heatmap", "keypoint"]
    assert run(["viz", data, "-o", str(target), *options]) == 0
    cell = np.asarray(Image.open(target).convert("RGB"))[8 + 34 :, 8:].astype(int)
    assert abs(cell[2, 2] - cell[60, 30]).max() < 6
    assert abs(cell[90, 150] - cell[60, 30]).max() > 60


@pytest.mark.parametrize("x", [1e19, -1e30, 3.4e38])
def test_joints_at_hostile_places_are_outside(tmp_path: Path, x: float) -> None:
    one = one_joint(30, 40)
    keypoint = np.array(one.keypoint)
    keypoint[:, :, 5] = (x, 30)
    score = np.array(one.keypoint_score)
    score[:, :, 5] = 1
    data = write(tmp_path / "one.pkl", one.replace(keypoint=keypoint, keypoint_score=score))
    assert run(["viz", data, "-o", str(tmp_path / "one.png"), "--scale", "1"]) == 0


def test_an_image_of_hostile_size_is_refused(tmp_path: Path, capsys: Any) -> None:
    data = write(tmp_path / "one.pkl", one_joint(30, 40).replace(img_shape=(1, 10**7)))
    assert run(["viz", data, "-o", str(tmp_path / "one.png")]) == 1
    assert "would have a side of 2.4e+09 pixels" in capsys.readouterr().err


def test_a_video_of_another_size_is_refused(tmp_path: Path, capsys: Any) -> None:
    data = write(tmp_path / "one.pkl", one_joint(30, 40))
    film(tmp_path / "a.mp4", 3, (60, 100))
    target = tmp_path / "over.png"
    assert run(["viz", data, "-o", str(target), "--video", str(tmp_path / "a.mp4")]) == 1
    assert "60 x 100" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"one.pkl", "a.mp4"}


def test_an_id_does_not_lead_out_of_the_folder_of_videos(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "videos").mkdir()
    film(tmp_path / "a.mp4", 3)
    data = write(tmp_path / "one.pkl", one_joint(30, 40, clip_id="../a"))
    command = ["viz", data, "-o", str(tmp_path / "x.png"), "--video", str(tmp_path / "videos")]
    assert run(command) == 1
    assert "no video of the clip '../a'" in capsys.readouterr().err


def test_heatmaps_are_bright_where_people_are(two: str, tmp_path: Path) -> None:
    target = tmp_path / "heat.png"
    command = ["viz", two, "wave", "-o", str(target), "--heatmap", "limb", "--height", "64"]
    assert run(command) == 0
    picture = np.asarray(Image.open(target).convert("RGB"))
    heat = picture[8 + 34 + 1 : 8 + 34 + 63, 9:71]
    dark, bright = (68, 1, 84), heat.reshape(-1, 3)
    assert (bright == dark).all(axis=1).mean() > 0.2
    assert bright[:, 1].max() > 150


def test_a_clip_without_frames_has_dark_heatmaps(tmp_path: Path) -> None:
    data = write(tmp_path / "none.pkl", one_joint(3, 4).take("T", slice(0)))
    for ending in ("png", "gif"):
        target = tmp_path / f"none.{ending}"
        assert run(["viz", data, "-o", str(target), "--heatmap", "limb"]) == 0


def test_two_datasets_beside_each_other(two: str, tmp_path: Path) -> None:
    other = write(
        tmp_path / "other.pkl",
        *(
            one.replace(keypoint=one.keypoint + 3)
            for one in (
                clip("walk", persons=2, frames=7, img_shape=(1080, 1920)),
                clip("wave", frames=4, seed=1, img_shape=(1080, 1920)),
            )
        ),
    )
    target = tmp_path / "both.svg"
    assert run(["viz", two, "wave", "-o", str(target), "--against", other]) == 0
    # Each joint is 3 pixels away in x and y.
    assert f"{np.hypot(3, 3):.3g} px away" in target.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["wav", "-o", "x.png"], "did you mean 'wave'"),
        (["-o", "x.bmp"], "known endings: .mp4"),
        (["-o", "two.pkl"], "--fresh"),
        (["wave", "--sample", "2", "-o", "x.png"], "exclude each other"),
        (["-o", "x.svg", "--heatmap", "limb"], "write a .png"),
        (["-o", "no/where.png"], "cannot be written"),
        (["-o", "x.png", "--channels", "a"], "0,9,10"),
        (["-o", "x.mp4", "--fps", "0"], "240"),
        (["-o", "x.png", "--scale", "-1"], "not above 0"),
        (["-o", "x.png", "--start", "5", "--end", "5"], "none of them is from 5 to before 5"),
        (["-o", "x.png", "--heatmap", "limb", "--channels", "99"], "there is no heatmap 99"),
        (["-o", "x.png", "--heatmap", "limb", "--channels", "0,-1"], "there is no heatmap -1"),
    ],
)
def test_what_cannot_be_drawn(
    two: str,
    tmp_path: Path,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = Path(two).read_bytes()
    assert run(["viz", two, *arguments]) == 1
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["two.pkl"]
    assert Path(two).read_bytes() == before
