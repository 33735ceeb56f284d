"""Against a real HTTP server that the test starts, and fsspec's memory store for writing."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fsspec
import pytest
from support.assembly import Encoded

from skelconv import Clip, DatasetError, PluginError
from skelconv.testing import assert_same_clip
from skelconv_zarr.reader import ZarrReader
from skelconv_zarr.sink import ZarrSink

Write = Callable[..., Path]


class FolderHandler(BaseHTTPRequestHandler):
    """Serves a folder, also ranges of bytes, and records the requests."""

    protocol_version = "HTTP/1.1"
    folder: Path
    asked: list[tuple[str, str]]

    def do_HEAD(self) -> None:
        self.answer(send=False)

    def do_GET(self) -> None:
        self.answer(send=True)

    def answer(self, *, send: bool) -> None:
        name = unquote(self.path).lstrip("/")
        if name.startswith("broken"):
            self.send_error(500)
            return
        file = self.folder / name
        if not file.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = file.read_bytes()
        span = self.headers.get("Range")
        self.send_response(206 if span else 200)
        if span:
            first, last = (int(part) for part in span.removeprefix("bytes=").split("-"))
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
            data = data[first : last + 1]
        if send:
            self.asked.append((name, span or ""))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if send:
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Serve the test's folder; gives its URL and the requests."""
    asked: list[tuple[str, str]] = []
    handler = type("Handler", (FolderHandler,), {"folder": tmp_path, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", asked
        http.shutdown()
        thread.join()


@pytest.mark.usefixtures("small_shards")
def test_a_dataset_is_read_over_http(
    write: Write, clips: list[Clip], server: tuple[str, list[tuple[str, str]]]
) -> None:
    write(clips, splits={"train": [1, 2]})
    url, asked = server
    reader = ZarrReader(f"{url}/dataset.zarr/")
    for index in (3, 0, 1, 4, 2):
        assert_same_clip(reader.read(index), clips[index])
    assert reader.splits == {"train": [1, 2]}
    asked.clear()
    assert_same_clip(reader.read(0), clips[0])
    assert [name for name, _ in asked] == [
        "dataset.zarr/keypoint/c/0/0/0",
        "dataset.zarr/keypoint_score/c/0/0",
        "dataset.zarr/field/box/value/c/0",
    ], "one request for a chunk of each array, and none for what is known"
    assert all(span for _, span in asked)


def test_faults_over_http_are_errors(
    write: Write, clips: list[Clip], server: tuple[str, list[tuple[str, str]]]
) -> None:
    url, _ = server
    path = write(clips)
    with pytest.raises(DatasetError, match=r"broken\.zarr: it cannot be read: .*500"):
        ZarrReader(f"{url}/broken.zarr")
    with pytest.raises(DatasetError, match=r"/other\.zarr: there is no Zarr dataset"):
        ZarrReader(f"{url}/other.zarr")
    shutil.rmtree(path / "offset")
    with pytest.raises(DatasetError, match="offset/c/0: this part of the dataset is missing"):
        ZarrReader(f"{url}/dataset.zarr")


def test_a_server_that_is_not_there_is_an_error() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), FolderHandler) as http:
        port = http.server_port
    with pytest.raises(DatasetError, match=r"127.*: it cannot be read: "):
        ZarrReader(f"http://127.0.0.1:{port}/x.zarr")


@pytest.fixture
def memory() -> Any:
    """Give fsspec's memory store, empty."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    return files


URL = "memory://bucket/toy.zarr"


@pytest.fixture
def build(clips: list[Clip]) -> Encoded:
    """Give the clips that a sink for a URL assembles."""
    return Encoded(ZarrSink(URL), clips, {"train": [0]}, ("a",))


def test_a_dataset_is_uploaded_with_its_root_last(
    tmp_path: Path,
    clips: list[Clip],
    build: Encoded,
    memory: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put: list[str] = []
    original = type(memory).put_file

    def put_file(self: Any, local: str, remote: str, **more: Any) -> None:
        put.append(remote)
        original(self, local, remote, **more)

    monkeypatch.setattr(type(memory), "put_file", put_file)
    build.sink.assemble(build, tmp_path / "staging")
    assert put[-1] == "/bucket/toy.zarr/zarr.json"
    assert len(put) == len(set(put)) == sum(f.is_file() for f in tmp_path.rglob("*"))
    reader = ZarrReader(URL)
    for index, clip in enumerate(clips):
        assert_same_clip(reader.read(index), clip)


def test_what_is_at_the_url_already_is_left_alone(
    tmp_path: Path, build: Encoded, memory: Any
) -> None:
    memory.pipe_file("/bucket/toy.zarr/precious", b"x")
    with pytest.raises(DatasetError, match=r"bucket/toy\.zarr: there is something at this URL"):
        build.sink.assemble(build, tmp_path / "staging")
    assert memory.find("/bucket") == ["/bucket/toy.zarr/precious"]
    assert not (tmp_path / "staging").exists()


def test_an_upload_that_fails_leaves_nothing(
    tmp_path: Path, build: Encoded, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = type(memory).put_file

    def put_file(self: Any, local: str, remote: str, **more: Any) -> None:
        if "offset" in remote:
            raise RuntimeError("quota exceeded")
        original(self, local, remote, **more)

    monkeypatch.setattr(type(memory), "put_file", put_file)
    with pytest.raises(DatasetError, match="the upload failed: RuntimeError: quota exceeded"):
        build.sink.assemble(build, tmp_path / "staging")
    assert memory.find("/bucket") == []


def test_an_unknown_scheme_is_an_error() -> None:
    with pytest.raises(PluginError, match=r"nosuch://x/y\.zarr"):
        ZarrReader("nosuch://x/y.zarr")


def test_without_fsspec_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(PluginError, match=r"URLs need fsspec\n  pip install 'skelconv\[remote\]'"):
        ZarrReader("memory://not/seen/before.zarr")
