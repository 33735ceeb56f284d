"""Reasons are grouped; a build whose clips all fail stops early and writes nothing."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skelconv import BuildError
from skelconv.cli.build import describe
from skelconv.engine.reasons import Reason, grouped, in_lines
from skelconv.engine.report import BuildReport, Quarantined

Build = Callable[..., BuildReport]


def test_reasons_are_alike_but_for_ids_numbers_and_what_is_quoted() -> None:
    clips = [
        Quarantined("clip-a", "clip-a has 3 joints, not 17"),
        Quarantined("clip-b", "clip-b has 4.5 joints, not 17"),
        Quarantined("clip-c", "there is no class 'jump'"),
        Quarantined("clip-d", "there is no class 'a run'"),
        Quarantined("clip-e", "there is no class 'a run'"),
        Quarantined("a", "a file is empty"),
    ]
    assert grouped(clips) == [
        Reason(3, clips[2], same=False),
        Reason(2, clips[0], same=False),
        Reason(1, clips[5], same=True),
    ]


def test_a_short_id_is_not_taken_out_of_a_reason() -> None:
    assert len(grouped([Quarantined("a", "a fault"), Quarantined("b", "a fault")])) == 1


def test_a_few_lines_for_many_reasons() -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    clips = [Quarantined(f"clip{n}", words[n % 7], f"{n}.txt", 5) for n in range(13)]
    lines = list(in_lines(clips))
    assert lines[:2] == ["2: one", "    the first: clip0 (0.txt:5)"]
    assert lines[-1] == "3: 2 other reasons"
    assert len(lines) == 11


def test_a_single_reason_that_is_left_is_named() -> None:
    lines = list(in_lines([Quarantined(f"clip{n}", word) for n, word in enumerate("abcdef")]))
    assert lines[-2:] == ["1: f", "    clip5"]
    assert len(lines) == 12


def test_the_report_says_each_reason_once_and_the_provenance_each_clip(
    run: Build, tmp_path: Path
) -> None:
    behave = dict.fromkeys(range(1, 30), "error") | {40: "bug"}
    report = run({"clips": 60, "behave": behave})
    lines = list(describe(report))
    assert "  29: letters in line 7" in lines
    assert "      the first: clip000001 (clip000001.txt:7)" in lines
    assert sum("letters" in line for line in lines) == 1
    provenance = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert len(provenance["report"]["quarantined"]) == 30


LONG = "x" * 400


def test_the_summary_comes_last_and_lists_are_short(run: Build) -> None:
    source = {
        "clips": 60,
        "behave": dict.fromkeys(range(1, 20), "error"),
        "absent": [f"absent{n}" for n in range(300)],
        "rejected": [f"{LONG}{n}" for n in range(300)],
    }
    lines = list(describe(run(source)))
    assert len(lines) < 34
    assert max(map(len, lines[:6])) <= 80
    assert lines[-5].endswith("out.txt: 41 clips")
    assert lines[-4:-2] == ["  low: 1", "  high: 40"]
    assert lines[-1] == "exit code 2: 319 clips are quarantined"


@pytest.mark.parametrize(("executor", "workers"), [("serial", 1), ("local", 3)])
def test_a_build_whose_clips_all_fail_alike_stops_early(
    run: Build, tmp_path: Path, executor: str, workers: int
) -> None:
    source: dict[str, Any] = {
        "clips": 2000,
        "behave": dict.fromkeys(range(2000), "error"),
        "log": str(tmp_path),
    }
    with pytest.raises(BuildError, match="the first 300 clips, spread over all of them") as raised:
        run(source, executor=executor, workers=workers)
    assert "\n    300: letters in line 7\n" in raised.value.what
    assert "the first: clip000000 (clip000000.txt:7)" in raised.value.what
    assert not (tmp_path / "out.txt").exists()
    assert len((tmp_path / "log").read_text().split()) < 1000


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clip_that_does_not_fail_keeps_a_build_going(
    run: Build, tmp_path: Path, workers: int
) -> None:
    """Of 600 clips every second is tried first: 120 is one of them."""
    behave = dict.fromkeys(range(600), "error")
    del behave[120]
    report = run({"clips": 600, "behave": behave}, executor="local", workers=workers)
    assert (report.clips, len(report.quarantined)) == (1, 599)


def test_a_dataset_of_which_most_clips_fail_is_not_stopped_by_chance(run: Build) -> None:
    """Of 2000 clips 95 % fail, those among them that any fifty in even steps are."""
    rng = random.Random(0)
    good = {n for n in rng.sample(range(2000), 100) if n % 40}
    behave = {n: "error" for n in range(2000) if n not in good}
    report = run({"clips": 2000, "behave": behave})
    assert report.clips == len(good)


def test_the_first_clips_in_order_may_all_fail(run: Build) -> None:
    report = run({"clips": 600, "behave": dict.fromkeys(range(350), "error")})
    assert (report.clips, len(report.quarantined)) == (250, 350)


def test_clips_that_fail_in_two_ways_do_not_stop_it(run: Build, tmp_path: Path) -> None:
    behave = {n: "error" if n % 8 else "bug" for n in range(200)}
    with pytest.raises(BuildError, match="not one of 200 clips is left") as raised:
        run({"clips": 200, "behave": behave})
    assert "\n    175: letters in line 7\n" in raised.value.what
    assert "\n    25: the source 'toy' failed: ZeroDivisionError" in raised.value.what
    assert not (tmp_path / "out.txt").exists()
    assert not (tmp_path / "out.txt.skelconv.json").exists()


def test_the_same_command_tries_clips_again_that_all_failed(run: Build, tmp_path: Path) -> None:
    source = {"clips": 3, "behave": dict.fromkeys(range(3), f"error-until:{tmp_path / 'now'}")}
    with pytest.raises(BuildError, match="the first 3 clips all fail alike"):
        run(source, splits=[])
    (tmp_path / "now").touch()
    assert run(source, splits=[]).clips == 3


def test_a_build_of_no_clip_leaves_the_earlier_output(run: Build, tmp_path: Path) -> None:
    run({"clips": 12})
    before = (tmp_path / "out.txt").read_bytes()
    for source, transforms, said in (
        ({"clips": 0, "absent": ["x", "y"]}, [], "there is no clip:\n    2: listed, and not"),
        ({"clips": 12, "behave": dict.fromkeys(range(12), "bug")}, [], "all fail alike"),
        ({"clips": 12}, [{"use": "toy-drop", "with": {"every": 1}}], "12: a multiple of 1"),
    ):
        with pytest.raises(BuildError, match=said):
            run(source, transforms=transforms, fresh=True)
        assert (tmp_path / "out.txt").read_bytes() == before


def test_a_part_of_a_build_may_be_without_a_clip(run: Build, tmp_path: Path) -> None:
    behave = dict.fromkeys(range(6), "error")
    report = run({"clips": 12, "behave": behave}, shard=(1, 2))
    assert (report.clips, len(report.quarantined)) == (0, 6)
    assert run({"clips": 12, "behave": behave}, shard=(2, 2)).clips == 6
