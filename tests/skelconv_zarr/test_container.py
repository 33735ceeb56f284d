import json

import google_crc32c
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field
from skelconv.testing import assert_same_clip
from skelconv_zarr import container

numbers = st.integers(-(2**63), 2**63 - 1)
sizes = st.none() | st.tuples(st.integers(0, 9999), st.integers(0, 9999))
dtypes = st.sampled_from(["<f2", "<f4", "<f8", "<i2", "|u1"])
field_dtypes = st.sampled_from(["|b1", "<i8", "<f4", "<U5"])


@st.composite
def any_clip(draw: st.DrawFn) -> Clip:
    persons, frames = draw(st.integers(0, 3)), draw(st.integers(0, 4))
    joints, axes = draw(st.integers(1, 3)), draw(st.integers(2, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))

    def values(shape: tuple[int, ...], dtype: str) -> np.ndarray:
        return rng.integers(0, 100, shape).astype(dtype)

    lengths = {"M": persons, "T": frames, "V": joints, "X": 2}
    fields = {
        name: Field(values(tuple(lengths[axis] for axis in kind), draw(field_dtypes)), kind)
        for name in draw(st.lists(st.text(st.characters(codec="utf-8")), max_size=3, unique=True))
        for kind in [draw(st.sampled_from(["", "M", "MT", "MTVX", "T", "X", "XX"]))]
    }
    return Clip(
        draw(st.text(st.characters(codec="utf-8"))),
        values((persons, frames, joints, axes), draw(dtypes)),
        "any",
        label=draw(st.none() | numbers | st.lists(numbers, min_size=1, max_size=3).map(tuple)),
        keypoint_score=values((persons, frames, joints), draw(dtypes)) if joints > 1 else None,
        img_shape=draw(sizes),
        original_shape=draw(sizes),
        fields=fields,
    )


@given(any_clip())
def test_a_clip_comes_back_to_the_bit_with_its_checksum(clip: Clip) -> None:
    decoded, checksum = container.decode(container.encode(clip))
    assert_same_clip(decoded, clip)
    assert checksum == container.checksum(decoded) == container.checksum(clip)


def crc32c(data: bytes) -> int:
    """CRC-32C bit by bit, as RFC 3720 defines it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@given(any_clip())
def test_the_checksum_is_that_of_the_json_and_the_values(clip: Clip) -> None:
    arrays = [("keypoint", "MTVC", clip.keypoint)]
    if clip.keypoint_score is not None:
        arrays.append(("keypoint_score", "MTV", clip.keypoint_score))
    for name, field in sorted(clip.fields.items()):
        arrays.append((f"field {name}", field.axes, field.values))
    facts = [clip.id, clip.layout, clip.label, clip.img_shape, clip.original_shape]
    described = [[name, axes, values.dtype.str, values.shape] for name, axes, values in arrays]
    text = json.dumps([facts, described], separators=(",", ":")).encode()
    data = b"".join(values.tobytes() for _, _, values in arrays)
    assert container.checksum(clip) == google_crc32c.value(text + data)


def test_the_checksum_is_the_one_that_is_documented() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    keypoint = np.arange(6, dtype="<f4").reshape(1, 1, 2, 3)
    mask = np.array([True])
    clip = Clip("é", keypoint, "l", label=(1, 2), img_shape=(3, 4), fields={"m": Field(mask, "T")})
    text = (
        rb'[["\u00e9","l",[1,2],[3,4],null],'
        rb'[["keypoint","MTVC","<f4",[1,1,2,3]],["field m","T","|b1",[1]]]]'
    )
    assert container.checksum(clip) == crc32c(text + keypoint.tobytes() + mask.tobytes())


def test_byte_order_and_numpy_numbers_make_no_difference() -> None:
    keypoint = np.arange(12.0).reshape(1, 2, 2, 3)
    plain = Clip("c", keypoint, "l", label=3, img_shape=(2, 1))
    other = Clip(
        "c",
        np.asfortranarray(keypoint.astype(">f8")),
        "l",
        label=np.int16(3),  # type: ignore[arg-type]
        img_shape=(np.int64(2), np.int64(1)),  # type: ignore[arg-type]
    )
    assert container.encode(other) == container.encode(plain)


GOOD = Clip("c", np.zeros((1, 2, 3, 2)), "l")


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (GOOD.replace(keypoint=np.zeros((1, 2, 3, 2), object)), "keypoint has dtype object"),
        (GOOD.replace(keypoint=np.zeros((1, 2, 3, 2), "c8")), "keypoint has dtype complex64"),
        (GOOD.replace(keypoint=np.zeros((1, 2, 0, 2))), r"shape \(1, 2, 0, 2\): there is nothing"),
        (GOOD.replace(keypoint_score=np.zeros((1, 2, 3), "M8[s]")), "keypoint_score has dtype"),
        (GOOD.replace(fields={"f": Field(np.array({}), "")}), "field 'f' has dtype object"),
        (GOOD.replace(img_shape=(1.5, 4)), "img_shape is 1.5, not an integer"),
        (GOOD.replace(label=2**63), "does not fit 64 bits"),
        (GOOD.replace(label=()), "label is an empty tuple"),
        (GOOD.replace(img_shape=(-1, 4)), r"img_shape is \(-1, 4\), not a height and a width"),
        (GOOD.replace(original_shape=(1, 2, 3)), "original_shape is"),
        (GOOD.replace(id="caf\udce9"), "'caf.*' is not valid Unicode"),
        (GOOD.replace(id="é" * 2049), "the id has 4098 bytes, and may have 4096"),
        (GOOD.replace(keypoint=np.zeros((1, 1, 2**20, 3))), "takes more than 16 MB"),
    ],
)
def test_what_a_dataset_cannot_hold_is_refused(clip: Clip, reason: str) -> None:
    with pytest.raises(ClipError, match=reason):
        container.encode(clip)
