"""Files that are damaged, or that are not pickles."""

import contextlib
import io
import os
import pickle
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from skelconv import DatasetError
from skelconv.unpickler import read_pickle

ONE_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

EXAMPLE = pickle.dumps(
    {
        "split": {"train": ["a", "b"]},
        "annotations": [
            {"frame_dir": "a", "keypoint": np.ones((1, 2, 3, 3), np.float32), "label": 3},
            {"frame_dir": "b", "keypoint": np.ones((2, 50, 25, 3), np.float32), "label": 500},
        ],
    },
    4,
)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_cut_short_anywhere(read: Any, protocol: int) -> None:
    data = pickle.dumps(pickle.loads(EXAMPLE), protocol)
    places = [*range(min(len(data), 700)), *range(len(data) - 300, len(data))]
    for length in places:
        with pytest.raises(DatasetError):
            read(data[:length])


@ONE_FILE
@given(st.data())
def test_changed_anywhere(read: Any, data: st.DataObject) -> None:
    damaged = bytearray(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 600))
        damaged[place] = data.draw(st.integers(0, 255))
    _read_or_refuse(read, bytes(damaged))


@ONE_FILE
@given(st.binary(max_size=200))
def test_any_bytes(read: Any, data: bytes) -> None:
    _read_or_refuse(read, data)


@ONE_FILE
@given(
    st.lists(
        st.sampled_from(
            [
                bytes([code])
                for code in b"()]}te0abdilsu12NR\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x93\x94"
            ]
            + [
                b"K\x01",
                b"h\x00",
                b"q\x00",
                b"\x8c\x01a",
                b"C\x01b",
                b"cnumpy\ndtype\n",
                b"\x8c\x02f4",
                b"cnumpy.core.multiarray\n_reconstruct\n",
                b"cnumpy\nndarray\n",
                b"I01\n",
                b"S'x'\n",
                b"cnumpy.core.multiarray\nscalar\n",
                b"c_codecs\nencode\n",
                b"\x8c\x06latin1",
                b"cbuiltins\nset\n",
                b"cnumpy.core.numeric\n_frombuffer\n",
                b"J\xff\xff\xff\xff",
            ]
        ),
        max_size=60,
    )
)
def test_any_opcodes(read: Any, parts: list[bytes]) -> None:
    _read_or_refuse(read, b"\x80\x04" + b"".join(parts) + b".")


@pytest.mark.parametrize("get", ["BINGET", "LONG_BINGET", "GET"])
def test_what_is_not_in_the_memo(read: Any, get: str) -> None:
    def getting(place: int) -> bytes:
        form = {"BINGET": b"h%c", "LONG_BINGET": b"j%c\0\0\0", "GET": b"g%d\n"}[get]
        return form % place + b"."

    remembered = b"\x80\x02K\x05q\x01K\x06q\x02K\x07q\x09"  # Python 2 counts from 1
    for place, value in ((1, 5), (2, 6), (9, 7)):
        assert read(remembered + getting(place)) == value
    for place in (0, 3, 8, 10):
        with pytest.raises(DatasetError, match=f"byte 14: .* opcode {get} cannot be carried out"):
            read(remembered + getting(place))


def test_a_file_that_is_not_a_pickle(read: Any) -> None:
    with pytest.raises(DatasetError, match="byte 0: not a pickle, or a damaged one"):
        read(b"\xff\xd8\xff\xe0 some picture")
    with pytest.raises(DatasetError, match="the file is empty"):
        read(b"")
    with pytest.raises(DatasetError, match="protocol 77 is not known"):
        read(b"\x80\x4d.")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no such file"):
        read_pickle(tmp_path / "absent.pkl")
    with pytest.raises(DatasetError, match="it cannot be read: is a directory"):
        read_pickle(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DatasetError, match="it cannot be read: not a regular file"):
        read_pickle(tmp_path / "pipe")
    with pytest.raises(DatasetError, match="it cannot be read: not a regular file"):
        read_pickle(Path("/dev/zero"))


def test_data_that_went_away(read: Any) -> None:
    stored = read(pickle.dumps(np.ones(5000), 4))
    with pytest.raises(ValueError, match="ends in the middle of an array"):
        stored.load(io.BufferedReader(io.BytesIO(b"short")))


def test_text_that_is_not_latin_1(read: Any) -> None:
    data = pickle.dumps(np.full(3000, 233, np.uint8), 2)
    stored = read(data.replace(b"\xc3\xa9" * 1500, b"\xe2\x82\xac" * 1000))
    with pytest.raises(ValueError, match="latin-1"):
        read.load(stored)


def _read_or_refuse(read: Any, data: bytes) -> None:
    with contextlib.suppress(DatasetError):
        read(data)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("order", "<>")
def test_text_of_characters_that_do_not_exist(read: Any, protocol: int, order: str) -> None:
    """NumPy makes strings of them that no program can print, compare or write."""
    texts = np.array(["abc", "def"], f"{order}U3")
    for last, exists in ((0x10FFFF, True), (0x110000, False), (0xFFFFFFFF, False)):
        texts.view(f"{order}u4")[2] = last
        array = read(pickle.dumps(texts, protocol))
        if exists:
            assert read.load(array).tolist() == ["ab\U0010ffff", "def"]
            assert read(pickle.dumps(texts[0], protocol)) == "ab\U0010ffff"
            continue
        with pytest.raises(ValueError, match="a character that does not exist"):
            read.load(array)
        with pytest.raises(DatasetError, match="a character that does not exist"):
            read(pickle.dumps(texts[0], protocol))
