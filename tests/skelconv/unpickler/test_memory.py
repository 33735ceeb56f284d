"""Memory and time in use: bounded by the size of the file."""

import contextlib
import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest
from support.pickles import array_of

from skelconv import DatasetError
from skelconv.unpickler import read_pickle


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x80\x02Nr\xff\xff\xff\x7f.", id="a place in the memo"),
        pytest.param(b"Np999999999999999999\n.", id="a place in the memo, in digits"),
        pytest.param(b"\x80\x04]" + b"2a" * 30 + b".", id="a list in itself"),
        pytest.param(
            b"\x80\x04" + b"](N" + b"e" + b"q\x00](h\x00h\x00e" * 100 + b".",
            id="2**100 in lists",
        ),
        pytest.param(b"\x80\x04N" + b"2\x86" * 10_000 + b".", id="2**10000 in tuples"),
        pytest.param(b"\x80\x04" + b"]" * 30_000 + b"a" * 29_999 + b".", id="30,000 lists deep"),
    ],
)
def test_what_is_small_stays_small(read: Any, data: bytes) -> None:
    tracemalloc.start()
    with contextlib.suppress(DatasetError):
        read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * len(data) + 500_000


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x80\x04]q\x00h\x00a.", id="a list in itself"),
        pytest.param(b"\x80\x04}q\x00K\x01h\x00s.", id="a dict in itself"),
        pytest.param(b"\x80\x04]" + b"q\x00](h\x00h\x00e" * 100 + b".", id="2**100 in lists"),
        pytest.param(b"\x80\x04N" + b"2\x86" * 1000 + b".", id="2**1000 in tuples"),
        pytest.param(b"\x80\x04" + b"]" * 300 + b"a" * 299 + b".", id="300 lists deep"),
    ],
)
def test_containers_that_unfold_to_more_than_a_file_can_hold(read: Any, data: bytes) -> None:
    with pytest.raises(DatasetError, match="are in each other so often, or so deep"):
        read(data)


def test_what_is_shared_by_many_is_admitted(read: Any) -> None:
    shape = (480, 640)
    value = [{"frame_dir": str(n), "img_shape": shape, "x": shape} for n in range(5000)]
    assert read(pickle.dumps(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        array_of(shape=b"N" + b"2\x86" * 100 + b"\x85"),
        b"\x80\x04cnumpy\ndtype\nN" + b"2\x86" * 100 + b"\x85R.",
        b"\x80\x04c_codecs\nencode\n\x8c\x01aN" + b"2\x86" * 100 + b"\x86R.",
        b"\x80\x04cnumpy\ndtype\n\x8c\x02f4\x85R(K\x03N"
        + b"2\x86" * 100
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb.",
    ],
)
def test_messages_do_not_walk_through_what_is_wrong(read: Any, data: bytes) -> None:
    with pytest.raises(DatasetError, match="is refused"):
        read(data)


def test_depth_in_marks(read: Any) -> None:
    with pytest.raises(DatasetError, match="nested more than 256 deep"):
        read(b"\x80\x04" + b"(" * 100_000 + b".")


def test_too_much_on_the_stack(read: Any) -> None:
    with pytest.raises(DatasetError, match="1,000,000 things are on the stack"):
        read(b"\x80\x04" + b"]" * 1_000_001 + b".")


def test_numbers_without_end(read: Any) -> None:
    for digits in (b"I" + b"9" * 5000, b"L" + b"9" * 5000, b"F" + b"9" * 5000):
        with pytest.raises(DatasetError, match="a number of 5,000 digits is refused"):
            read(digits + b"\n.")


def test_reading_does_not_load_the_arrays(read: Any) -> None:
    data = pickle.dumps([np.zeros(1 << 18, np.float64) for _ in range(20)])
    read.path.write_bytes(data)
    tracemalloc.start()
    read_pickle(read.path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20 < len(data)
