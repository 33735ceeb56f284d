import io
import pickle
import pickletools
from typing import Any

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from skelconv_pickle.opcodes import fragment, prologue, write_annotations

LITTLE = st.sampled_from(
    ["b1", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"]
).map(np.dtype)
BIG = st.sampled_from([">i2", ">i8", ">u4", ">f2", ">f4", ">f8"]).map(np.dtype)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)
ARRAYS = arrays.arrays(LITTLE, SHAPES)

SCALARS = st.one_of(
    st.none(), st.text(), st.booleans(), st.integers(-(2**100), 2**100), st.floats()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner)
    ),
    max_leaves=20,
)


def whole(*fragments: bytes) -> bytes:
    """Join fragments into the pickle of a list."""
    return prologue() + b"]" + b"".join(part + b"a" for part in fragments) + b"."


def load(*fragments: bytes) -> Any:
    """Load with Python's two unpicklers, which must agree on what is well-formed."""
    pickle._loads(whole(*fragments))  # type: ignore[attr-defined]
    return pickle.loads(whole(*fragments))


@given(VALUES)
def test_plain_values_come_back(value: Any) -> None:
    (back,) = load(fragment(value))
    # What pickle itself writes distinguishes types, NaN and the sign of zero, which == does not.
    assert _canonical(back) == _canonical(value)


def _canonical(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}{[_canonical(item) for item in value]}"
    if isinstance(value, dict):
        return f"dict{[(key, _canonical(item)) for key, item in value.items()]}"
    return f"{type(value).__name__} {value!r}"


@given(ARRAYS)
def test_arrays_come_back_ready_for_use(array: Any) -> None:
    (back,) = load(fragment(array))
    assert back.dtype == array.dtype
    assert back.dtype.isnative
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.c_contiguous
    assert back.flags.writeable


@given(arrays.arrays(BIG, SHAPES))
def test_big_endian_arrays_are_normalised(array: Any) -> None:
    (back,) = load(fragment(array))
    assert back.dtype.isnative
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()


def test_any_layout_in_memory_gives_the_same_bytes() -> None:
    array = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    wider = np.zeros((2, 3, 4, 9), np.float32)
    wider[..., 2:7] = array
    backwards = np.ascontiguousarray(array[:, ::-1])[:, ::-1]
    for same in (np.asfortranarray(array), wider[..., 2:7], backwards):
        assert fragment(same) == fragment(array)


def test_array_scalars_become_plain_numbers() -> None:
    (back,) = load(fragment((np.int64(7), np.float64(0.5), np.str_("id"))))
    assert back == (7, 0.5, "id")
    assert [type(item) for item in back] == [int, float, str]


@pytest.mark.parametrize("length", [0, 255, 256, 70_000])
def test_text_of_any_length(length: int) -> None:
    assert load(fragment("é" * length)) == ["é" * length]


def test_half_a_surrogate_pair_survives_as_in_pickle() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert load(fragment(name)) == [name]


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.zeros(2, np.complex64),
        np.zeros(2, np.longdouble),
        np.zeros(2, [("x", "f4")]),
        np.zeros(2, "M8[s]"),
        b"bytes",
        {"set"},
    ],
    ids=lambda value: str(getattr(value, "dtype", value)),
)
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="an annotation cannot hold"):
        fragment(value)


def test_a_fragment_depends_on_its_value_alone() -> None:
    shared = np.ones((2, 2), np.float32)
    values = [{"a": shared, "b": shared, "label": 3}, {"label": 3, "a": shared}, "label"]
    alone = [fragment(value) for value in values]
    assert [fragment(value) for value in reversed(values)] == alone[::-1]
    assert whole(*alone).endswith(alone[1] + b"a" + alone[2] + b"a.")


def test_a_fragment_only_reads_the_memo() -> None:
    opcodes = list(pickletools.genops(whole(fragment({"label": 1, "x": np.zeros((2, 3, 4, 5))}))))
    start = next(n for n, (opcode, _, _) in enumerate(opcodes) if opcode.name == "POP_MARK")
    places = sum(opcode.name == "MEMOIZE" for opcode, _, _ in opcodes[:start])
    used = {opcode.name for opcode, _, _ in opcodes[start + 1 : -1]}
    assert not used & {"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT", "STACK_GLOBAL", "FRAME", "PROTO"}
    assert all(arg < places for opcode, arg, _ in opcodes if opcode.name == "BINGET")


def test_only_names_that_numpy_1_and_2_both_have() -> None:
    texts: list[str] = []
    names = set()
    for opcode, arg, _ in pickletools.genops(whole(fragment(np.zeros(3)))):
        if opcode.name == "STACK_GLOBAL":
            names.add(tuple(texts[-2:]))
        elif isinstance(arg, str):
            texts.append(arg)
    assert names == {
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
    }


def test_the_annotation_pickle() -> None:
    annotations: list[Any] = [{"frame_dir": f"clip{n}", "label": n} for n in range(2500)]
    splits = {"train": [f"clip{n}" for n in range(2001)], "val": ["clip7"], "none": []}
    out = io.BytesIO()
    write_annotations(out, splits, map(fragment, annotations))
    assert pickle.loads(out.getvalue()) == {"split": splits, "annotations": annotations}
    assert pickle.loads(pickletools.optimize(out.getvalue())) == pickle.loads(out.getvalue())
