import os
import socket

import pytest

from skelconv.files import open_regular


def test_a_file_and_a_link_to_it_are_opened(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("a")
    for name in ("a", "link"):
        with open_regular(tmp_path / name) as file:
            assert file.read(2) == b"12"
        with open_regular(str(tmp_path / name), buffered=False) as file:
            assert file.read() == b"12345"


def test_what_is_not_a_file_is_an_error_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", "/dev/null"):
        with pytest.raises(OSError, match="not a regular file") as caught:
            open_regular(path)
        assert caught.value.filename == str(path)
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "gone")


def test_a_socket_is_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(OSError, match="No such device or address"):
            open_regular("socket")


def test_no_descriptor_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        with pytest.raises(OSError):  # noqa: PT011
            open_regular(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before
