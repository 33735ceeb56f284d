"""The viewer in a real browser: Chromium, without a window."""

import csv
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.films import film, gray_of
from support.memory import MemoryReader, clip

import skelconv
from skelconv import Clip, Dataset
from skelconv.viewer.marks import Marks
from skelconv.viewer.server import ViewerServer
from skelconv.viewer.session import Session

SCRIPT = '<img src=x onerror="document.title=1">'
AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def walking(clip_id: str, frames: int, label: int, persons: int = 1) -> Clip:
    """Somebody who goes to the right, one pixel each frame."""
    one = clip(clip_id, persons=persons, label=label, frames=1, img_shape=(1080, 1920))
    keypoint = np.repeat(one.keypoint, frames, axis=1)
    keypoint[..., 0] += np.arange(frames)[:, None]
    assert one.keypoint_score is not None
    return one.replace(
        keypoint=keypoint, keypoint_score=np.repeat(one.keypoint_score, frames, axis=1)
    )


def dataset(count: int = 40) -> Dataset:
    clips = [walking(f"clip{n:03}", 10 + n, n % 3, 1 + n % 2) for n in range(count)]
    clips.append(walking(SCRIPT, 5, 2))
    solid = np.random.default_rng(0).normal(0, 0.5, (1, 8, 25, 3)).astype(np.float32)
    clips.append(Clip("solid", solid, "ntu25", label=0))
    names = ["run", "jump", f"walk {SCRIPT}"]
    splits = {"train": range(0, count, 2), "val": range(1, count, 2)}
    reader = MemoryReader(clips, splits, label_names=names)
    reader.sizes = [one.keypoint.shape[:2] for one in clips]  # type: ignore[attr-defined]
    return Dataset(reader, path="data/some.pkl")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "apt-get install chromium"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., ViewerServer]]:
    running: list[tuple[ViewerServer, threading.Thread]] = []

    def start(
        other: Dataset | None = None, data: Dataset | None = None, videos: str | None = None
    ) -> ViewerServer:
        marks = Marks(tmp_path / "marks.csv")
        shown = data or dataset()
        server = ViewerServer(Session(shown, marks, other, videos), lambda: shown)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 800})
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    # The page shows these answers; the browser notes them besides.
    assert [text for text in complaints if "a status of 422" not in text] == []


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Clips").get_by_role("row")


def count(page: Page) -> Any:
    return page.locator("header").get_by_role("status").first


def open_clip(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_the_table_is_of_all_clips_and_draws_few(page: Page, serve: Any) -> None:
    page.goto(serve(data=dataset(3000)).url)
    expect(count(page)).to_have_text("3002 clips")
    expect(page.get_by_role("table", name="Clips")).to_have_attribute("aria-rowcount", "3003")
    expect(rows(page).nth(1)).to_contain_text("clip000")
    assert rows(page).count() < 80
    page.get_by_role("table", name="Clips").evaluate("table => { table.scrollTop = 30 * 1500 }")
    expect(page.get_by_text("clip1500", exact=True)).to_be_visible()
    expect(page.get_by_text("clip000", exact=True)).to_have_count(0)


def test_search_class_and_split(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Search").fill("CLIP00")
    expect(count(page)).to_have_text("10 of 42 clips")
    page.get_by_role("combobox", name="Class").select_option("1")
    expect(count(page)).to_have_text("3 of 42 clips")
    page.get_by_role("combobox", name="Split").select_option("val")
    expect(count(page)).to_have_text("2 of 42 clips")
    page.get_by_role("button", name="Show all").click()
    expect(count(page)).to_have_text("42 clips")
    page.get_by_label("Search").fill("jump")
    expect(count(page)).to_have_text("13 of 42 clips")


def test_sorting(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    frames = page.get_by_role("columnheader", name="Frames")
    frames.get_by_role("button").click()
    expect(frames).to_have_attribute("aria-sort", "ascending")
    expect(rows(page).nth(1)).to_contain_text("onerror")
    frames.get_by_role("button").click()
    expect(frames).to_have_attribute("aria-sort", "descending")
    expect(rows(page).nth(1)).to_contain_text("clip039")


def brush(page: Page, title: str, start: float) -> None:
    """Drag over a histogram, from a share of its width to its end."""
    plot = page.get_by_role("group", name=title).locator(".u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, middle, steps=5)
    page.mouse.up()


def test_some_classes_by_dragging(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    brush(page, "Class, by number", 0.4)
    # Classes 1 and 2: 13 each of 40, and the one whose name is a script.
    expect(count(page)).to_have_text("27 of 42 clips")
    expect(page.get_by_label("Class, by number, from")).to_have_value("1")


def test_a_range_by_numbers_and_by_dragging(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Frames, from").fill("40")
    page.get_by_label("Frames, from").press("Enter")
    # From 40 to 49 frames.
    expect(count(page)).to_have_text("10 of 42 clips")
    page.get_by_role("button", name="All of Frames").click()
    expect(count(page)).to_have_text("42 clips")
    brush(page, "Frames", 0.5)
    # The upper half of 5 to 49 frames.
    expect(count(page)).to_have_text(re.compile(r"^2[0-4] of 42 clips$"))
    low, _ = re.search(r"frames=(\d+)(?:~|%7E)(\d+)", page.url).groups()  # type: ignore[union-attr]
    assert 25 <= int(low) <= 29


def test_the_clips_of_a_finding(page: Page, serve: Any) -> None:
    clips = [walking(f"clip{n}", 10, n % 2) for n in range(6)]
    score = np.array(clips[3].keypoint_score)
    score[:] = 7.0
    clips[3] = clips[3].replace(keypoint_score=score)
    page.goto(serve(data=Dataset(MemoryReader(clips, {"train": range(6)}))).url)
    choice = page.get_by_role("combobox", name="Finding")
    outside = choice.get_by_role("option").filter(has_text="score")
    code = outside.first.get_attribute("value")
    assert code is not None
    choice.select_option(code)
    expect(count(page)).to_have_text("1 of 6 clips")
    expect(rows(page).nth(1)).to_contain_text("clip3")
    expect(rows(page).nth(1)).to_contain_text(code)


def test_the_address_holds_the_whole_state(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Search").fill("clip03")
    open_clip(page, "clip031")
    page.get_by_role("combobox", name="Speed").select_option("0.5")
    page.keyboard.press("Escape")
    open_clip(page, "clip031")
    expect(page.get_by_text("1 / 41")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("4 / 41")).to_be_visible()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("heading", name="clip031")).to_be_visible()
    expect(page.get_by_text("4 / 41")).to_be_visible()
    expect(count(page)).to_have_text("10 of 42 clips")
    expect(page.get_by_role("combobox", name="Speed")).to_have_value("0.5")


def drawn(page: Page, which: int = 0) -> str:
    picture: str = page.locator(".stage canvas").nth(which).evaluate("one => one.toDataURL()")
    return picture


def expect_other(page: Page, before: str, which: int = 0) -> None:
    """A picture changes with the next frame that the browser draws."""
    page.wait_for_function(
        """([which, before]) =>
            document.querySelectorAll(".stage canvas")[which].toDataURL() !== before""",
        arg=[which, before],
    )


def expect_drawn(page: Page, which: int = 0) -> str:
    """Wait until people are in a picture, and return it."""
    page.wait_for_function(
        """which => {
            const canvas = document.querySelectorAll(".stage canvas")[which];
            const blank = document.createElement("canvas");
            Object.assign(blank, { width: canvas?.width, height: canvas?.height });
            return canvas && canvas.toDataURL() !== blank.toDataURL();
        }""",
        arg=which,
    )
    return drawn(page, which)


def test_keys_step_play_and_go_on(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    open_clip(page, "clip004")
    expect(page.get_by_text("1 / 14")).to_be_visible()
    before = expect_drawn(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("2 / 14")).to_be_visible()
    expect_other(page, before)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("1 / 14")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_text("14 / 14")).to_be_visible()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text(re.compile(r"^([3-9]|1\d) / 14$"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="clip005")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="clip008")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="clip007")).to_be_visible()


def test_marks_are_saved(page: Page, serve: Any, tmp_path: Path) -> None:
    page.goto(serve().url)
    open_clip(page, "clip002")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Marked as bad")).to_be_visible()
    note = page.get_by_label("Note")
    note.fill("legs are gone, see 3")
    note.press("Enter")
    page.get_by_role("combobox", name="Marked").select_option("yes")
    expect(count(page)).to_have_text("1 of 42 clips")
    with (tmp_path / "marks.csv").open() as file:
        assert list(csv.reader(file)) == [["id", "note"], ["clip002", "legs are gone, see 3"]]
    page.get_by_role("button", name="Marked as bad").click()
    expect(page.get_by_role("button", name="Mark as bad")).to_be_visible()
    expect(count(page)).to_have_text("0 of 42 clips")


def test_a_name_with_a_script_in_it_is_text(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Search").fill("onerror=")
    open_clip(page, SCRIPT)
    expect(page.locator(".player header")).to_contain_text(f"2 walk {SCRIPT}")
    assert page.locator("img").count() == 0
    assert page.title() == "some.pkl · skelconv"


def test_a_clip_in_3d_is_turned(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Search").fill("solid")
    open_clip(page, "solid")
    before = expect_drawn(page)
    box = page.locator(".stage canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 120, steps=4)
    page.mouse.up()
    expect_other(page, before)
    assert "turn=" in page.url
    turned = drawn(page)
    page.get_by_label("Turn").press("ArrowRight")
    expect_other(page, turned)


def test_heatmaps(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    open_clip(page, "clip002")
    skeletons = expect_drawn(page)
    page.get_by_role("combobox", name="Show").select_option("limb")
    expect_other(page, skeletons)


def expect_gray(page: Page, gray: int) -> None:
    page.wait_for_function(
        """gray => {
            const canvas = document.querySelector(".stage canvas");
            const copy = document.createElement("canvas");  // reading slows a canvas down
            const pen = copy.getContext("2d");
            pen.drawImage(canvas, 9 - canvas.width, -9);
            const [seen] = pen.getImageData(0, 0, 1, 1).data;
            return Math.abs(seen - gray) <= 4;
        }""",
        arg=gray,
    )


def filmed(clip_id: str, frames: int) -> Clip:
    """Somebody in the lower left of a small picture."""
    one = clip(clip_id, frames=frames, img_shape=(120, 200))
    return one.replace(keypoint=one.keypoint % 50 + np.float32((0, 60)))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("walk.mp4", "libx264", 25),
        ("walk.webm", "libvpx-vp9", 30),
        # Chromium plays no AVI and no MPEG-4.
        ("walk_rgb.avi", "mpeg4", 15),
    ],
)
def test_the_video_is_behind_its_clip(
    page: Page, serve: Any, tmp_path: Path, name: str, codec: str, rate: int
) -> None:
    film(tmp_path / name, 20, codec=codec, rate=rate)
    clips = [filmed("walk", 20), filmed("walk@000005-000012#2", 7)]
    data = Dataset(MemoryReader(clips), path="some.pkl")
    page.goto(serve(data=data, videos=str(tmp_path)).url)
    open_clip(page, "walk")
    expect_drawn(page)
    page.get_by_role("combobox", name="Show").select_option("video")
    expect_gray(page, gray_of(0))
    page.keyboard.press("End")
    expect_gray(page, gray_of(19))
    for back in range(1, 4):
        page.keyboard.press("ArrowLeft")
        expect_gray(page, gray_of(19 - back))
    open_clip(page, "walk@000005-000012#2")
    expect_gray(page, gray_of(5))
    page.keyboard.press("End")
    expect_gray(page, gray_of(11))


def test_a_clip_without_a_video_says_so(page: Page, serve: Any, tmp_path: Path) -> None:
    data = Dataset(MemoryReader([filmed("walk", 3)]), path="some.pkl")
    (tmp_path / "videos").mkdir()
    page.goto(serve(data=data, videos=str(tmp_path / "videos")).url)
    open_clip(page, "walk")
    page.get_by_role("combobox", name="Show").select_option("video")
    expect(page.get_by_role("alert")).to_contain_text("no video of the clip 'walk'")


def test_two_datasets_in_step(page: Page, serve: Any) -> None:
    moved = [
        one.replace(keypoint=one.keypoint + np.float32(50)) for one in dataset() if "clip" in one.id
    ]
    page.goto(serve(Dataset(MemoryReader(moved), path="data/other.pkl")).url)
    open_clip(page, "clip003")
    expect(page.locator(".stage canvas")).to_have_count(2)
    first, second = expect_drawn(page, 0), expect_drawn(page, 1)
    assert first != second
    page.keyboard.press("End")
    expect(page.get_by_text("13 / 13")).to_be_visible()
    expect_other(page, first, 0)
    expect_other(page, second, 1)


def test_the_score_of_a_joint(page: Page, serve: Any) -> None:
    clips = []
    for number in range(6):
        one = walking(f"clip{number}", 10, 0)
        score = np.full(one.keypoint_score.shape, 0.9, np.float32)  # type: ignore[union-attr]
        score[:, :, 9] = number / 10  # in coco17 this is the left wrist
        clips.append(one.replace(keypoint_score=score))
    page.goto(serve(data=Dataset(MemoryReader(clips), path="some.pkl")).url)
    page.get_by_role("combobox", name="Score of a joint").select_option("left_wrist")
    page.get_by_label("Mean score of the joint, to").fill("0.25")
    page.get_by_label("Mean score of the joint, to").press("Enter")
    expect(count(page)).to_have_text("3 of 6 clips")
    page.reload()
    expect(count(page)).to_have_text("3 of 6 clips")
    brush(page, "Mean score of the joint", 0.7)
    expect(count(page)).to_have_text("2 of 6 clips")
    # Of the nose all scores are the same.
    page.get_by_role("combobox", name="Score of a joint").select_option("nose")
    expect(count(page)).to_have_text("6 clips")
    expect(page.get_by_label("Mean score of the joint, from")).to_have_value(re.compile(r"0\.[89]"))


@pytest.fixture
def taken(page: Page) -> Callable[[str], str]:
    """Press a button, and return what it has put on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def take(button: str) -> str:
        page.get_by_role("button", name=button).last.click()
        expect(page.locator("#said")).to_have_text("Copied")
        text: str = page.evaluate("navigator.clipboard.readText()")
        return text

    return take


def expect_recipe(text: str, *transforms: dict[str, Any]) -> None:
    """What is copied is YAML that skelconv takes."""
    recipe = yaml.safe_load(text)
    assert recipe == {"transforms": list(transforms)}
    sink = {"use": "toy", "with": {"path": "out.txt"}}
    whole = {"skelconv": 1, "name": "own", "source": "toy", "sink": sink, **recipe}
    skelconv.load_recipe(whole)


def test_filters_as_a_recipe(page: Page, serve: Any, taken: Any, tmp_path: Path) -> None:
    page.goto(serve().url)
    expect(count(page)).to_have_text("42 clips")
    assert taken("Copy as recipe") == "transforms: []\n"
    page.get_by_role("combobox", name="Class").select_option("1")
    page.get_by_label("Frames, from").fill("20")
    page.get_by_label("Frames, from").press("Enter")
    page.get_by_role("combobox", name="Marked").select_option("no")
    expect_recipe(
        taken("Copy as recipe"),
        {"use": "filter-label", "with": {"keep": [1]}},
        {"use": "filter-length", "with": {"min_frames": 20, "max_frames": 49}},
        {"use": "filter-list", "with": {"csv": str(tmp_path / "marks.csv")}},
    )
    # No transform searches, or knows scores as they are here: a list says it.
    page.get_by_label("Search").fill("clip02")
    expect(count(page)).to_have_text("3 of 42 clips")
    text = taken("Copy as recipe")
    expect_recipe(text, {"use": "filter-list", "with": {"csv": "clips.csv", "keep": True}})
    assert '# clips.csv: what "Export ids" has saved' in text


def test_filters_as_python(page: Page, serve: Any, taken: Any) -> None:
    """Each text is run, with an `open` that gives the same dataset."""

    def run(text: str) -> Any:
        assert text.startswith("import skelconv\n")
        space: dict[str, Any] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(skelconv, "open", lambda path: {"data/some.pkl": dataset()}[path])
            exec(text, space)
        return space

    page.goto(serve().url)
    expect(count(page)).to_have_text("42 clips")
    assert len(run(taken("Copy as Python"))["dataset"]) == 42
    page.get_by_label("Search").fill("onerror")
    expect(count(page)).to_have_text("14 of 42 clips")
    found = run(taken("Copy as Python"))["dataset"]
    assert list(found.ids)[0::13] == ["clip002", SCRIPT]
    open_clip(page, SCRIPT)
    assert run(taken("Copy as Python"))["clip"].id == SCRIPT


def test_the_gallery_has_pages(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_role("button", name="Gallery").click()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("2 / 2")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 / 2")).to_be_visible()
    expect(page.get_by_text("clip024", exact=True)).to_be_visible()
    page.get_by_label("Search").fill("clip02")
    expect(page.get_by_text("1 / 1")).to_be_visible()
    expect(page.get_by_text("clip020", exact=True)).to_be_visible()


def test_the_gallery_plays_a_class(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_role("combobox", name="Class").select_option("1")
    page.get_by_role("button", name="Gallery").click()
    clips = page.get_by_role("list").get_by_role("button")
    expect(clips).to_have_count(13)
    one = page.locator(".gallery canvas").last
    page.wait_for_function("canvas => canvas.width > 0", arg=one.element_handle())
    clips.nth(2).click()
    expect(page.get_by_role("heading", name="clip007")).to_be_visible()
    page.go_back()
    expect(clips).to_have_count(13)


def test_ids_are_exported(page: Page, serve: Any) -> None:
    page.goto(serve().url)
    page.get_by_label("Search").fill("onerror")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export ids").click()
    with open(download.value.path(), newline="") as file:
        assert list(csv.reader(file))[:2] == [["id"], ["clip002"]]


@pytest.mark.parametrize("size", [(1300, 800), (390, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(
    browser: Browser, serve: Any, size: tuple[int, int], scheme: Any
) -> None:
    """As axe-core checks it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(serve().url)
    expect(count(page)).to_have_text("42 clips")
    page.add_script_tag(path=AXE)
    find = "async () => (await axe.run()).violations.map(one => [one.id, one.nodes[0].html])"
    assert page.evaluate(find) == []
    page.get_by_role("button", name="clip001", exact=True).click()
    expect(page.get_by_role("heading", name="clip001")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_label("Note")).to_be_visible()
    assert page.evaluate(find) == []
    page.get_by_role("button", name="Gallery").click()
    expect(page.locator(".gallery li").first).to_be_visible()
    assert page.evaluate(find) == []
    page.get_by_role("button", name="About").click()
    expect(page.get_by_role("heading", name="Provenance")).to_be_visible()
    assert page.evaluate(find) == []
    context.close()
