"""Builds whose output goes to a URL, with fsspec's stores for memory and files."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

import skelconv
from skelconv import DatasetError
from skelconv.testing import assert_same_clip
from skelconv_zarr.upload import MARKER, TRIAL

URL = "memory://bucket/toy.zarr"
Build = Callable[..., Any]


@pytest.fixture
def memory() -> Any:
    """Give fsspec's memory store, empty."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    return files


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build toy clips into a URL, in a working folder of its own."""

    def build(url: str = URL, clips: int = 5, **arguments: Any) -> Any:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        recipe = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": {"clips": clips, "log": str(tmp_path)}},
            "splits": ["toy-halves"],
            "sink": {"use": "zarr", "with": {"path": url}},
        }
        return skelconv.build(recipe, executor="serial", **arguments)

    return build


def loaded(tmp_path: Path) -> int:
    log = tmp_path / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def stored(memory: Any) -> dict[str, bytes]:
    return {
        name.removeprefix("/bucket/toy.zarr/"): memory.cat_file(name)
        for name in memory.find("/bucket")
    }


def assert_whole(memory: Any, tmp_path: Path) -> None:
    found = stored(memory)
    marker = json.loads(found.pop(MARKER))
    root = tmp_path / "work/toy.zarr"
    files = (file for file in root.rglob("*") if file.is_file())
    assert found == {file.relative_to(root).as_posix(): file.read_bytes() for file in files}
    assert sorted(marker["files"]) == sorted(found)


@pytest.fixture
def put(memory: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what is sent; a name that is added to `fail` cannot be."""
    sent: list[str] = []
    original = type(memory).put_file

    def put_file(self: Any, local: str, remote: str, **more: Any) -> None:
        sent.append(remote.removeprefix("/bucket/toy.zarr/"))
        original(self, local, remote, **more)

    monkeypatch.setattr(type(memory), "put_file", put_file)
    return sent


def fail_at(monkeypatch: pytest.MonkeyPatch, memory: Any, part: str) -> None:
    original = type(memory).put_file

    def put_file(self: Any, local: str, remote: str, **more: Any) -> None:
        if part in remote:
            raise RuntimeError("quota exceeded")
        original(self, local, remote, **more)

    monkeypatch.setattr(type(memory), "put_file", put_file)


def test_a_dataset_is_uploaded_with_its_root_last(
    tmp_path: Path, build: Build, memory: Any, put: list[str]
) -> None:
    assert not build().already_built
    assert put[-1] == "zarr.json"
    assert len(put) == len(set(put))
    assert_whole(memory, tmp_path)
    here, there = skelconv.open(tmp_path / "work/toy.zarr"), skelconv.open(URL)
    for index in range(len(here)):
        assert_same_clip(there[index], here[index])
    put.clear()
    assert build().already_built
    assert put == []


def test_what_is_at_the_url_already_is_left_alone(
    tmp_path: Path, build: Build, memory: Any
) -> None:
    memory.pipe_file("/bucket/toy.zarr/precious", b"x")
    for fresh in (False, True):
        with pytest.raises(
            DatasetError,
            match=r"toy\.zarr: .* that no build of skelconv has put there: 'precious'",
        ):
            build(fresh=fresh)
    assert stored(memory) == {"precious": b"x"}
    assert loaded(tmp_path) == 0, "it is checked before the work"


def test_a_file_of_that_name_is_left_alone(build: Build, memory: Any) -> None:
    memory.pipe_file("/bucket/toy.zarr", b"x")
    with pytest.raises(
        DatasetError, match="no build of skelconv has put there: a file of this name"
    ):
        build()
    assert memory.cat_file("/bucket/toy.zarr") == b"x"


@pytest.mark.parametrize("part", ["keypoint", "offset", "split", "toy.zarr/zarr.json"])
def test_an_upload_that_fails_goes_on_where_it_ended(
    tmp_path: Path, build: Build, memory: Any, put: list[str], part: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fail_at(patch, memory, part)
        with pytest.raises(DatasetError, match=r"the upload failed: .*quota exceeded") as caught:
            build()
    assert "the dataset is whole in toy.zarr: the same command goes on" in str(caught.value)
    assert (tmp_path / "work/toy.zarr/zarr.json").exists()
    assert "zarr.json" not in stored(memory), "no reader finds it"
    before = set(put)
    put.clear()
    assert not build().already_built
    assert put, "something was missing"
    assert before.isdisjoint(put), "what was there is not sent again"
    assert_whole(memory, tmp_path)
    assert loaded(tmp_path) == 5, "no clip was loaded again"


@pytest.mark.parametrize("gone", ["all", "keypoint", "zarr.json", MARKER, "half a file"])
def test_what_is_gone_from_the_url_is_put_there_again(
    tmp_path: Path, build: Build, memory: Any, gone: str
) -> None:
    build()
    if gone == "all":
        memory.rm("/bucket/toy.zarr", recursive=True)
    elif gone == MARKER:
        memory.rm("/bucket/toy.zarr", recursive=True)
        memory.pipe_file(f"/bucket/toy.zarr/{MARKER}", b'{"cut')
    elif gone == "half a file":
        memory.pipe_file("/bucket/toy.zarr/offset/c/0", stored(memory)["offset/c/0"][:9])
    else:
        memory.rm(f"/bucket/toy.zarr/{gone}", recursive=True)
    assert not build().already_built
    assert_whole(memory, tmp_path)
    assert build().already_built
    assert loaded(tmp_path) == 5


def test_the_dataset_of_another_build_is_replaced_only_when_asked(
    tmp_path: Path, build: Build, memory: Any
) -> None:
    build(clips=7)
    before = stored(memory)
    shutil.rmtree(tmp_path / "work")
    with pytest.raises(
        DatasetError, match=r"zarr: there is the dataset of another build at this URL\n.* --fresh"
    ):
        build()
    assert stored(memory) == before
    assert loaded(tmp_path) == 7
    with pytest.MonkeyPatch.context() as patch:
        fail_at(patch, memory, "offset")
        with pytest.raises(DatasetError, match="quota exceeded"):
            build(fresh=True)
    build()
    assert_whole(memory, tmp_path)


def test_replacing_is_allowed_once(tmp_path: Path, build: Build, memory: Any) -> None:
    build(fresh=True)
    shutil.copytree(tmp_path / "work", tmp_path / "first")
    shutil.rmtree(tmp_path / "work")
    build(clips=7, fresh=True)
    before = stored(memory)
    shutil.rmtree(tmp_path / "work")
    (tmp_path / "first").rename(tmp_path / "work")
    with pytest.raises(DatasetError, match="the dataset of another build"):
        build()
    assert stored(memory) == before


def test_a_replacement_never_shows_half(
    tmp_path: Path, build: Build, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(clips=7)
    original = type(memory).rm

    def rm(self: Any, path: Any, **more: Any) -> None:
        if any("keypoint" in key for key in ([path] if isinstance(path, str) else path)):
            raise RuntimeError("not now")
        original(self, path, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(memory), "rm", rm)
        with pytest.raises(DatasetError, match="not now"):
            build(fresh=True)
    with pytest.raises(DatasetError, match="there is no Zarr dataset"):
        skelconv.open(URL)
    build()
    assert_whole(memory, tmp_path)


def test_a_trial_that_was_killed_is_not_in_the_way(
    tmp_path: Path, build: Build, memory: Any
) -> None:
    memory.pipe_file(f"/bucket/toy.zarr/{TRIAL}", b"")
    build()
    assert_whole(memory, tmp_path)


def test_a_marker_that_is_damaged_is_an_error(build: Build, memory: Any) -> None:
    build()
    for text in (b"{", b"[]", b'{"skelconv_upload": 2}', b'{"skelconv_upload": 1, "files": 3}'):
        memory.pipe_file(f"/bucket/toy.zarr/{MARKER}", text)
        before = stored(memory)
        with pytest.raises(DatasetError, match=r"skelconv-upload\.json: what a build has left"):
            build()
        assert stored(memory) == before


def test_a_url_of_a_folder_gets_its_parents(tmp_path: Path, build: Build) -> None:
    there = tmp_path / "some/where/toy.zarr"
    build(f"file://{there}")
    assert len(skelconv.open(there)) == 5
    build(f"file://{there}", clips=6, fresh=True)
    assert len(skelconv.open(there)) == 6


def test_a_place_that_cannot_be_written_is_found_before_the_work(
    tmp_path: Path, build: Build
) -> None:
    (tmp_path / "file").write_text("")
    for url in (f"file://{tmp_path}/file/toy.zarr", "data://x/toy.zarr"):
        with pytest.raises(DatasetError, match=r"toy\.zarr: nothing can be put there: "):
            build(url)
    assert loaded(tmp_path) == 0


def test_parts_of_a_build_have_urls_of_their_own(build: Build, memory: Any) -> None:
    for part in (1, 2):
        build(shard=(part, 2))
    for part in (1, 2):
        assert len(skelconv.open(f"memory://bucket/toy-0000{part}-of-00002.zarr")) > 0
