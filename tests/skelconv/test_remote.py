import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from skelconv import SkelconvError, local_file

DIGEST = hashlib.sha256(b"data").hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "data.pkl").write_bytes(b"data")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    handler = type("Handler", (Quiet,), {"asked": asked})
    serve = partial(handler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/data.pkl"
        server.shutdown()
        thread.join()


def test_a_path_is_itself(tmp_path: Path) -> None:
    assert local_file(str(tmp_path / "a.pkl"), None) == tmp_path / "a.pkl"


def test_a_path_with_a_digest(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(b"data")
    assert local_file(str(path), DIGEST) == path
    with pytest.raises(SkelconvError, match=f"its SHA-256 is {DIGEST}, not {'0' * 64}"):
        local_file(str(path), "0" * 64)
    with pytest.raises(SkelconvError, match="No such file"):
        local_file(str(tmp_path / "absent"), DIGEST)


@pytest.mark.parametrize("digest", [None, DIGEST, DIGEST[:8]])
def test_a_url_is_fetched_once(url: str, asked: list[str], digest: str | None) -> None:
    first = local_file(url, digest)
    assert first.read_bytes() == b"data"
    assert first.name.endswith("data.pkl")
    assert local_file(url, digest) == first
    assert asked == ["/data.pkl"]


def test_another_file_than_expected(url: str) -> None:
    with pytest.raises(SkelconvError, match="it cannot be fetched: SHA256 hash"):
        local_file(url, "0" * 64)


def test_another_file_than_the_beginning_of_a_digest_says(url: str) -> None:
    with pytest.raises(SkelconvError, match="it is another file"):
        local_file(url, "0" * 8)


@pytest.mark.parametrize("digest", ["", DIGEST[:7], DIGEST.upper(), DIGEST + "0", "no digest"])
def test_what_is_no_digest_is_refused(digest: str, tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"data")
    with pytest.raises(SkelconvError, match="is no SHA-256"):
        local_file(str(tmp_path / "a.pkl"), digest)


def test_nothing_is_there(url: str) -> None:
    with pytest.raises(SkelconvError, match="it cannot be fetched: 404"):
        local_file(url + "x", None)


def test_other_schemes(tmp_path: Path) -> None:
    for address in ("file:///etc/passwd", "ftp://host/a.pkl", "s3://bucket/a.pkl"):
        with pytest.raises(SkelconvError, match="only http and https can be fetched"):
            local_file(address, None)
