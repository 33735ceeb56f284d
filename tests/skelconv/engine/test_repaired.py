"""Files of quarantined clips are repaired: they are tried again, and what was done is kept."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.crashing_build import FUNCTIONS, Crash
from support.posefiles import kinetics

import skelconv
from skelconv import BuildError
from skelconv.cli.app import run
from skelconv.engine.report import BuildReport

PEOPLE = np.random.default_rng(3).uniform(0.1, 0.9, (1, 4, 18, 3))
WHOLE = kinetics(PEOPLE)


def write(path: Path, text: str, second: int) -> None:
    """Write a file with a time of its own, however coarse the clock."""
    path.write_text(text)
    os.utime(path, (second, second))


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Of six clips, of which two have damaged files."""
    folder = tmp_path / "poses"
    folder.mkdir()
    for number in range(6):
        write(folder / f"clip{number}.json", WHOLE[: 200 if number in (1, 4) else None], 1000)
    path = tmp_path / "recipe.yaml"
    content = {
        "skelconv": 1,
        "name": "poses",
        "source": {"use": "kinetics-skeleton", "with": {"root": str(folder)}},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    path.write_text(json.dumps(content))
    return path


def build(recipe: Path, **how: Any) -> BuildReport:
    return skelconv.build(recipe, executor="serial", **how)


def all_at_once(recipe: Path) -> bytes:
    """The output of a build that found all files as they are now."""
    other = recipe.parent / "other.pkl"
    skelconv.build(recipe, [f"sink.with.path={other}"], executor="serial")
    return other.read_bytes()


def test_retry_takes_the_repaired_files_and_no_others(recipe: Path) -> None:
    first = build(recipe)
    assert [clip.id for clip in first.quarantined] == ["clip1", "clip4"]
    before = (recipe.parent / "out.pkl").read_bytes()
    write(recipe.parent / "poses" / "clip1.json", WHOLE, 2000)
    with pytest.raises(BuildError, match="--retry"):
        build(recipe)
    assert (recipe.parent / "out.pkl").read_bytes() == before
    second = build(recipe, retry=True)
    assert (second.clips, second.resumed) == (5, 4)
    assert [clip.id for clip in second.quarantined] == ["clip4"]
    assert (recipe.parent / "out.pkl").read_bytes() == all_at_once(recipe)
    assert build(recipe).already_built
    write(recipe.parent / "poses" / "clip4.json", WHOLE, 2000)
    third = build(recipe, retry=True)
    assert (third.clips, third.resumed, third.clean) == (6, 5, True)
    assert not (recipe.parent / "out.pkl.skelconv-build").exists()


def test_retry_leaves_out_what_was_added_and_tells_it(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    splits = [{"use": "random", "with": {"parts": {"train": 0.5, "val": 0.5}, "seed": 3}}]
    recipe.write_text(json.dumps({**json.loads(recipe.read_text()), "splits": splits}))
    folder = recipe.parent / "poses"
    retry = ["build", str(recipe), "--executor", "serial", "--retry"]
    assert run(retry[:-1]) == 2
    write(folder / "clip1.json", WHOLE, 2000)
    write(folder / "clip4.json", WHOLE, 2000)
    expected = all_at_once(recipe)
    for name in ("clip0a", "clip3a", "clip9"):
        write(folder / f"{name}.json", WHOLE, 2000)
    capsys.readouterr()
    assert run(retry) == 0
    told = capsys.readouterr().out
    assert "note: 3 clips added since, and left out: clip0a, clip3a, clip9; --fresh builds" in told
    assert "\nleft out, added since the build that is tried again: 3\n" in told
    assert (recipe.parent / "out.pkl").read_bytes() == expected
    assert run(retry[:-1]) == 1
    assert "clips were added, removed or changed (6 -> 9)\n  to replace it: --fresh" in (
        capsys.readouterr().err
    )
    assert run([*retry[:-1], "--fresh"]) == 0
    assert len(skelconv.open(recipe.parent / "out.pkl")) == 9


def test_retry_takes_no_other_file_in_the_place_of_one_that_is_gone(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = recipe.parent / "poses"
    write(folder / "clip5.json", WHOLE[:200], 1000)
    assert run(["build", str(recipe), "--executor", "serial"]) == 2
    before = (recipe.parent / "out.pkl").read_bytes()
    (folder / "clip5.json").unlink()
    write(folder / "clip6.json", WHOLE, 2000)
    capsys.readouterr()
    assert run(["build", str(recipe), "--executor", "serial", "--retry"]) == 1
    assert "clips were added, removed or changed" in capsys.readouterr().err
    assert (recipe.parent / "out.pkl").read_bytes() == before


def test_a_file_of_a_whole_clip_that_changed_is_not_taken(recipe: Path) -> None:
    build(recipe)
    before = (recipe.parent / "out.pkl").read_bytes()
    write(recipe.parent / "poses" / "clip1.json", WHOLE, 2000)
    write(recipe.parent / "poses" / "clip0.json", kinetics(PEOPLE / 2), 2000)
    with pytest.raises(BuildError, match="changed") as raised:
        build(recipe, retry=True)
    assert "--fresh" in str(raised.value)
    assert (recipe.parent / "out.pkl").read_bytes() == before


def test_a_file_that_is_repaired_and_damaged_again(recipe: Path) -> None:
    build(recipe)
    write(recipe.parent / "poses" / "clip1.json", WHOLE, 2000)
    build(recipe, retry=True)
    write(recipe.parent / "poses" / "clip1.json", WHOLE[:100], 3000)
    with pytest.raises(BuildError, match="--fresh"):
        build(recipe, retry=True)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, Path.touch])
def test_what_says_which_files_they_were_is_damaged(recipe: Path, make: Any) -> None:
    build(recipe)
    write(recipe.parent / "poses" / "clip1.json", WHOLE, 2000)
    stamps = recipe.parent / "out.pkl.skelconv-build" / "stamps"
    stamps.unlink()
    make(stamps)
    with pytest.raises(BuildError, match="--fresh"):
        build(recipe, retry=True)


def test_parts_take_the_repaired_files_too(recipe: Path) -> None:
    folder = recipe.parent / "poses"
    for part in (1, 2):
        assert len(build(recipe, shard=(part, 2)).quarantined) == 1
    write(folder / "clip4.json", WHOLE, 2000)
    with pytest.raises(BuildError, match="--retry"):
        build(recipe, shard=(1, 2))  # which says of what whole it is a part
    reports = [build(recipe, shard=(part, 2), retry=True) for part in (1, 2)]
    assert [(one.clips, one.resumed, one.clean) for one in reports] == [(2, 2, False), (3, 2, True)]
    parts = [str(report.target) for report in reports]
    skelconv.merge(parts, recipe.parent / "out.pkl")
    assert (recipe.parent / "out.pkl").read_bytes() == all_at_once(recipe)
    write(folder / "clip5.json", kinetics(PEOPLE / 2), 3000)
    with pytest.raises(BuildError, match="--fresh"):
        build(recipe, shard=(2, 2), retry=True)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_killed_at_any_moment_of_the_retry(recipe: Path, function: str, crash: Crash) -> None:
    build(recipe)
    write(recipe.parent / "poses" / "clip4.json", WHOLE, 2000)
    kept = recipe.parent / "kept"
    kept.mkdir()
    there = [path for path in recipe.parent.iterdir() if path.name.startswith("out.pkl")]
    for path in there:
        os.replace(path, kept / path.name)
    expected = all_at_once(recipe)
    number, killed = 0, True
    while killed:
        number += 1
        for path in recipe.parent.glob("out.pkl*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(kept, recipe.parent, dirs_exist_ok=True)
        killed = crash(recipe, function, number, how="retry") is None
        report = build(recipe, retry=killed)
        assert [clip.id for clip in report.quarantined] == ["clip1"]
        assert (recipe.parent / "out.pkl").read_bytes() == expected
    assert number > 1
