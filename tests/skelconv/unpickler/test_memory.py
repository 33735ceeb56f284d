"""Memory and time in use: bounded by the size of the file."""

import contextlib
import pickle
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest
from support.pickles import array_of

from skelconv import DatasetError
from skelconv.unpickler import load_all, read_pickle


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
    assert peak < 100 * len(data) + 500_000


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


ENCODE = b"c_codecs\nencode\nq\x00X\xff\x03\x00\x00" + b"a" * 1023 + b"\x8c\x06latin1\x86q\x01"
SET = (
    b"cbuiltins\nset\nq\x00](" + b"".join(b"\x8c\x04%04d" % n for n in range(9999)) + b"e\x85q\x01"
)
SCALAR = (
    b"cnumpy.core.multiarray\nscalar\nq\x00cnumpy\ndtype\n\x8c\x04S999\x89\x88\x87R"
    b"(K\x03\x8c\x01|NNNM\xe7\x03K\x01K\x00tbB\xe7\x03\x00\x00" + b"a" * 999 + b"\x86q\x01"
)


@pytest.mark.parametrize(
    ("called", "unit"),
    [
        pytest.param(b"", b"(\x91", id="frozensets"),
        pytest.param(b"", b"(l", id="lists by marks"),
        pytest.param(b"", b"(d", id="dicts by marks"),
        pytest.param(b"", b"}NNs", id="dicts of one key"),
        pytest.param(b"", b"N\x85", id="tuples"),
        pytest.param(b"", b"\x8f(N\x90", id="sets"),
        pytest.param(b"", b"\x94", id="places in the memo"),
        pytest.param(b"", b"2", id="places on the stack"),
        pytest.param(b"", b"M\x01\x01", id="numbers"),
        pytest.param(b"", b"\x8c\x03\xe2\x82\xac", id="letters"),
        pytest.param(ENCODE, b"h\x00h\x01R", id="bytes from one text"),
        pytest.param(SET, b"h\x00h\x01R", id="sets from one list"),
        pytest.param(SCALAR, b"h\x00h\x01R", id="texts from one array"),
    ],
)
def test_memory_is_in_proportion_to_the_file(read: Any, called: bytes, unit: bytes) -> None:
    data = b"\x80\x04" + called + b"](N" + unit * (400_000 // len(unit)) + b"e."
    tracemalloc.start()
    try:
        read(data)
    except DatasetError as error:
        assert "MiB of memory, too much for a file of " in str(error)  # noqa: PT017
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**25 + 32 * len(data)


def test_places_in_the_memo_that_are_far_apart(read: Any) -> None:
    puts = b"".join(b"r" + struct.pack("<I", 7 * n) for n in range(2, 600_000))
    with pytest.raises(DatasetError, match=r"takes more than 78 MiB of memory, too much for a fil"):
        read(b"\x80\x04N" + puts + b".")


@pytest.mark.parametrize("count", [4000, 9000])
def test_time_of_numbers_that_collide(read: Any, count: int) -> None:
    numbers = b"".join(
        b"\x8a\x0a" + ((2**61 - 1) * n).to_bytes(10, "little") for n in range(1, count)
    )
    with pytest.raises(DatasetError, match=rf"dicts or sets of up to {count - 1:,} numbers are re"):
        read(b"\x80\x04](" + (b"\x8f(" + numbers + b"\x90") * 30 + b"e.")


def test_boxes_by_frame_in_many_clips_are_admitted(read: Any) -> None:
    value = {f"clip{n}": {frame: [frame, 2, 3, 4] for frame in range(300)} for n in range(500)}
    assert read(pickle.dumps(value)) == value


def test_one_array_in_many_places_is_counted_when_all_are_loaded(read: Any) -> None:
    once = np.ones(150_000, np.uint8)
    content = read(pickle.dumps({"all": [{"keypoint": once} for _ in range(400)]}))
    with read.path.open("rb") as file, pytest.raises(ValueError, match="more than 34 MiB of mem"):
        load_all(content, file)
    few = read(pickle.dumps({"a": [once], "b": (once, 3)}))
    with read.path.open("rb") as file:
        loaded = load_all(few, file)
    np.testing.assert_equal(loaded, {"a": [once], "b": [once, 3]})


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
