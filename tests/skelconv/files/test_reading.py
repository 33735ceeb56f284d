import gzip
import io
import math
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import BuildError, ClipError
from skelconv.files import (
    decode,
    parse_json,
    read,
    read_bytes,
    read_json,
    read_text,
    reading,
    unpacked,
    unpacking,
)


def test_a_clips_file_that_is_gone_is_the_clips_error(tmp_path):
    with pytest.raises(ClipError) as caught:
        read(str(tmp_path / "gone"), 10)
    assert caught.value.reason == "cannot be read: no such file or directory"
    assert caught.value.path == str(tmp_path / "gone")


def test_no_more_than_the_limit_is_read(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read(str(path), 5) == b"12345"
    with pytest.raises(ClipError, match=r"holds more than .* MB, and is not read$"):
        read(str(path), 4)
    with pytest.raises(ClipError, match=r"is not read \(option biggest\)"):
        read(str(path), 4, "biggest")


@pytest.mark.parametrize("read_it", [read_bytes, read_text, read_json])
def test_a_file_for_the_dataset_that_is_gone_ends_the_build(read_it, tmp_path):
    with pytest.raises(BuildError) as caught:
        read_it(tmp_path / "gone")
    assert caught.value.what == "cannot be read: no such file or directory"
    assert caught.value.where == str(tmp_path / "gone")


def test_files_for_the_dataset_have_a_limit_too(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 4)
    (tmp_path / "a").write_bytes(b"12345")
    with pytest.raises(BuildError, match="holds more than"):
        read_text(tmp_path / "a")


def test_a_text_is_given_without_its_byte_order_mark(tmp_path):
    (tmp_path / "a").write_bytes("\ufeffä\r\n".encode())
    assert read_text(tmp_path / "a") == "ä\r\n"


@pytest.mark.parametrize("read_it", [read_text, read_json])
def test_a_text_in_another_encoding_is_refused_with_its_line(read_it, tmp_path):
    (tmp_path / "a").write_bytes(b"[\n\xff]")
    with pytest.raises(BuildError) as caught:
        read_it(tmp_path / "a")
    assert (caught.value.what, caught.value.where) == (
        "is not in UTF-8 (save it as UTF-8)",
        f"{tmp_path}/a:2",
    )


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        ("", "Expecting value", 1),
        ('{"a":\n\n 1,}', "", 3),
        ('["NaN",\nNaN]', "it has the number NaN", 2),
        ('["\\"Infinity",\n\n-Infinity]', "it has the number -Infinity", 3),
        ("[" * 200_000, "it is nested too deeply", None),
        ("[" + "1" * 5000 + "]", "a number is too long", None),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(content, reason, line):
    with pytest.raises(ClipError) as caught:
        parse_json(content.encode())
    assert caught.value.reason.startswith(f"is not valid JSON: {reason}")
    assert caught.value.line == line


def test_json_for_the_dataset_may_have_nan(tmp_path):
    (tmp_path / "a").write_text('[NaN, {"b": 1}]')
    number, rest = read_json(tmp_path / "a")
    assert math.isnan(number)
    assert rest == {"b": 1}


@pytest.mark.parametrize("read_it", [read_bytes, read_text, read_json])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(read_it, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BuildError, match="cannot be read: not a regular file"):
        read_it(tmp_path / "pipe")
    with pytest.raises(ClipError, match="cannot be read: not a regular file"):
        read(str(tmp_path / "pipe"), 10)


def test_a_key_that_is_twice_in_a_mapping_is_refused():
    with pytest.raises(ClipError, match="has the key 'a' twice in a mapping"):
        parse_json(b'[{"a": 1}, {"a": 1, "b": 2, "a": 3}]')


def test_the_depth_of_json_is_limited():
    assert parse_json(b"[" * 100 + b"]" * 100)
    for content in (b"[" * 101 + b"]" * 101, b'{"a":' * 101 + b"1" + b"}" * 101):
        with pytest.raises(ClipError, match="nested too deeply, more than 100 levels"):
            parse_json(content)
    assert parse_json(b'["' + b"[" * 200 + b'"]')


@pytest.mark.parametrize("part", [b"[],", b"{},", b'{"":0},', b"[[]],", b'"ab",', b"999,", b"1,"])
def test_memory_of_json_is_in_proportion_to_the_file(part):
    content = b"[" + part * (800_000 // len(part)) + b"0]"
    tracemalloc.start()
    try:
        parse_json(content)
    except ClipError as error:
        assert "takes more than 44 MiB of memory, too much for a file of 80" in error.reason  # noqa: PT017
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**25 + 32 * len(content)


def test_utf_16_that_is_cut_off_is_refused_with_its_line():
    with pytest.raises(ClipError, match="is not in UTF-16") as caught:
        decode("a\nb\nc".encode("utf-16")[:-1])
    assert caught.value.line == 3


@given(content=st.binary(max_size=200))
def test_what_gzip_packed_is_unpacked_and_all_else_stays(content):
    packed = gzip.compress(content)
    assert unpacked(packed, 200) == content
    assert unpacked(packed + gzip.compress(b"!"), 201) == content + b"!"
    if not content.startswith(b"\x1f\x8b"):
        assert unpacked(content, 0) == content


@pytest.mark.parametrize("cut", [1, 8, 12, 17])
def test_a_damaged_gzip_file_is_refused(cut):
    with pytest.raises(ClipError, match="is not a valid gzip file"):
        unpacked(gzip.compress(b"0123456789" * 9)[:-cut], 1000)


@given(st.binary(max_size=3000), st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_a_file_is_unpacked_in_any_pieces(content, sizes):
    content = b"." + content  # no beginning of a gzip file
    for stored in (content, gzip.compress(content)):
        file = unpacking(io.BytesIO(stored), 3001)
        pieces = [file.read(size) for size in sizes]
        assert b"".join(pieces) + file.read() == content
        assert file.read(5) == b""


def test_a_large_file_is_unpacked_no_further_than_the_limit():
    file = unpacking(io.BytesIO(gzip.compress(bytes(10_000_000))), 5000, "max_file_mb")
    assert file.read(5000) == bytes(5000)
    with pytest.raises(ClipError, match="option max_file_mb"):
        file.read(1)


def test_what_would_be_too_large_is_not_unpacked():
    with pytest.raises(ClipError, match=r"holds more than 1 MB, and is not read \(option x\)"):
        unpacked(gzip.compress(bytes(2**20 + 1)), 2**20, "x")
