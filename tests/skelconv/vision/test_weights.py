"""Files that are fetched, from a server of this test."""

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from skelconv import SkelconvError
from skelconv.vision import local_file, open_file

DIGEST = hashlib.sha256(b"data").hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]
    answers: list[Callable[[Any], None]]

    def do_GET(self) -> None:
        if self.path.endswith("?slow"):
            threading.Event().wait(1)
        self.answers.pop(0)(self) if self.answers else super().do_GET()

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def answers() -> list[Callable[[Any], None]]:
    """What the server does first, in place of giving the file."""
    return []


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The file that the URL gives."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "data.pkl").write_bytes(b"data")
    return tmp_path / "served" / "data.pkl"


@pytest.fixture
def url(
    served: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str],
    answers: list[Callable[[Any], None]],
) -> Iterator[str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("skelconv.vision.download._PAUSES", (0, 0))
    handler = type("Handler", (Quiet,), {"asked": asked, "answers": answers})
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
    served.write_bytes(b"older")
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


def begin(handler: Any, length: int | None = None, kind: str = "application/zip") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()


def page(handler: Any) -> None:
    begin(handler, 5, "text/html; charset=utf-8")
    handler.wfile.write(b"Oops!")


def page_of_another_type(handler: Any) -> None:
    begin(handler, 22, "application/octet-stream")
    handler.wfile.write(b"\n<!DOCTYPE html>\n<html>")


def half(handler: Any) -> None:
    begin(handler, 4)
    handler.wfile.write(b"da")


def half_without_length(handler: Any) -> None:
    begin(handler)
    handler.wfile.write(b"da")


def unavailable(handler: Any) -> None:
    handler.send_error(503)


def hang_up(handler: Any) -> None:
    handler.connection.close()


def drip(write: Callable[[bytes], object], stopped: threading.Event) -> None:
    with contextlib.suppress(OSError, ValueError):
        while not stopped.wait(0.02):
            write(b"x")


def whole(file: Path) -> bytes:
    content = file.read_bytes()
    if content != b"data":
        raise ValueError(f"{content!r} cannot be opened")
    return content


@pytest.mark.parametrize("answer", [page, page_of_another_type])
def test_a_web_page_is_not_kept(
    url: str, answers: list[Any], tmp_path: Path, answer: Callable[[Any], None]
) -> None:
    answers.append(answer)
    with pytest.raises(SkelconvError, match="is a web page, and not a file"):
        local_file(url, None)
    assert [path.suffix for path in (tmp_path / "cache" / "skelconv").iterdir()] == [".lock"]
    assert local_file(url, None).read_bytes() == b"data"


@pytest.mark.parametrize("answer", [half, unavailable, hang_up])
def test_a_failure_that_passes_is_tried_again(
    url: str, answers: list[Any], asked: list[str], answer: Callable[[Any], None]
) -> None:
    answers.extend([answer, answer])
    assert local_file(url, None).read_bytes() == b"data"
    assert not answers


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (half, "2 of 4 bytes came|IncompleteRead|Connection broken"),
        (unavailable, "the server answers 503"),
        (hang_up, "Connection aborted"),
    ],
)
def test_a_failure_that_stays_is_reported(
    url: str, answers: list[Any], answer: Callable[[Any], None], reason: str
) -> None:
    answers.extend([answer] * 3)
    with pytest.raises(SkelconvError, match=f"it cannot be fetched: .*({reason})"):
        local_file(url, None)
    assert not answers


def test_a_server_that_is_not_there_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelconv.vision.download._PAUSES", ())
    with socket.socket() as free:  # nobody listens there
        free.bind(("127.0.0.1", 0))
        with pytest.raises(SkelconvError) as caught:
            local_file(f"http://127.0.0.1:{free.getsockname()[1]}/net.onnx", None)
    assert caught.value.what.startswith(
        "it cannot be fetched: Failed to establish a new connection"
    )
    assert caught.value.what.endswith("Connection refused")


def test_what_is_not_there_is_asked_for_once(url: str, answers: list[Any]) -> None:
    answers.append(lambda handler: handler.send_error(404))
    with pytest.raises(SkelconvError, match="404"):
        local_file(url, None)


@pytest.mark.parametrize("headers", [True, False], ids=["body", "headers"])
def test_a_server_that_drips_is_left(
    url: str, answers: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, headers: bool
) -> None:
    monkeypatch.setattr("skelconv.vision.download._SECONDS_AT_FIRST", 0.3)
    stopped = threading.Event()

    def answer(handler: Any) -> None:
        if headers:
            begin(handler, 10**6)
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        drip(handler.wfile.write, stopped)

    answers.append(answer)
    start = time.monotonic()
    try:
        with pytest.raises(SkelconvError, match="the server is too slow: 0 bytes in 0 seconds"):
            local_file(url, None)
    finally:
        stopped.set()
    assert time.monotonic() - start < 5
    assert [path.suffix for path in (tmp_path / "cache" / "skelconv").iterdir()] == [".lock"]


def test_a_large_file_may_take_longer(
    url: str, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skelconv.vision.download._SECONDS_AT_FIRST", 0.2)
    monkeypatch.setattr("skelconv.vision.download._BYTES_A_SECOND", 2**17)
    piece = bytes(2**16)

    def answer(handler: Any) -> None:
        begin(handler, 4 * len(piece))
        for _ in range(4):
            handler.wfile.write(piece)
            threading.Event().wait(0.1)

    answers.append(answer)
    assert local_file(url, None).read_bytes() == 4 * piece


def test_what_cannot_be_opened_is_fetched_again_once(
    url: str, asked: list[str], served: Path
) -> None:
    served.write_bytes(b"da")
    local_file(url, None)
    served.write_bytes(b"data")
    assert open_file(url, None, whole) == b"data"
    assert open_file(url, None, whole) == b"data"
    assert asked == ["/data.pkl"] * 2


def test_what_never_opens_is_not_kept(url: str, asked: list[str], served: Path) -> None:
    served.write_bytes(b"da")
    first = local_file(url, None)
    with pytest.raises(ValueError, match="cannot be opened"):
        open_file(url, None, whole)
    assert asked == ["/data.pkl"] * 2
    assert not first.exists()


def test_what_was_fetched_now_and_does_not_open_is_not_kept(
    url: str, asked: list[str], answers: list[Any], tmp_path: Path
) -> None:
    answers.append(half_without_length)
    with pytest.raises(ValueError, match="cannot be opened"):
        open_file(url, None, whole)
    assert asked == ["/data.pkl"]
    assert [path.suffix for path in (tmp_path / "cache" / "skelconv").iterdir()] == [".lock"]
    assert open_file(url, None, whole) == b"data"


def test_a_file_with_the_right_digest_is_kept(url: str, asked: list[str], served: Path) -> None:
    served.write_bytes(b"other")
    digest = hashlib.sha256(b"other").hexdigest()
    first = local_file(url, digest)
    with pytest.raises(ValueError, match="cannot be opened"):
        open_file(url, digest, whole)
    assert asked == ["/data.pkl"]
    assert first.exists()


def test_what_cannot_be_opened_and_not_be_fetched_is_explained(
    url: str, served: Path, answers: list[Any]
) -> None:
    served.write_bytes(b"da")
    local_file(url, None)
    answers.extend([unavailable] * 3)
    with pytest.raises(SkelconvError, match="503") as e:
        open_file(url, None, whole)
    assert (
        e.value.hint
        == "what was fetched before cannot be opened: ValueError: b'da' cannot be opened"
    )


def test_a_file_of_the_user_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"da")
    with pytest.raises(ValueError, match="cannot be opened"):
        open_file(str(tmp_path / "a.pkl"), None, whole)
    assert (tmp_path / "a.pkl").read_bytes() == b"da"


def test_secrets_of_a_url_are_in_no_error_and_no_name(
    url: str, served: Path, answers: list[Any], tmp_path: Path
) -> None:
    secret = url.replace("http://", "http://me:pa55w0rd@") + "?X-Amz-Signature=s1gnature&part=2"
    local_file(secret, None)
    names = [path.name for path in (tmp_path / "cache" / "skelconv").iterdir()]
    assert not [name for name in names if "pa55w0rd" in name or "s1gnature" in name]
    answers.extend([unavailable] * 3)
    raised = []
    for address in (
        secret.replace("data", "data2"),
        secret.replace("data", "data3"),
        "ftp" + secret,
    ):
        with pytest.raises(SkelconvError) as e:
            local_file(address, None)
        raised.append("".join(traceback.format_exception(e.value)))
    with pytest.raises(SkelconvError) as e:
        local_file(secret, "0" * 64)
    text = "".join([*raised, "".join(traceback.format_exception(e.value))])
    assert "part=2" in text
    assert "pa55w0rd" not in text
    assert "s1gnature" not in text


@pytest.mark.parametrize("digest", [DIGEST, DIGEST[:8]])
def test_a_pipe_in_the_place_of_a_file_is_refused(tmp_path: Path, digest: str) -> None:
    os.mkfifo(tmp_path / "a.pkl")
    with pytest.raises(SkelconvError, match="not a regular file"):
        local_file(str(tmp_path / "a.pkl"), digest)
