"""Arrays, scalars and containers in all forms that NumPy and Python write, at every protocol.

What the installed NumPy writes is compared with what it holds; what others write is put together
here by rule.
"""

import collections
import itertools
import math
import pickle
import struct
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.pickles import array_of, from_buffer

from skelconv import DatasetError
from skelconv.unpickler import LazyArray, load_all

ONE_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

NUMBERS = ["b1", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4"]
DTYPES = st.sampled_from([*NUMBERS, "<f8", ">f8", "<c8", ">c16", "S5", "<U3", ">U3"]).map(np.dtype)
PROTOCOLS = st.integers(0, pickle.HIGHEST_PROTOCOL)
# Written in C, and in Python: they put things into the memo in other places.
PICKLERS = st.sampled_from([pickle.dumps, pickle._dumps])  # type: ignore[attr-defined]


@st.composite
def views(draw: st.DrawFn) -> Any:
    """An array of any layout in memory: axes in any order, strides, backwards, repeated, empty."""
    shape = arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=5)
    array = draw(arrays.arrays(draw(DTYPES), shape))
    if draw(st.booleans()):
        array = np.asfortranarray(array)
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    steps = st.sampled_from([1, 1, 1, 2, -1])
    array = array[(*(slice(None, None, draw(steps)) for _ in range(array.ndim)), ...)]
    if draw(st.booleans()):
        array = np.broadcast_to(array, (draw(st.integers(0, 3)), *array.shape))
    if draw(st.booleans()):
        array = array.copy(order=draw(st.sampled_from("CFAK")))
        array.flags.writeable = draw(st.booleans())
    return array


@ONE_FILE
@given(views(), PROTOCOLS, PICKLERS)
def test_every_order_of_memory(read: Any, array: Any, protocol: int, dumps: Any) -> None:
    back = read.load(read(dumps([array], protocol))[0])
    native = array.dtype.newbyteorder("=")
    assert (back.shape, back.dtype) == (array.shape, native)
    assert back.tobytes() == array.astype(native).tobytes()  # in C's order
    assert back.flags.c_contiguous
    assert back.flags.writeable


@ONE_FILE
@given(
    st.permutations(range(4)),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.sampled_from(["numpy.core", "numpy._core"]),
    st.booleans(),
)
def test_protocol_5_with_the_axes_in_any_order(
    read: Any, axes: list[int], lengths: list[int], core: str, writeable: bool
) -> None:
    data = struct.pack(f"<{math.prod(lengths)}h", *range(math.prod(lengths)))
    pickled = from_buffer(
        b"<i2", tuple(lengths), data, order=b"K", axes=tuple(axes), core=core.encode(),
        writeable=writeable,
    )  # fmt: skip
    back = read.load(read(pickled))
    assert back.shape == tuple(lengths[axis] for axis in axes)
    for number, place in enumerate(itertools.product(*map(range, lengths))):
        assert back[tuple(place[axis] for axis in axes)] == number


@pytest.mark.parametrize("core", [b"numpy.core", b"numpy._core"])
@pytest.mark.parametrize("order", [b"C", b"F"])
def test_protocol_5_in_the_order_of_c_and_fortran(read: Any, core: bytes, order: bytes) -> None:
    for shape in ((), (0,), (6,), (2, 3), (1, 3, 2)):
        count = math.prod(shape)
        data = struct.pack(f">{count}f", *range(count))
        back = read.load(read(from_buffer(b">f4", shape, data, order=order, core=core)))
        expected = np.arange(count, dtype=np.float32).reshape(shape, order=order.decode())
        np.testing.assert_array_equal(back, expected, strict=True)


@pytest.mark.parametrize(
    ("order", "axes"),
    [
        (b"K", (0, 0)),
        (b"K", (0, 2)),
        (b"K", (0,)),
        (b"K", (0, 1, 2)),
        (b"K", None),
        (b"C", (1, 0)),
        (b"A", None),
    ],
)
def test_orders_of_axes_that_are_none(
    read: Any, order: bytes, axes: tuple[int, ...] | None
) -> None:
    with pytest.raises(DatasetError, match="is refused as an order of axes"):
        read(from_buffer(b"<f4", (1, 2), bytes(8), order=order, axes=axes))


def test_true_and_false_are_no_axes(read: Any) -> None:
    good = from_buffer(b"<f4", (1, 2), bytes(8), order=b"K", axes=(1, 0))
    with pytest.raises(DatasetError, match="is refused as an order of axes"):
        read(good.replace(b"(K\x01K\x00t", b"(\x88\x89t"))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_other_kinds_of_arrays_of_numbers(read: Any, tmp_path: Path, protocol: int) -> None:
    mapped = np.memmap(tmp_path / "values", "f4", "w+", shape=(3, 4, 2))
    mapped[:] = np.arange(24).reshape(3, 4, 2)
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.5, 2.5]])
    for array in (mapped, mapped.transpose(0, 2, 1), matrix):
        back = read.load(read(pickle.dumps(array, protocol)))
        np.testing.assert_array_equal(back, np.asarray(array), strict=True)


def test_arrays_are_only_named(read: Any) -> None:
    for name in (b"ndarray", b"memmap", b"matrix"):
        called = b"\x80\x02cnumpy\n" + name + b"\n(K\x02\x85tR."
        with pytest.raises(DatasetError, match="that the pickles of plain data only name"):
            read(called)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_numpys_scalars_become_pythons(read: Any, protocol: int) -> None:
    numbers = [np.float16(1.5), np.float32(-2.5), np.float64(0.1), np.int8(-3), np.uint64(2**63)]
    for value in (
        *numbers,
        np.int64(-(2**40)),
        np.bool_(True),
        np.str_("vélo€"),
        np.str_(""),
        np.bytes_(b""),
    ):
        back = read(pickle.dumps({"x": value}, protocol))["x"]
        assert back == value.item()
        assert type(back) is type(value.item())
        for core in (b"numpy._core.multiarray", b"numpy.core.multiarray"):
            data = pickle.dumps(value, 3).replace(b"numpy._core.multiarray", core)
            assert read(data.replace(b"numpy.core.multiarray", core)) == value.item()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_of_objects_are_lists_of_them(read: Any, protocol: int) -> None:
    ids = np.array(["a", "longer"], dtype=object)
    grid = np.array([[1, None], ["x", 2.5]], dtype=object)
    inner = np.empty(2, dtype=object)
    inner[:] = [np.arange(3), {"a": ids}]
    stored = read(pickle.dumps({"ids": ids, "again": ids, "grid": grid, "inner": inner}, protocol))
    assert stored["ids"] is stored["again"]
    assert (stored["ids"].dtype, stored["ids"].shape) == ("|O", (2,))
    assert stored["ids"].data == ["a", "longer"]
    assert (stored["grid"].shape, stored["grid"].data) == ((2, 2), [1, None, "x", 2.5])
    with read.path.open("rb") as file:
        loaded = load_all(stored, file)
        with pytest.raises(ValueError, match="an array of objects"):
            stored["ids"].load(file)
    assert loaded["ids"] == ["a", "longer"]
    np.testing.assert_array_equal(loaded["inner"][0], np.arange(3))
    assert loaded["inner"][1] == {"a": ["a", "longer"]}


def test_an_array_of_objects_in_itself(read: Any) -> None:
    endless = np.empty(1, dtype=object)
    endless[0] = endless
    with pytest.raises(DatasetError, match="in each other so often, or so deep"):
        read(pickle.dumps(endless, 2))


def test_arrays_of_objects_that_lack_some(read: Any) -> None:
    whole = pickle.dumps(np.array([None, 1], dtype=object), 2)
    assert isinstance(read(whole), LazyArray)
    with pytest.raises(DatasetError, match="objects without its objects"):
        read(whole.replace(b"(NK\x01e", b"(NNNe"))
    with pytest.raises(DatasetError, match="objects without its objects"):
        read(array_of(dtype=b"O8").replace(b"K\x00tb\x89", b"K\x3ftb\x89"))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_containers(read: Any, protocol: int) -> None:
    for value in (
        {"a", "b", 3},
        {b"a": 1, b"": {b"b"}},
        frozenset(("a", 2.5)),
        (1, ("a", [2])),
        collections.OrderedDict(b=1, a=[2]),
        collections.defaultdict(None, {"a": 1}),
        *(
            collections.defaultdict(kind, {"a": 1})
            for kind in (list, dict, set, frozenset, tuple, str, int, float, bytes)
        ),
        collections.Counter("aab"),
    ):
        back = read(pickle.dumps(value, protocol))
        assert back == value
        assert type(back) is (dict if isinstance(value, dict) else type(value))


@pytest.mark.parametrize(
    "called",
    [
        b"cbuiltins\nlist\n)R",
        b"cbuiltins\nint\nX\x01\x00\x00\x009\x85R",
        b"ccollections\ndefaultdict\nK\x01\x85R",
        b"ccollections\ndefaultdict\ncbuiltins\nlist\n}\x86R",
        b"ccollections\nCounter\n]\x85R",
        b"ccollections\nOrderedDict\n]\x85R",
    ],
)
def test_containers_with_other_arguments(read: Any, called: bytes) -> None:
    with pytest.raises(DatasetError):
        read(b"\x80\x03" + called + b".")


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        ("torch._utils", "_rebuild_tensor_v2", "a tensor of PyTorch: store tensor.numpy() instead"),
        ("torch.storage", "_load_from_bytes", "a tensor of PyTorch"),
        ("pandas.core.frame", "DataFrame", "store column.to_numpy() instead"),
        ("joblib.numpy_pickle", "NumpyArrayWrapper", "store it with pickle.dump"),
        ("numpy.ma.core", "_mareconstruct", "neither a plain NumPy array nor a plain container"),
    ],
)
def test_what_to_do_about_others(read: Any, module: str, name: str, words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read(f"\x80\x02c{module}\n{name}\n)R.".encode("latin-1"))
    assert f"'{module}.{name}' is refused: it is" in caught.value.what
    assert words in caught.value.what


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of Git LFS"),
        (b"<!DOCTYPE html>", "a page of the web"),
        (b"PK\x03\x04abcd", "a zip archive, as torch.save and numpy.savez write them"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"BZh91AY", "compressed by bzip2"),
        (b"\xfd7zXZ\x00", "compressed by xz"),
        (b"\x93NUMPY\x01\x00", "an array as numpy.save writes it"),
        (b"\x89HDF\r\n", "an HDF5 file"),
    ],
)
def test_other_files_that_are_called_pickles(read: Any, head: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=f"some.pkl: it is {words}"):
        read(head + bytes(40))
