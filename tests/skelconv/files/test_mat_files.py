import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from support import matlab

from skelconv import ClipError
from skelconv.files import read_mat

_DTYPES = st.sampled_from(["<f8", "<f4", "<u1", "<i2", "<u2", "<i4"])


@given(
    st.dictionaries(
        st.text("abcxyz_", min_size=1, max_size=20),
        st.one_of(
            st.text("abc ", max_size=20),
            nps.arrays(_DTYPES, nps.array_shapes(min_dims=2, max_dims=3, min_side=0)),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_what_is_written_is_read(variables, compress):
    found = read_mat(matlab.mat(variables, compress=compress))
    assert found.keys() == variables.keys()
    for name, value in variables.items():
        if isinstance(value, str):
            assert found[name] == value
        else:
            assert found[name].dtype == value.dtype
            np.testing.assert_array_equal(found[name], value)


def test_whole_numbers_that_are_packed_smaller():
    x = np.array([[1.0, 2.0], [250.0, 3.0]])
    found = read_mat(matlab.HEADER + matlab.packed(matlab.variable("x", x, stored="<u1")))
    np.testing.assert_array_equal(found["x"], x)


def test_a_stream_without_its_end_is_whole():
    # Real files of Penn Action have such.
    x = np.random.default_rng(0).normal(size=(157, 13))
    found = read_mat(matlab.HEADER + matlab.packed(matlab.variable("x", x), ended=False))
    np.testing.assert_array_equal(found["x"], x)


def test_what_is_neither_numbers_nor_text_is_passed_over():
    cell = matlab.element(
        14,
        matlab.element(6, struct.pack("<II", 1, 0))
        + matlab.element(5, struct.pack("<2i", 0, 0))
        + matlab.element(1, b"c"),
    )
    content = matlab.HEADER + cell + matlab.variable("x", np.ones((1, 2)))
    assert list(read_mat(content)) == ["x"]


_X = matlab.variable("x", np.ones((3, 4)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not a MATLAB file of version 5"),
        (b"\x89HDF\r\n" + b"\0" * 200, "is not a MATLAB file of version 5"),
        (matlab.HEADER + _X[:-8], "cut short"),
        (matlab.HEADER + _X[:5], "cut short"),
        (matlab.HEADER + struct.pack("<II", 15, 4) + b"abcd", "damaged"),
        (matlab.HEADER + matlab.packed(_X)[:40] + b"", "cut short"),
        (matlab.HEADER + matlab.element(14, matlab.element(6, b"\6\0\0\0\0\0\0\0")), "damaged"),
        (
            matlab.HEADER + _X.replace(struct.pack("<2i", 3, 4), struct.pack("<2i", 3, 5)),
            r"has 12 values, and the shape \[3, 5\]",
        ),
    ],
)
def test_what_is_damaged_is_refused(content, reason):
    with pytest.raises(ClipError, match=reason):
        read_mat(content)


@given(st.integers(128, 400), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place, byte):
    content = bytearray(matlab.mat({"x": np.ones((5, 5)), "t": "text"}, compress=False))
    content[place % len(content)] = byte
    with suppress(ClipError):
        for value in read_mat(bytes(content)).values():
            assert len(value) <= len(content)


def test_what_unpacks_to_too_much_is_refused():
    bomb = matlab.packed(matlab.variable("x", np.zeros((2**20, 8))))
    with pytest.raises(ClipError, match="takes more than"):
        read_mat(matlab.HEADER + bomb)
