from hypothesis import given
from hypothesis import strategies as st

from skelconv_zarr import schema

names = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["", ".", "..", "__x", "zarr.json", "%", "%2E", "a/b", "A b", "xsub_train"]
)


def test_ntu_in_float16_has_chunks_of_512_rows_in_shards_of_131072() -> None:
    assert schema.chunk_rows(25 * 3 * 2) == 512
    assert schema.chunk_rows(25 * 3 * 2) * schema.CHUNKS_PER_SHARD == 131072


@given(st.integers(1, 10**7))
def test_a_chunk_is_as_large_as_it_may_be(row_bytes: int) -> None:
    rows = schema.chunk_rows(row_bytes)
    assert rows == 1 or rows * row_bytes <= schema.CHUNK_BYTES
    assert 2 * rows * row_bytes > schema.CHUNK_BYTES


@given(names)
def test_any_name_becomes_one_that_zarr_takes(name: str) -> None:
    node = schema.split_node(name).removeprefix("split/")
    assert node.isascii()
    assert node[:1] not in ("", ".", "_")
    assert "/" not in node
    assert node != "zarr.json"


@given(names, names)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (schema.field_node(one) == schema.field_node(other)) == (one == other)


def test_usual_names_stay_as_they_are() -> None:
    assert schema.split_node("xsub_train") == "split/xsub_train"
    assert schema.field_node("frame_inds") == "field/frame_inds"
