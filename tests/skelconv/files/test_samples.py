"""Looking at files never raises, and reads little."""

import gzip
import json
import os

from hypothesis import given
from hypothesis import strategies as st

from skelconv.files import Samples
from skelconv.files.samples import _whole_part


def test_some_of_many_files_are_listed(tmp_path):
    for folder, number in (("a", 250), ("b", 3), (".hidden", 3)):
        (tmp_path / folder).mkdir()
        for at in range(number):
            (tmp_path / folder / f"{at:03}.CSV.gz").touch()
    (tmp_path / ".DS_Store").touch()
    samples = Samples(str(tmp_path))
    assert len(samples.files) == 103
    assert samples.count == 253
    assert samples.folders == ("a", "b")
    assert samples.ending_with([".csv"]) == samples.files
    assert samples.ending_with([".npy"]) == ()


def test_a_single_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(gzip.compress(b"one\n" * 10**6))
    samples = Samples(str(tmp_path / "a.txt"))
    assert samples.files == ("a.txt",)
    assert len(samples.head("a.txt")) == 2**20
    assert samples.head("a.txt").startswith(b"one\none\n")
    assert samples.document("a.txt") is None


def test_what_cannot_be_read_is_empty(tmp_path):
    (tmp_path / "gone").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bad.gz").write_bytes(b"\x1f\x8b\x08\x00 no gzip")
    samples = Samples(str(tmp_path))
    assert samples.files == ("bad.gz",)
    for name in ("gone", "pipe", "bad.gz"):
        assert samples.head(name) == b""
        assert samples.document(name) is None
    assert Samples(str(tmp_path / "nothing")).files == ()


def test_the_first_part_of_a_long_document(tmp_path):
    rows = [{"id": number, "name": '"],}{['} for number in range(60_000)]
    (tmp_path / "a.json").write_text(json.dumps({"a": {"rows": rows}, "b": 1}))
    document = Samples(str(tmp_path)).document("a.json")
    found = document["a"]["rows"]
    assert 1000 < len(found) < 60_000
    assert found[:-1] == rows[: len(found) - 1]


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=st.lists(JSON, min_size=1, max_size=5), cut=st.floats(0, 1))
def test_a_part_of_json_is_json(value, cut):
    text = json.dumps(value)
    part = _whole_part(text[: max(1, int(len(text) * cut))])
    if part:
        found = json.loads(part)
        assert len(found) <= len(value)
        assert found[:-1] == value[: max(0, len(found) - 1)]
