"""Where an output can be written, seen before the work starts."""

import os
from pathlib import Path

import pytest

import skelconv
from skelconv import BuildError
from skelconv.engine.report import BuildReport


def build(target: Path | str, log: Path, *, folder: bool = False, **arguments: bool) -> BuildReport:
    recipe = {
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 3, "log": str(log)}},
        "sink": {"use": "toy", "with": {"path": str(target), "folder": folder}},
    }
    return skelconv.build(recipe, executor="serial", **arguments)


@pytest.mark.parametrize("leads_to", ["file", "folder", "nothing"])
def test_a_link_is_refused_and_stays(tmp_path: Path, leads_to: str) -> None:
    there = tmp_path / "there"
    if leads_to == "file":
        there.write_text("mine")
    elif leads_to == "folder":
        there.mkdir()
    link = tmp_path / "out.txt"
    link.symlink_to(there)
    for fresh in (False, True):
        with pytest.raises(BuildError, match=f"a link to {there}") as caught:
            build(link, tmp_path, fresh=fresh)
        assert f"--set sink.with.path={there}" in str(caught.value)
    assert link.is_symlink()
    assert there.exists() == (leads_to != "nothing")
    assert not (tmp_path / "log").exists()
    assert not (tmp_path / "out.txt.skelconv-build").exists()


def test_a_device_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "out.txt"
    os.mkfifo(pipe)
    with pytest.raises(BuildError, match="neither a file nor a folder"):
        build(pipe, tmp_path, fresh=True)
    assert pipe.is_fifo()


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BuildError, match="file is not a folder"):
        build(tmp_path / "file" / "new" / "out.txt", tmp_path)
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("to_folder", [True, False])
def test_a_file_replaces_a_folder_and_the_other_way(tmp_path: Path, to_folder: bool) -> None:
    out = tmp_path / "out.txt"
    build(out, tmp_path, folder=not to_folder)
    build(out, tmp_path, folder=to_folder, fresh=True)
    assert out.is_dir() == to_folder
    assert {path.name for path in tmp_path.iterdir()} == {"out.txt", "out.txt.skelconv.json", "log"}


def test_a_tilde_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    report = build("~/out.txt", tmp_path)
    assert report.target == tmp_path / "home" / "out.txt"
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("target", ["..", "/", "."])
def test_what_is_not_a_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = {
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 3}},
        "sink": {"use": "toy", "with": {"path": target}},
    }
    for shard in (None, (1, 2)):
        with pytest.raises(BuildError, match="cannot be the name of an output"):
            skelconv.build(recipe, executor="serial", shard=shard, fresh=True)
    assert not list(tmp_path.iterdir())
