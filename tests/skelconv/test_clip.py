"""The clip, and cutting it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory import clip

from skelconv import Clip, Field


def test_shapes_must_fit() -> None:
    keypoint = np.zeros((1, 2, 3, 2))
    with pytest.raises(ValueError, match=r"not \(M, T, V, C\)"):
        Clip("a", keypoint[0], "toy")
    with pytest.raises(ValueError, match="keypoint_score has shape"):
        Clip("a", keypoint, "toy", keypoint_score=np.zeros((1, 2, 4)))
    with pytest.raises(ValueError, match="field 'box'"):
        Clip("a", keypoint, "toy", fields={"box": Field(np.zeros((1, 3, 4)), "MTb")})
    with pytest.raises(ValueError, match="axes 'MT' do not fit"):
        Field(np.zeros(3), "MT")


@given(
    axis=st.sampled_from("MTV"),
    shape=st.tuples(*[st.integers(1, 4)] * 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_take_cuts_every_array_along_the_axis(
    axis: str, shape: tuple[int, int, int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    sizes = dict(zip("MTV", shape, strict=True))
    # Each value tells where it came from.
    where = np.stack(np.indices(shape), axis=-1)
    fields = {
        "track": Field(np.arange(shape[0]), "M"),
        "box": Field(where[:, :, 0, :2], "MTc"),
        "frame": Field(np.arange(shape[1])[:, None] * np.ones(2), "Tx"),
        "joint": Field(np.arange(shape[2]), "V"),
        "global": Field(np.arange(5), "n"),
    }
    whole = Clip("a", where, "toy", keypoint_score=where[..., 0] * 1.0, fields=fields)
    index = rng.integers(0, sizes[axis], size=rng.integers(0, 6))
    cut = whole.take(axis, index)
    kept = {name: index if name == axis else np.arange(size) for name, size in sizes.items()}
    expected = np.stack(np.meshgrid(*kept.values(), indexing="ij"), axis=-1)
    np.testing.assert_array_equal(cut.keypoint, expected)
    assert cut.keypoint_score is not None
    np.testing.assert_array_equal(cut.keypoint_score, expected[..., 0])
    np.testing.assert_array_equal(cut.fields["track"].values, kept["M"])
    np.testing.assert_array_equal(cut.fields["frame"].values[:, 0], kept["T"])
    np.testing.assert_array_equal(cut.fields["joint"].values, kept["V"])
    np.testing.assert_array_equal(cut.fields["global"].values, np.arange(5))
    assert cut.fields["box"].values.shape == (len(kept["M"]), len(kept["T"]), 2)
    assert whole.keypoint.shape[:3] == shape


def test_without_drops_fields() -> None:
    whole = clip(fields={"x": Field(np.zeros(1), "n"), "y": Field(np.zeros(1), "n")})
    assert set(whole.without("x", "z").fields) == {"y"}
