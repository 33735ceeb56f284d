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


@given(data=st.data())
def test_places_are_gathered_one_by_one(data: st.DataObject) -> None:
    m, t, v = (data.draw(st.integers(1, 4)) for _ in range(3))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    given_clip = Clip(
        "a",
        rng.random((m, t, v, 2)),
        "coco17",
        keypoint_score=rng.random((m, t, v)),
        fields={
            "box": Field(rng.random((m, t, 4)), "MTB"),
            "id": Field(np.arange(m), "M"),
            "time": Field(np.arange(t), "T"),
        },
    )
    people = data.draw(st.integers(0, 4))
    rows = rng.integers(-1, m, (people, t))
    frames = data.draw(st.sampled_from([None, rng.integers(0, t, (people, t))]))
    gathered = given_clip.gather(rows, frames)
    assert set(gathered.fields) == {"box", "time"}
    for person, frame in np.ndindex(people, t):
        row, place = rows[person, frame], frame if frames is None else frames[person, frame]
        for new, old in (
            (gathered.keypoint, given_clip.keypoint),
            (gathered.keypoint_score, given_clip.keypoint_score),
            (gathered.fields["box"].values, given_clip.fields["box"].values),
        ):
            expected = np.zeros(old.shape[2:]) if row < 0 else old[row, place]
            np.testing.assert_array_equal(new[person, frame], expected)
    same = given_clip.gather(np.tile(np.arange(m)[:, None], t), same_people=True)
    np.testing.assert_array_equal(same.fields["id"].values, np.arange(m))
    np.testing.assert_array_equal(same.keypoint, given_clip.keypoint)
