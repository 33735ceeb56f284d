import collections
import contextlib
import io
import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from skelconv import DatasetError
from skelconv.unpickler import Span, StoredArray, read_pickle

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


@pytest.fixture
def read(tmp_path: Path) -> Any:
    path = tmp_path / "some.pkl"

    def read(data: bytes) -> Any:
        path.write_bytes(data)
        return read_pickle(path)

    read.path = path  # type: ignore[attr-defined]
    return read


def load(read: Any, array: StoredArray) -> Any:
    with read.path.open("rb") as file:
        return array.load(file)


class TestWhatIsRead:
    @ONE_FILE
    @given(VALUES, PROTOCOLS)
    def test_plain_values_as_pickle_reads_them(self, read: Any, value: Any, protocol: int) -> None:
        back = read(pickle.dumps(value, protocol))
        assert back == value
        assert repr(back).replace("OrderedDict", "") == repr(_plain(value)) or _has_set(value)

    @ONE_FILE
    @given(ARRAYS, PROTOCOLS, st.booleans())
    def test_arrays_of_every_protocol(
        self, read: Any, array: Any, protocol: int, fortran: bool
    ) -> None:
        stored = np.asarray(array, order="F") if fortran else array
        back = load(read, read(pickle.dumps({"x": stored}, protocol))["x"])
        assert back.dtype == array.dtype.newbyteorder("=")
        assert back.shape == array.shape
        assert back.tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()
        assert back.flags.c_contiguous
        assert back.flags.writeable

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_data_stay_in_the_file(self, read: Any, protocol: int) -> None:
        array = np.random.default_rng(3).normal(size=(2, 50, 25, 3)).astype(np.float32)
        data = pickle.dumps([array, array], protocol)
        first, second = read(data)
        assert first is second
        assert first.shape == array.shape
        if protocol:
            assert isinstance(first.data, Span)
        np.testing.assert_array_equal(load(read, first), array, strict=True)

    def test_names_of_numpy_1_and_2(self, read: Any) -> None:
        array = np.arange(6, dtype=np.int16).reshape(2, 3)
        data = pickle.dumps((array, np.int16(7)), 2)
        for here, there in ((b"numpy._core.", b"numpy.core."), (b"numpy.core.", b"numpy._core.")):
            renamed = data.replace(here, there)
            stored, number = read(renamed)
            np.testing.assert_array_equal(load(read, stored), array, strict=True)
            assert number == 7
            assert type(number) is int

    def test_arrays_of_python_2(self, read: Any) -> None:
        array = np.random.default_rng(5).normal(size=(3, 200)).astype("<f8")
        for opcode in ("short", "long"):
            values = array if opcode == "long" else array[:1, :30]
            raw = values.tobytes()
            head = (
                b"U" + bytes([len(raw)]) if len(raw) < 256 else b"T" + struct.pack("<i", len(raw))
            )
            data = (
                b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02"
                b"K\x00\x85U\x01b\x87Rq\x03(K\x01"
                + b"".join(b"M" + struct.pack("<H", length) for length in values.shape)
                + b"\x86cnumpy\ndtype\nq\x04U\x02f8K\x00K\x01\x87Rq\x05(K\x03U\x01<NNN"
                b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + head + raw + b"tb."
            )
            expected = pickle.loads(data, encoding="latin1")
            np.testing.assert_array_equal(expected, values, strict=True)
            np.testing.assert_array_equal(load(read, read(data)), values, strict=True)

    def test_text_of_python_2(self, read: Any) -> None:
        assert read(b"(dS'frame_dir'\nS'v\\xe9lo'\nsS\"it's\"\nI3\nsV\\u20ac\nL5L\ns.") == {
            "frame_dir": "vélo",
            "it's": 3,
            "€": 5,
        }

    def test_frames_are_read_through(self, read: Any) -> None:
        value = {"names": [f"clip{n}" for n in range(30_000)]}
        assert read(pickle.dumps(value, 4)) == value

    def test_what_was_remembered_and_thrown_away(self, read: Any) -> None:
        assert read(b"\x80\x04(\x8c\x01a\x94\x8c\x01b\x941](h\x01h\x00e.") == ["b", "a"]


class Attack:
    """Pickles a call of something."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def named(module: str, name: str, argument: bytes = b"(U\x04true") -> bytes:
    """Pickle a call by name, as a file from elsewhere may have it."""
    return b"\x80\x02]q\x00c" + f"{module}\n{name}\n".encode() + argument + b"tRa."


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


def array_of(
    dtype: bytes = b"f4", shape: bytes = b"K\x02\x85", data: bytes = b"C\x08" + bytes(8)
) -> bytes:
    """Pickle an array with parts of one's choice."""
    return (
        b"\x80\x04cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
        + shape
        + b"cnumpy\ndtype\n\x8c"
        + bytes([len(dtype)])
        + dtype
        + b"\x89\x88\x87R(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + data
        + b"tb."
    )


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("module", "name"),
        [
            ("os", "system"),
            ("posix", "system"),
            ("nt", "system"),
            ("subprocess", "Popen"),
            ("subprocess", "check_output"),
            ("builtins", "eval"),
            ("builtins", "exec"),
            ("builtins", "getattr"),
            ("builtins", "__import__"),
            ("__builtin__", "eval"),
            ("builtins", "open"),
            ("builtins", "bytearray"),
            ("importlib", "import_module"),
            ("runpy", "run_path"),
            ("pickle", "loads"),
            ("_pickle", "loads"),
            ("codecs", "decode"),
            ("_codecs", "decode"),
            ("operator", "attrgetter"),
            ("functools", "partial"),
            ("types", "CodeType"),
            ("webbrowser", "open"),
            ("socket", "create_connection"),
            ("shutil", "rmtree"),
            ("ctypes", "CDLL"),
            ("copyreg", "_reconstructor"),
            ("numpy", "load"),
            ("numpy", "fromfile"),
            ("numpy", "memmap"),
            ("numpy", "matrix"),
            ("numpy.lib.npyio", "load"),
            ("numpy.lib._npyio_impl", "load"),
            ("numpy.testing._private.utils", "runstring"),
            ("numpy.testing", "rundocs"),
            ("numpy.f2py", "compile"),
            ("numpy.distutils.exec_command", "exec_command"),
            ("numpy.core.multiarray", "fromfile"),
            ("numpy.core", "_internal"),
            ("torch", "load"),
            ("skelconv.unpickler", "read_pickle"),
        ],
    )
    def test_calls(self, read: Any, module: str, name: str) -> None:
        with pytest.raises(DatasetError) as caught:
            read(named(module, name))
        assert f"'{module}.{name}' is refused" in str(caught.value)
        assert f"{read.path}, byte 5:" in str(caught.value)

    def test_nothing_is_run(self, read: Any, tmp_path: Path) -> None:
        victim = tmp_path / "victim"
        for attack in (
            Attack(open, str(victim), "w"),
            Attack(eval, f"open({str(victim)!r}, 'w')"),
            [1, {"keypoint": (Attack(open, str(victim), "w"),)}],
        ):
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                with pytest.raises(DatasetError, match="is refused"):
                    read(pickle.dumps(attack, protocol))
        assert not victim.exists()

    def test_names_with_dots(self, read: Any) -> None:
        for module, name in (
            ("numpy", "ndarray.tofile"),
            ("numpy", "core.multiarray._reconstruct"),
            ("numpy.core.multiarray", "_reconstruct.__globals__"),
            ("builtins", "set.__init_subclass__"),
        ):
            data = b"\x80\x04" + text(module) + text(name) + b"\x93)R."
            with pytest.raises(DatasetError, match="is refused") as caught:
                read(data)
            assert f"byte {len(data) - 4}" in str(caught.value)

    def test_calls_of_what_is_admitted_in_ways_it_is_not(self, read: Any) -> None:
        for data in (
            b"\x80\x04cnumpy\nndarray\n(J\xff\xff\xff\x7f\x85tR.",
            b"\x80\x04cnumpy.core.multiarray\n_reconstruct\ncnumpy\ndtype\nK\x00\x85C\x01b\x87R.",
            b"\x80\x04c_codecs\nencode\n\x8c\x01a\x8c\x06rot_13\x86R.",
            b"\x80\x04cbuiltins\nbytes\nJ\xff\xff\xff\x7f\x85R.",
            b"\x80\x04cbuiltins\nset\n\x8c\x03abc\x85R.",
            b"\x80\x04cnumpy\ndtype\n\x8c\x02f4\x89\x88\x87RcJunk\nx\nb.",
            b"\x80\x04cnumpy\ndtype\n\x8c\x02f4\x89\x88\x87R}\x8c\x01a\x8c\x01bsb.",
            b"\x80\x04}}b.",
            b"\x80\x04K\x01)R.",
            b"\x80\x04]cnumpy\nndarray\nR.",
        ):
            with pytest.raises(DatasetError):
                read(data)

    @pytest.mark.parametrize(
        ("opcode", "name"),
        [
            (b"P1\n", "PERSID"),
            (b"Q", "BINPERSID"),
            (b"(ios\nsystem\n", "INST"),
            (b"(oN", "OBJ"),
            (b")\x81", "NEWOBJ"),
            (b")}\x92", "NEWOBJ_EX"),
            (b"\x82\x01", "EXT1"),
            (b"\x83\x01\x00", "EXT2"),
            (b"\x84\x01\x00\x00\x00", "EXT4"),
            (b"\x97", "NEXT_BUFFER"),
            (b"\x98", "READONLY_BUFFER"),
        ],
    )
    def test_opcodes_that_make_objects(self, read: Any, opcode: bytes, name: str) -> None:
        with pytest.raises(DatasetError, match=f"the opcode {name} is refused"):
            read(b"\x80\x04" + opcode + b"..")

    @pytest.mark.parametrize(
        "claim",
        [
            b"\x8e" + struct.pack("<Q", 2**50),
            b"\x8e" + struct.pack("<Q", 2**64 - 1),
            b"\x96" + struct.pack("<Q", 2**50),
            b"\x8d" + struct.pack("<Q", 2**50),
            b"B\xff\xff\xff\xff",
            b"X\xff\xff\xff\xff",
            b"T\xff\xff\xff\x7f",
            b"\x8b\xff\xff\xff\x7f",
            b"\x95" + struct.pack("<Q", 2**62),
        ],
    )
    def test_lengths_beyond_the_file(self, read: Any, claim: bytes) -> None:
        with pytest.raises(DatasetError, match=r"are announced|integer of .* bytes is refused"):
            read(b"\x80\x04" + claim + b"some bytes.")

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (array_of(shape=b"J\x00\x00\x00\x7f\x85"), "shape"),
            (array_of(shape=b"(" + b"J\x00\x00\x00\x7f" * 20 + b"t"), "shape"),
            (array_of(shape=b"\x8a\x08" + struct.pack("<q", 2**55) + b"\x85"), "shape"),
            (array_of(shape=b"J\xfe\xff\xff\xff\x85"), "shape"),
            (array_of(shape=b"(" + b"K\x01" * 64 + b"t"), "proper shape"),
            (array_of(shape=b"(" + b"K\x00J\x00\x00\x00\x7f" + b"t", data=b"C\x00"), "shape"),
            (array_of(shape=b"\x88\x85", data=b"C\x04" + bytes(4)), "shape"),
            (array_of(shape=b"](K\x02e"), "proper shape"),
            (array_of(shape=b"K\x03\x85"), "has 8 bytes"),
            (array_of(data=b"C\x07" + bytes(7)), "has 7 bytes"),
            (array_of(data=b"C\x09" + bytes(9)), "has 9 bytes"),
            (array_of(data=b"](NNe"), "array of objects"),
            (array_of(dtype=b"O8"), "'O8' is refused"),
            (array_of(dtype=b"V8"), "'V8' is refused"),
            (array_of(dtype=b"f16"), "'f16' is refused"),
            (array_of(dtype=b"f4,f4"), "'f4,f4' is refused"),
            (array_of(dtype=b"M8[s]"), "refused"),
            (array_of(dtype=b"S0"), "'S0' is refused"),
            (array_of(dtype=b"S99999999"), "refused"),
            (array_of(dtype=b"U2"), "more than 'U2'"),
        ],
    )
    def test_arrays_that_are_none(self, read: Any, data: bytes, reason: str) -> None:
        with pytest.raises(DatasetError, match=reason):
            read(data)

    @pytest.mark.parametrize(
        "state",
        [
            b"\x8c\x01<\x8c\x01xNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00",  # a subarray
            b"\x8c\x01<N](\x8c\x01ae}J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00",  # fields
            b"\x8c\x01<NNNJ\x00\x00\x00\x7fJ\xff\xff\xff\xffK\x00",  # a size of its own
            b"\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3f",  # flags: objects
            b"K\x01NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00",  # no byte order
            b"\x8c\x012NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00",  # a subarray: 2f4
            b"\x8c\x03f4,NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00",  # fields: f4,f4
        ],
    )
    def test_dtypes_that_are_more(self, read: Any, state: bytes) -> None:
        with pytest.raises(DatasetError, match="is refused"):
            read(b"\x80\x04cnumpy\ndtype\n\x8c\x02f4\x89\x88\x87R(K\x03" + state + b"tb.")

    def test_objects_of_real_pickles(self, read: Any) -> None:
        for value in (
            np.array([{"a": 1}, None], dtype=object),
            np.zeros(3, [("x", "f4"), ("y", "i8")]),
            np.array(["2020-01-01"], "M8[D]"),
            np.ma.masked_array([1, 2], [True, False]),
            Path("x"),
            1j,
        ):
            with pytest.raises(DatasetError, match="refused"):
                read(pickle.dumps(value))

    def test_keys_whose_hash_takes_for_ever(self, read: Any) -> None:
        deep = b"\x80\x04}N" + b"2\x86" * 60 + b"K\x01s."
        with pytest.raises(DatasetError, match="a tuple is refused as a key"):
            read(deep)
        with pytest.raises(DatasetError, match="a list is refused as a key"):
            read(b"\x80\x04}]K\x01s.")
        colliding = {(2**61 - 1) * n: None for n in range(100)}
        numbers = b"".join(
            b"\x8a\x0b" + ((2**61 - 1) * n).to_bytes(11, "little") + b"N" for n in range(50_000)
        )
        assert read(pickle.dumps(colliding)) == colliding
        with pytest.raises(DatasetError, match="keys that are no text"):
            read(b"\x80\x04}(" + numbers + b"u.")


class TestMemory:
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
            pytest.param(
                b"\x80\x04" + b"]" * 30_000 + b"a" * 29_999 + b".", id="30,000 lists deep"
            ),
        ],
    )
    def test_what_is_small_stays_small(self, read: Any, data: bytes) -> None:
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
    def test_what_stands_for_more_than_a_file_can_hold(self, read: Any, data: bytes) -> None:
        with pytest.raises(DatasetError, match="stand in each other so often, or so deep"):
            read(data)

    def test_what_is_shared_by_many_is_admitted(self, read: Any) -> None:
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
    def test_messages_do_not_walk_through_what_is_wrong(self, read: Any, data: bytes) -> None:
        with pytest.raises(DatasetError, match="is refused"):
            read(data)

    def test_depth_in_marks(self, read: Any) -> None:
        with pytest.raises(DatasetError, match="nested more than 256 deep"):
            read(b"\x80\x04" + b"(" * 100_000 + b".")

    def test_too_much_on_the_stack(self, read: Any) -> None:
        with pytest.raises(DatasetError, match="1,000,000 things are on the stack"):
            read(b"\x80\x04" + b"]" * 1_000_001 + b".")

    def test_numbers_without_end(self, read: Any) -> None:
        for digits in (b"I" + b"9" * 5000, b"L" + b"9" * 5000, b"F" + b"9" * 5000):
            with pytest.raises(DatasetError, match="a number of 5,000 digits is refused"):
                read(digits + b"\n.")

    def test_reading_does_not_load_the_arrays(self, read: Any) -> None:
        data = pickle.dumps([np.zeros(1 << 18, np.float64) for _ in range(20)])
        read.path.write_bytes(data)
        tracemalloc.start()
        read_pickle(read.path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1 << 20 < len(data)


class TestDamage:
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
    def test_cut_short_anywhere(self, read: Any, protocol: int) -> None:
        data = pickle.dumps(pickle.loads(self.EXAMPLE), protocol)
        places = [*range(min(len(data), 700)), *range(len(data) - 300, len(data))]
        for length in places:
            with pytest.raises(DatasetError):
                read(data[:length])

    @ONE_FILE
    @given(st.data())
    def test_changed_anywhere(self, read: Any, data: st.DataObject) -> None:
        damaged = bytearray(self.EXAMPLE)
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, 600))
            damaged[place] = data.draw(st.integers(0, 255))
        _read_or_refuse(read, bytes(damaged))

    @ONE_FILE
    @given(st.binary(max_size=200))
    def test_any_bytes(self, read: Any, data: bytes) -> None:
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
    def test_any_opcodes(self, read: Any, parts: list[bytes]) -> None:
        _read_or_refuse(read, b"\x80\x04" + b"".join(parts) + b".")

    def test_no_pickle(self, read: Any) -> None:
        with pytest.raises(DatasetError, match="byte 0: no pickle, or a damaged one"):
            read(b"\xff\xd8\xff\xe0 some picture")
        with pytest.raises(DatasetError, match="the file is empty"):
            read(b"")
        with pytest.raises(DatasetError, match="protocol 77 is not known"):
            read(b"\x80\x4d.")

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(DatasetError, match="there is no such file"):
            read_pickle(tmp_path / "absent.pkl")
        with pytest.raises(DatasetError, match="it is no regular file"):
            read_pickle(tmp_path)

    def test_data_that_went_away(self, read: Any) -> None:
        stored = read(pickle.dumps(np.ones(5000), 4))
        with pytest.raises(ValueError, match="ends in the middle of an array"):
            stored.load(io.BufferedReader(io.BytesIO(b"short")))

    def test_text_that_is_no_latin_1(self, read: Any) -> None:
        data = pickle.dumps(np.full(3000, 233, np.uint8), 2)
        stored = read(data.replace(b"\xc3\xa9" * 1500, b"\xe2\x82\xac" * 1000))
        with pytest.raises(ValueError, match="latin-1"):
            load(read, stored)


def _read_or_refuse(read: Any, data: bytes) -> None:
    with contextlib.suppress(DatasetError):
        read(data)


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
