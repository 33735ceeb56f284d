"""Against a real HTTP server that the test starts."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from skelconv import Clip, DatasetError, PluginError
from skelconv.testing import assert_same_clip
from skelconv_zarr.reader import ZarrReader

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


def test_an_unknown_scheme_is_an_error() -> None:
    with pytest.raises(PluginError, match=r"nosuch://x/y\.zarr"):
        ZarrReader("nosuch://x/y.zarr")


def test_without_fsspec_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(PluginError, match=r"URLs need fsspec\n  pip install 'skelconv\[remote\]'"):
        ZarrReader("memory://not/seen/before.zarr")
