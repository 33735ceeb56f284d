"""Elements of a JSON file are those of the whole document, wherever chunks end."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import ClipError
from skelconv.files import JsonFile, json_files

_NUMBERS = st.integers() | st.floats(allow_nan=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def inside(value, path):
    for key in path:
        value = value[key]
    return value


@given(
    value=_VALUES,
    depth=st.integers(0, 3),
    chunk=st.integers(1, 40),
    indent=st.none() | st.just(1),
    plain=st.booleans(),
)
def test_parts_of_any_document(value, depth, chunk, indent, plain):
    content = json.dumps(value, indent=indent, ensure_ascii=plain).encode("utf-8", "replace")
    value = json.loads(content)
    content = b"\xef\xbb\xbf" * (not plain) + content
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_files, "_CHUNK", chunk)
        file = JsonFile(io.BytesIO(content))
        parts = list(file.parts(lambda path: len(path) < depth))
    assert file.line is None
    for part in parts:
        found = inside(value, part.path)
        if part.value in (list, dict):
            assert type(found) is part.value
            assert len(part.path) < depth
        else:
            assert part.value == found
            assert json.loads(content[part.start : part.stop]) == found
    given_paths = [part.path for part in parts]
    assert given_paths == list(_paths(value, (), depth))


def _paths(value, path, depth):
    yield path
    if isinstance(value, list | dict) and len(path) < depth:
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _paths(value[key], (*path, key), depth)


@given(content=st.text('[]{}",:1e-.\n aNul\\', max_size=30), chunk=st.integers(1, 9))
def test_what_is_no_json_is_refused_with_the_same_line(content, chunk):
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        line = error.lineno
    else:
        line = 0
    found = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_files, "_CHUNK", chunk)
        try:
            list(JsonFile(io.BytesIO(content.encode())).parts(lambda path: len(path) < 2))
        except ClipError as error:
            found = line if "twice" in error.reason else error.line
    assert found == line


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (b'{"a": 1,\n"a": 2}', "it has the key 'a' twice in a mapping", None),
        (b'[{"a": 1,\n"a": 2}]', "it has the key 'a' twice in a mapping", None),
        (b'[1,\n\n"\xff"]', "is not in UTF-8", 3),
        (b"[1,\n2\n", "Expecting ',' delimiter", 3),
        (b"[1]\n]", "Extra data", 2),
        (b"", "Expecting value", 1),
        (b"[" + b"1" * 5000 + b"]", "a number is too long", None),
        (b"[" * 102 + b"]" * 102, "nested too deeply", None),
        (b"[" * 10**5, "nested too deeply", None),
    ],
)
def test_refusals(content, reason, line):
    with pytest.raises(ClipError) as caught:
        list(JsonFile(io.BytesIO(content)).parts(lambda path: not path))
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_numbers_that_the_standard_does_not_have():
    (_, *parts) = JsonFile(io.BytesIO(b"[NaN, -Infinity]")).parts(lambda path: not path)
    assert [str(part.value) for part in parts] == ["nan", "-inf"]


class _Endless(io.RawIOBase):
    """A document that goes on with the same."""

    def __init__(self, begin, element, most):
        self.begin, self.element, self.left, self.rest = begin, element, most, b""

    def readable(self):
        return True

    def readinto(self, buffer):
        size = min(len(buffer), self.left)
        content = self.begin + self.rest
        content += self.element * ((size - len(content)) // len(self.element) + 1)
        buffer[:size], self.begin, self.rest = content[:size], b"", content[size:]
        self.left -= size
        return size


def count(parts, depth):
    for part in parts:
        assert len(part.path) <= depth


@pytest.mark.parametrize("deep", [False, True])
def test_memory_does_not_grow_with_the_file(monkeypatch, deep):
    monkeypatch.setattr(json_files, "_CHUNK", 2**12)
    element = b'{"keypoints": [[1.5, 2.5, 0.5], [0.25]]},'
    tracemalloc.start()
    try:
        # Python 3.14 would have a larger buffer.
        file = JsonFile(io.BufferedReader(_Endless(b"[", element, 2**20), 2**13))
        parts = file.parts(lambda path: len(path) < 1 + deep)
        with pytest.raises(ClipError, match="is not valid JSON"):
            count(parts, 1 + deep)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**17


def test_an_element_without_an_end_is_not_read_to_the_end(monkeypatch):
    monkeypatch.setattr(json_files, "MAX_ELEMENT", 2**20)
    endless = _Endless(b"[[0,", b"        1,", 2**30)
    file = JsonFile(io.BufferedReader(endless))
    with pytest.raises(ClipError, match="an element has more than 1 million characters"):
        list(file.parts(lambda path: not path))
    assert endless.left > 2**30 - 2**23
