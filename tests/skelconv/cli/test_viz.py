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
from support.films import film, gray_of
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


def middle_of(cell: np.ndarray[Any, Any], ground: int) -> tuple[float, float]:
    """Return where the one disc of a picture is, x and y."""
    weight = abs(cell.astype(int) - ground).sum(axis=-1)
    weight[weight < 40] = 0
    rows, columns = np.indices(weight.shape)
    return (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


def only_cell(picture: np.ndarray[Any, Any], size: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Return the first cell of a picture without its border."""
    return picture[8 + 34 :, 8:][1 : size[0] - 1, 1 : size[1] - 1]


@pytest.mark.parametrize("scale", [0.5, 1, 2.5])
def test_joints_land_on_what_the_video_shows(tmp_path: Path, scale: float) -> None:
    """The video has a square where the joint is; only its own colours are then seen around."""
    x, y = 61, 40
    picture = np.full((120, 200, 3), 128, np.uint8)
    picture[y - 10 : y + 11, x - 10 : x + 11] = 255
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "5"})
        stream.height, stream.width = 120, 200
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        container.mux([*stream.encode(frame), *stream.encode()])
    data = write(tmp_path / "one.pkl", one_joint(x, y, frames=1))
    places = []
    for threshold in ("0", "2"):  # with the joint, and without it
        target = tmp_path / f"{threshold}.png"
        options = ["--scale", str(scale), "--video", str(tmp_path), "--threshold", threshold]
        assert run(["viz", data, "-o", str(target), *options]) == 0
        picture = np.asarray(Image.open(target).convert("RGB"))
        places.append(only_cell(picture, (round(120 * scale), round(200 * scale))))
    with_joint, without = places
    # The square, in the clip's pixels.
    where = np.array(middle_of(without, 128)) + 1
    assert (where + 0.5) / scale - 0.5 == pytest.approx((x, y), abs=0.2)
    drawn = abs(with_joint.astype(int) - without)
    where = np.array(middle_of(drawn, 0)) + 1
    assert (where + 0.5) / scale - 0.5 == pytest.approx((x, y), abs=0.2)


def dots(target: Path) -> list[tuple[float, float]]:
    """Return the middles of the discs of an SVG."""
    circles = ElementTree.parse(target).getroot().iter(f"{SVG}circle")
    return [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in circles]


@pytest.mark.parametrize("options", [[], ["--crop", "person"], ["--height", "77"]])
def test_joints_keep_their_distances(tmp_path: Path, options: list[str]) -> None:
    """Whatever is shown, in whatever size: one scale in both directions, and nothing turned."""
    keypoint = np.zeros((1, 1, 17, 2), np.float32)
    keypoint[0, 0, :4] = [(30, 40), (130, 40), (30, 90), (77, 61)]
    score = (keypoint != 0).any(axis=-1).astype(np.float32)
    one = one_joint(0, 0, frames=1).replace(keypoint=keypoint, keypoint_score=score)
    data, target = write(tmp_path / "one.pkl", one), tmp_path / "one.svg"
    assert run(["viz", data, "-o", str(target), *options]) == 0
    first, right, down, inside = np.array(dots(target)[:4])
    scale = (right - first)[0] / 100
    assert right - first == pytest.approx([100 * scale, 0], abs=0.011)
    assert down - first == pytest.approx([0, 50 * scale], abs=0.011)
    assert inside - first == pytest.approx([47 * scale, 21 * scale], abs=0.011)
    if "--crop" not in options:  # the whole image: 120 pixels high
        assert scale == pytest.approx((77 if options else 240) / 120, abs=2e-4)
        assert first - [8, 8 + 34] == pytest.approx(
            [(30.5 * scale) - 0.5, (40.5 * scale) - 0.5], abs=0.011
        )


VIEWS = {
    # Where x, y and z point to in the picture: x to the right, y up, z away from us.
    "front": [(1, 0), (0, -1), (0, 0)],
    "side": [(0, 0), (0, -1), (1, 0)],
    "top": [(1, 0), (0, 0), (0, -1)],
}


@pytest.mark.parametrize("view", VIEWS)
def test_joints_in_3d_land_where_the_data_says(tmp_path: Path, view: str) -> None:
    keypoint = np.zeros((1, 1, 25, 3), np.float32)
    keypoint[0, 0, :4] = [(1, 1, 1), (1.5, 1, 1), (1, 1.5, 1), (1, 1, 1.5)]
    data = write(tmp_path / "one.pkl", Clip("a", keypoint, "ntu25", 0))
    target = tmp_path / "one.svg"
    assert run(["viz", data, "-o", str(target), "--view", view]) == 0
    first, *others = np.array(dots(target)[:4])
    moved = np.array([other - first for other in others])
    scale = abs(moved).max()
    assert scale > 100
    assert moved / scale == pytest.approx(np.array(VIEWS[view]), abs=1e-3)


def test_the_number_of_a_frame_is_that_of_the_whole_clip(two: str, tmp_path: Path) -> None:
    target = tmp_path / "one.svg"
    assert run(["viz", two, "walk", "-o", str(target), "--start", "2", "--end", "5"]) == 0
    texts = [one.text or "" for one in ElementTree.parse(target).getroot().iter(f"{SVG}text")]
    assert texts[1].startswith("3 / 7 ")
    assert texts[-1].startswith("5 / 7 ")


def test_a_limb_from_left_to_right_is_of_no_side(tmp_path: Path) -> None:
    keypoint = np.zeros((1, 1, 17, 2), np.float32)
    keypoint[0, 0, [11, 12, 13, 14]] = [(130, 40), (30, 40), (130, 90), (30, 90)]
    score = (keypoint != 0).any(axis=-1).astype(np.float32)
    one = one_joint(0, 0, frames=1).replace(keypoint=keypoint, keypoint_score=score)
    data, target = write(tmp_path / "one.pkl", one), tmp_path / "one.svg"
    assert run(["viz", data, "-o", str(target)]) == 0
    lines = list(ElementTree.parse(target).getroot().iter(f"{SVG}line"))[:3]
    colors = {
        line.get("stroke"): {line.get("x1"), line.get("x2")} for line in lines
    }  # left knee, right knee, hips
    assert set(colors) == {"#0072b2", "#d55e00", "#787878"}
    assert len(colors["#0072b2"]) == len(colors["#d55e00"]) == 1
    assert colors["#787878"] == colors["#0072b2"] | colors["#d55e00"]


def test_a_long_name_does_not_leave_its_cell(tmp_path: Path) -> None:
    name = "S001C001P001R001A001" * 5 + "_end"
    data, target = write(tmp_path / "one.pkl", one_joint(3, 4, name)), tmp_path / "one.svg"
    assert run(["viz", data, "-o", str(target), "--height", "60"]) == 0
    text = next(ElementTree.parse(target).getroot().iter(f"{SVG}text")).text or ""
    assert text.startswith("S001C001P")
    assert text.endswith("_end")
    assert len(text) < 25


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
            assert picture[100, 150] == pytest.approx([gray_of(number)] * 3, abs=4)


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
            assert picture[100, 150] == pytest.approx([gray_of(number + 2)] * 3, abs=4)


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


def test_a_clip_in_3d_is_not_drawn_over_a_video(tmp_path: Path, capsys: Any) -> None:
    data = write(tmp_path / "one.pkl", Clip("a", np.ones((1, 3, 25, 3), np.float32), "ntu25", 0))
    film(tmp_path / "a.mp4", 3)
    target = tmp_path / "over.png"
    assert run(["viz", data, "-o", str(target), "--video", str(tmp_path)]) == 1
    assert "'a' is in 3D" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize(
    ("name", "first"), [("walk@000002-000005", 2), ("walk#1", 0), ("walk#1@000003-000004", 3)]
)
def test_clips_cut_from_a_recording_are_over_its_video(
    tmp_path: Path, name: str, first: int
) -> None:
    data = write(tmp_path / "one.pkl", one_joint(30, 40, name, frames=1))
    film(tmp_path / "walk_rgb.mp4", 6)
    for video in (tmp_path, tmp_path / "walk_rgb.mp4"):
        target = tmp_path / "over.png"
        options = ["--scale", "1", "--video", str(video), "--fresh"]
        assert run(["viz", data, "-o", str(target), *options]) == 0
        picture = np.asarray(Image.open(target).convert("RGB"))
        assert picture[100, 150] == pytest.approx([gray_of(first)] * 3, abs=4)


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
