"""What is read, and how."""

import collections
import pickle
import struct
from typing import Any

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from skelconv.unpickler import Span

ONE_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

NUMBERS = st.sampled_from(["b1", "i1", "<i2", "<i4", "<i8", "u1", "<u8", "<f2", "<f4", "<f8"])
ORDERS = st.sampled_from([">i2", ">i8", ">f4", "<c8", "S5", "<U3"])
ARRAYS = arrays.arrays(
    st.one_of(NUMBERS, ORDERS).map(np.dtype),
    arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=9),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text()
)
KEYS = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(KEYS, inner),
        st.dictionaries(st.text(), inner).map(collections.OrderedDict),
        st.sets(KEYS),
        st.frozensets(KEYS),
    ),
    max_leaves=25,
)
PROTOCOLS = st.integers(0, pickle.HIGHEST_PROTOCOL)


@ONE_FILE
@given(VALUES, PROTOCOLS)
def test_plain_values_as_pickle_reads_them(read: Any, value: Any, protocol: int) -> None:
    back = read(pickle.dumps(value, protocol))
    assert back == value
    assert repr(back).replace("OrderedDict", "") == repr(_plain(value)) or _has_set(value)


@ONE_FILE
@given(ARRAYS, PROTOCOLS, st.booleans())
def test_arrays_of_every_protocol(read: Any, array: Any, protocol: int, fortran: bool) -> None:
    stored = np.asarray(array, order="F") if fortran else array
    back = read.load(read(pickle.dumps({"x": stored}, protocol))["x"])
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.shape == array.shape
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()
    assert back.flags.c_contiguous
    assert back.flags.writeable


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_data_stay_in_the_file(read: Any, protocol: int) -> None:
    array = np.random.default_rng(3).normal(size=(2, 50, 25, 3)).astype(np.float32)
    data = pickle.dumps([array, array], protocol)
    first, second = read(data)
    assert first is second
    assert first.shape == array.shape
    if protocol:
        assert isinstance(first.data, Span)
    np.testing.assert_array_equal(read.load(first), array, strict=True)


def test_names_of_numpy_1_and_2(read: Any) -> None:
    array = np.arange(6, dtype=np.int16).reshape(2, 3)
    data = pickle.dumps((array, np.int16(7)), 2)
    for here, there in ((b"numpy._core.", b"numpy.core."), (b"numpy.core.", b"numpy._core.")):
        renamed = data.replace(here, there)
        stored, number = read(renamed)
        np.testing.assert_array_equal(read.load(stored), array, strict=True)
        assert number == 7
        assert type(number) is int


def test_arrays_of_python_2(read: Any) -> None:
    array = np.random.default_rng(5).normal(size=(3, 200)).astype("<f8")
    for opcode in ("short", "long"):
        values = array if opcode == "long" else array[:1, :30]
        raw = values.tobytes()
        head = b"U" + bytes([len(raw)]) if len(raw) < 256 else b"T" + struct.pack("<i", len(raw))
        data = (
            b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02"
            b"K\x00\x85U\x01b\x87Rq\x03(K\x01"
            + b"".join(b"M" + struct.pack("<H", length) for length in values.shape)
            + b"\x86cnumpy\ndtype\nq\x04U\x02f8K\x00K\x01\x87Rq\x05(K\x03U\x01<NNN"
            b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + head + raw + b"tb."
        )
        expected = pickle.loads(data, encoding="latin1")
        np.testing.assert_array_equal(expected, values, strict=True)
        np.testing.assert_array_equal(read.load(read(data)), values, strict=True)


def test_text_of_python_2(read: Any) -> None:
    assert read(b"(dS'frame_dir'\nS'v\\xe9lo'\nsS\"it's\"\nI3\nsV\\u20ac\nL5L\ns.") == {
        "frame_dir": "vélo",
        "it's": 3,
        "€": 5,
    }


def test_frames_are_read_through(read: Any) -> None:
    value = {"names": [f"clip{n}" for n in range(30_000)]}
    assert read(pickle.dumps(value, 4)) == value


def test_what_was_remembered_and_thrown_away(read: Any) -> None:
    assert read(b"\x80\x04(\x8c\x01a\x94\x8c\x01b\x941](h\x01h\x00e.") == ["b", "a"]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(item) for item in value)
    return value


def _has_set(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_set, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_set, value))
    return isinstance(value, set | frozenset)
