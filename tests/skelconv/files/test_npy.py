import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from skelconv import ClipError
from skelconv.files import npy_array, npy_header


def written(text, content=b""):
    """An npy file of format 1 whose header is any text."""
    header = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def claiming(shape, content=b"", dtype="<f4"):
    return written(f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}}}", content)


@settings(deadline=None)
@given(
    of_numpy.arrays(
        st.sampled_from(["<f8", ">f4", "<f2", "i1", "<u4", "?", "<U3", "S2"]),
        of_numpy.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
    ),
    st.booleans(),
)
def test_what_numpy_saves_is_read(array, fortran):
    file = io.BytesIO()
    np.save(file, np.asfortranarray(array) if fortran else array)
    found = npy_array(file.getvalue(), "biufUS")
    assert found.dtype == array.dtype
    assert found.shape == np.load(io.BytesIO(file.getvalue())).shape
    assert found.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not an npy file"),
        (b"PK\x03\x04", "is not an npy file"),
        (written("((((("), "is not an npy file"),
        (written("{'descr': '<f4'}"), "is not an npy file"),
        (claiming("(2,)", bytes(7)), "has 7 bytes, not those of a shape of (2)"),
        (claiming("(2,)", bytes(9)), "has 9 bytes"),
        (claiming("(10000000000000,)"), "has 0 bytes"),
        (claiming("(-1, -1)", bytes(4)), "has 4 bytes, not those of a shape of (-1, -1)"),
        (claiming("(True,)", bytes(4)), "has 4 bytes, not those of a shape of (True)"),
        (claiming(f"({'1, ' * 70})", bytes(4)), "has a shape that no array can have: (1, 1, 1, 1,"),
        (claiming(f"(0, {10**30})"), "has a shape that no array can have"),
        (claiming(f"(0, {2**40}, {2**40})"), "has a shape that no array can have"),
        (claiming("(1,)", bytes(8), "|O"), "holds values of type object"),
        (claiming("(1,)", b"", "<U0"), "holds values of type <U0"),
        (claiming("(1,)", bytes(8), [("x", "<f8")]), "holds values of type [('x', '<f8')]"),
        (claiming("(1,)", bytes(8), "<M8[s]"), "holds values of type datetime64[s]"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(content, reason):
    with pytest.raises(ClipError) as caught:
        npy_array(content)
    assert caught.value.reason.startswith(reason)


def test_a_header_ends_where_the_values_begin():
    file = io.BytesIO(b"before" + claiming("(2, 3)", bytes(24)))
    file.seek(6)
    size = len(file.getvalue()) - 6
    assert npy_header(file, size, "f") == ((2, 3), False, np.dtype(np.float32))
    assert file.read() == bytes(24)


def test_objects_are_a_pickle_of_any_length_and_no_array():
    content = claiming("(1,)", b"a pickle", "|O")
    assert npy_header(io.BytesIO(content), len(content), "O").dtype.hasobject
    with pytest.raises(ClipError, match="holds values of type object"):
        npy_array(content, "O")
