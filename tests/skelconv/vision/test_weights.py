"""Files that are fetched, from a server of this test."""

import contextlib
import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from skelconv import SkelconvError
from skelconv.vision import local_file

DIGEST = hashlib.sha256(b"data").hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        if self.path.endswith("?slow"):
            threading.Event().wait(1)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The file that the URL gives."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "data.pkl").write_bytes(b"data")
    return tmp_path / "served" / "data.pkl"


@pytest.fixture
def url(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> Iterator[str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    handler = type("Handler", (Quiet,), {"asked": asked})
    serve = partial(handler, directory=str(served.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/data.pkl"
        server.shutdown()
        thread.join()


def test_a_path_is_itself(tmp_path: Path) -> None:
    assert local_file(str(tmp_path / "a.pkl"), None) == tmp_path / "a.pkl"


def test_a_path_in_the_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.pkl").write_bytes(b"data")
    assert local_file("~/a.pkl", DIGEST) == tmp_path / "a.pkl"


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


@pytest.mark.parametrize("digest", [DIGEST, DIGEST[:8]])
def test_a_wrong_answer_does_not_stay(
    url: str, asked: list[str], served: Path, tmp_path: Path, digest: str
) -> None:
    served.write_bytes(b"<html>Sign in first</html>")
    with pytest.raises(
        SkelconvError, match=f"is another file: its SHA-256 is .*, not {digest}"
    ) as e:
        local_file(url, digest)
    assert e.value.where == url
    assert [path.suffix for path in (tmp_path / "cache" / "skelconv").iterdir()] == [".lock"]
    served.write_bytes(b"data")
    assert local_file(url, digest).read_bytes() == b"data"
    assert asked == ["/data.pkl"] * 2


def test_what_an_earlier_answer_left_is_fetched_again(url: str, served: Path) -> None:
    served.write_bytes(b"<html>Sign in first</html>")
    first = local_file(url, None)
    served.write_bytes(b"data")
    assert local_file(url, DIGEST[:8]) == first
    assert first.read_bytes() == b"data"


def test_a_wrong_digest_leaves_what_was_fetched(
    url: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = local_file(url, DIGEST)
    with pytest.raises(SkelconvError, match=f"is another file: its SHA-256 is {DIGEST}, not 0000"):
        local_file(url, "0" * 64)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # where nothing answers
    with pytest.raises(SkelconvError, match="it cannot be fetched: ") as e:
        local_file(url, "0" * 64)
    assert f"({first}) is kept: its SHA-256 is {DIGEST}, not 0000" in str(e.value.hint)
    assert local_file(url, DIGEST) == local_file(url, None) == first
    assert first.read_bytes() == b"data"
    assert asked == ["/data.pkl"] * 2
    assert {path.suffix for path in first.parent.iterdir()} == {".pkl", ".lock"}


def test_two_digests_do_not_take_the_file_from_each_other(
    url: str, asked: list[str], served: Path
) -> None:
    newer = hashlib.sha256(b"newer").hexdigest()
    first = local_file(url, DIGEST)
    served.write_bytes(b"newer")
    with first.open("rb") as opened:
        assert local_file(url, newer).read_bytes() == b"newer"
        assert opened.read() == b"data"
    with pytest.raises(SkelconvError, match=f"its SHA-256 is {newer}, not {DIGEST}"):
        local_file(url, DIGEST)
    assert local_file(url, newer).read_bytes() == b"newer"
    assert asked == ["/data.pkl"] * 3


def test_what_a_killed_process_left_is_not_taken(url: str) -> None:
    file = local_file(url, None)
    part = file.with_name(f"{file.name.partition('-')[0]}.part")
    file.unlink()
    part.write_bytes(b"data, but half")
    assert local_file(url, None).read_bytes() == b"data"
    assert not part.exists()


@pytest.mark.parametrize("digest", [None, DIGEST[:8]])
def test_processes_at_once_fetch_it_once(url: str, asked: list[str], digest: str | None) -> None:
    program = (
        "import sys; from skelconv.vision import local_file\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(local_file(sys.argv[1], *sys.argv[2:] or [None]).read_bytes())\n"
    )
    command = [sys.executable, "-c", program, f"{url}?slow", *([digest] if digest else [])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(4)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            assert process.communicate()[0] == "b'data'\n"
    assert asked == ["/data.pkl?slow"]


def test_a_cache_that_cannot_be_written(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SkelconvError, match=r"it cannot be fetched: .*Not a directory"):
        local_file(url, None)


@pytest.mark.parametrize("digest", [DIGEST.upper(), DIGEST[:8].upper()])
def test_a_digest_in_capitals(url: str, tmp_path: Path, digest: str) -> None:
    (tmp_path / "a.pkl").write_bytes(b"data")
    assert local_file(str(tmp_path / "a.pkl"), digest) == tmp_path / "a.pkl"
    assert local_file(url, digest).read_bytes() == b"data"


@pytest.mark.parametrize("digest", ["", DIGEST[:7], DIGEST + "0", "no digest"])
def test_what_is_not_a_digest_is_refused(digest: str, tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"data")
    with pytest.raises(SkelconvError, match="is not a SHA-256"):
        local_file(str(tmp_path / "a.pkl"), digest)


def test_nothing_is_there(url: str) -> None:
    with pytest.raises(SkelconvError, match="it cannot be fetched: 404"):
        local_file(url + "x", None)


def test_an_address_that_is_not_valid() -> None:
    with pytest.raises(SkelconvError, match="it cannot be fetched: Invalid IPv6 URL"):
        local_file("http://[/a.pkl", None)


def test_other_schemes(tmp_path: Path) -> None:
    for address in ("file:///etc/passwd", "ftp://host/a.pkl", "s3://bucket/a.pkl"):
        with pytest.raises(SkelconvError, match="only http and https can be fetched"):
            local_file(address, None)
