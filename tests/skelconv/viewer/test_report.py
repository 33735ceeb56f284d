"""Reports and notebooks, in Chromium without a network."""

import base64
import gzip
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.assembly import Encoded
from support.memory import MemoryReader, clip

from skelconv import Clip, Dataset
from skelconv.cli.app import run
from skelconv.viewer.report import clip_page, report
from skelconv_pickle.sink import PickleSink

SCRIPT = "</script><script>document.title = 1</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "apt-get install chromium"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 800}, offline=True)
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def written(path: Path, clips: list[Clip]) -> str:
    sink = PickleSink(path)
    sink.assemble(Encoded(sink, clips, {"train": range(len(clips))}), path)
    return str(path)


def expect_people(page: Any) -> None:
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector(".stage canvas");
            const blank = document.createElement("canvas");
            Object.assign(blank, { width: canvas?.width, height: canvas?.height });
            return canvas && canvas.toDataURL() !== blank.toDataURL();
        }"""
    )


def test_a_report_opens_from_disk(page: Page, tmp_path: Path) -> None:
    clips = [clip(f"clip{n}", frames=5 + n, label=n % 4, seed=n) for n in range(30)]
    clips.append(clip(SCRIPT, label=1))
    data = written(tmp_path / "data.pkl", clips)
    target = tmp_path / "report.html"
    assert run(["report", data, "-o", str(target)]) == 0
    page.goto(target.as_uri())
    expect(page.locator("header").get_by_role("status").first).to_have_text("31 clips")
    expect(page.get_by_role("row", name="train 31")).to_be_visible()
    page.get_by_role("button", name="Table").click()
    page.get_by_label("Search").fill("</script>")
    page.get_by_role("table", name="Clips").get_by_role("button", name=SCRIPT).click()
    expect(page.locator(".player h2")).to_have_text(SCRIPT)
    assert page.title() == "data.pkl · skelconv"


def test_one_clip_of_each_class_plays_in_it(page: Page, tmp_path: Path) -> None:
    # The worst twelve are of class 0: the other classes are there by one clip each.
    clips = []
    for number in range(20):
        one = clip(f"clip{number:02}", label=0 if number < 15 else number - 14)
        score = np.array(one.keypoint_score)
        if number < 15:
            score[:, :, : number + 1] = 0
        clips.append(one.replace(keypoint_score=score))
    target = tmp_path / "report.html"
    assert run(["report", written(tmp_path / "data.pkl", clips), "-o", str(target)]) == 0
    page.goto(target.as_uri())
    page.get_by_role("button", name="Table").click()
    for number in range(15, 20):
        page.get_by_role("button", name=f"clip{number}", exact=True).click()
        expect(page.locator(".player h2")).to_have_text(f"clip{number}")
        expect_people(page)
    page.get_by_role("button", name="clip00", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("some of the clips")


def test_a_report_is_below_ten_megabytes(tmp_path: Path) -> None:
    clips = [clip(f"clip{n:03}", persons=2, frames=300, label=n, seed=n) for n in range(100)]
    target = tmp_path / "report.html"
    data = written(tmp_path / "data.pkl", clips)
    assert Path(data).stat().st_size > 10e6
    assert run(["report", data, "-o", str(target)]) == 0
    assert 1e6 < target.stat().st_size < 10e6


def test_a_report_is_the_same_each_time(tmp_path: Path) -> None:
    data = written(tmp_path / "data.pkl", [clip("a"), clip("b", seed=1)])
    for name in ("one.html", "two.html"):
        assert run(["report", data, "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_report_replaces_nothing_by_itself(tmp_path: Path, capsys: Any) -> None:
    data = written(tmp_path / "data.pkl", [clip("a")])
    assert run(["report", data, "-o", data]) == 1
    assert "a report is a .html file" in capsys.readouterr().err
    target = tmp_path / "old.html"
    target.write_text("old")
    assert run(["report", data, "-o", str(target)]) == 1
    assert "--fresh" in capsys.readouterr().err
    assert target.read_text() == "old"
    assert run(["report", data, "-o", str(target), "--fresh"]) == 0


def test_an_id_is_not_taken_for_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "other.pkl.skelconv.json"
    secret.write_text('{"recipe": "a secret"}')
    pages = [
        clip_page(clip(clip_id)) for clip_id in (str(tmp_path / "other.pkl"), "x" * 20, "a\x00b")
    ]
    for page in pages:
        packed = page.split('id="data">')[1].split("<")[0]
        data = json.loads(gzip.decompress(base64.b64decode(packed)))
        assert data["dataset"]["provenance"] is None


def test_each_clip_is_read_once_and_those_that_are_shown_twice() -> None:
    clips = [clip(f"clip{n:02}", label=0, seed=n) for n in range(30)]
    reader = MemoryReader(clips, {"train": range(30)})
    report(Dataset(reader))
    counts = Counter(reader.reads)
    assert set(counts) == set(range(30))
    # The twelve worst, and one of the class.
    assert sorted(counts.values()) in ([1] * 18 + [2] * 12, [1] * 17 + [2] * 13)


def test_a_clip_plays_in_a_notebook(page: Page, tmp_path: Path) -> None:
    html = clip(SCRIPT, frames=6)._repr_html_()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!doctype html><title>notebook</title><body>{html}</body>")
    page.goto(notebook.as_uri())
    frame = page.frame_locator("iframe")
    expect(frame.locator(".player h2")).to_have_text(SCRIPT)
    expect(frame.get_by_text("1 / 6")).to_be_visible()
    frame.get_by_role("button", name="One frame on").click()
    expect(frame.get_by_text("2 / 6")).to_be_visible()
    assert page.title() == "notebook"


def test_a_dataset_is_a_table_in_a_notebook() -> None:
    clips = [clip(SCRIPT if n == 1 else f"clip{n}", label=n % 2) for n in range(12)]
    reader = MemoryReader(clips, {"train": range(12)}, label_names=["run & jump", "walk"])
    html = Dataset(reader)._repr_html_()
    assert reader.reads == []
    assert "<script" not in html
    assert "0 run &amp; jump" in html
    assert "<td>split train</td><td>12</td>" in html
    assert "clip7" in html
    assert "clip8" not in html
