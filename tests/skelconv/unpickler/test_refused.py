"""What is refused: nothing in a pickle is run."""

import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.pickles import array_of

from skelconv import DatasetError


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
def test_calls_of_functions(read: Any, module: str, name: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read(named(module, name))
    assert f"'{module}.{name}' is refused" in str(caught.value)
    assert f"{read.path}, byte 5:" in str(caught.value)


def test_nothing_is_run(read: Any, tmp_path: Path) -> None:
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


def test_names_with_dots(read: Any) -> None:
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


def test_admitted_names_with_wrong_arguments(read: Any) -> None:
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
def test_opcodes_that_make_objects(read: Any, opcode: bytes, name: str) -> None:
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
def test_lengths_beyond_the_file(read: Any, claim: bytes) -> None:
    with pytest.raises(DatasetError, match=r"are announced|integer of .* bytes is refused"):
        read(b"\x80\x04" + claim + b"some bytes.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (array_of(shape=b"J\x00\x00\x00\x7f\x85"), "shape"),
        (array_of(shape=b"(" + b"J\x00\x00\x00\x7f" * 20 + b"t"), "shape"),
        (array_of(shape=b"\x8a\x08" + struct.pack("<q", 2**55) + b"\x85"), "shape"),
        (array_of(shape=b"J\xfe\xff\xff\xff\x85"), "shape"),
        (array_of(shape=b"(" + b"K\x01" * 64 + b"t"), "an array of 64 axes"),
        (array_of(shape=b"(" + b"K\x00J\x00\x00\x00\x7f" + b"t", data=b"C\x00"), "shape"),
        (array_of(shape=b"\x88\x85", data=b"C\x04" + bytes(4)), "shape"),
        (array_of(shape=b"](K\x02e"), "proper shape"),
        (array_of(shape=b"K\x03\x85"), "has 8 bytes"),
        (array_of(data=b"C\x07" + bytes(7)), "has 7 bytes"),
        (array_of(data=b"C\x09" + bytes(9)), "has 9 bytes"),
        (array_of(data=b"](NNe"), "without its bytes"),
        (array_of(dtype=b"O8"), "more than 'O8' is refused"),
        (array_of(dtype=b"V8"), "'V8' is refused"),
        (array_of(dtype=b"f16"), "'f16' is refused"),
        (array_of(dtype=b"f4,f4"), "'f4,f4' is refused"),
        (array_of(dtype=b"M8[s]"), "refused"),
        (array_of(dtype=b"S0"), "more than 'S0' is refused"),
        (array_of(dtype=b"S99999999"), "refused"),
        (array_of(dtype=b"U2"), "more than 'U2'"),
    ],
)
def test_arrays_that_are_not_valid(read: Any, data: bytes, reason: str) -> None:
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
def test_dtypes_that_are_not_plain(read: Any, state: bytes) -> None:
    with pytest.raises(DatasetError, match="is refused"):
        read(b"\x80\x04cnumpy\ndtype\n\x8c\x02f4\x89\x88\x87R(K\x03" + state + b"tb.")


def test_objects_of_real_pickles(read: Any) -> None:
    for value in (
        np.array([print, None], dtype=object),
        np.zeros(3, [("x", "f4"), ("y", "i8")]),
        np.array(["2020-01-01"], "M8[D]"),
        np.ma.masked_array([1, 2], [True, False]),
        Path("x"),
        1j,
    ):
        with pytest.raises(DatasetError, match="refused"):
            read(pickle.dumps(value))


def test_keys_whose_hash_takes_too_long(read: Any) -> None:
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
    with pytest.raises(DatasetError, match="keys that are not text"):
        read(b"\x80\x04}(" + numbers + b"u.")
