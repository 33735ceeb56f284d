import math

import pytest

from skelconv import BuildError, ClipError
from skelconv.files import parse_json, read, read_bytes, read_json, read_text, reading


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
    assert (caught.value.what, caught.value.where) == ("is not in UTF-8", f"{tmp_path}/a:2")


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
