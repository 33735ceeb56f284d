"""The clip, and cutting it."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

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
    with pytest.raises(TypeError, match=r"are a float32, not an array: use numpy\.asarray"):
        Field(np.float32(50), "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        (3, 3),
        (2**70, 2**70),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        ((np.int32(1), 2), (1, 2)),
        ([1, np.int64(2)], (1, 2)),
        ((), ()),
    ],
)
def test_labels_become_plain_integers(given: object, expected: object) -> None:
    label = clip().replace(label=given).label
    assert label == expected
    assert all(type(one) is int for one in (label if isinstance(label, tuple) else (label or 0,)))


@pytest.mark.parametrize(
    "label", [1.0, np.float32(1), "walk", (1, None), (1, "walk"), np.array([1, 2]), {1, 2}]
)
def test_labels_of_another_type_are_refused(label: object) -> None:
    with pytest.raises(ValueError, match="it must be an int, or a tuple of int"):
        clip().replace(label=label)


FIELDS = {"box": Field(np.ones((1, 4)), "MT"), "name": Field(np.array(["a"]), "M")}


def test_clips_with_equal_values_are_equal() -> None:
    one, other = clip(fields=FIELDS), clip(fields=dict(reversed(FIELDS.items())))
    one.keypoint[0, 0, 0, 0] = other.keypoint[0, 0, 0, 0] = np.nan
    same = [one, other, pickle.loads(pickle.dumps(one)), one.take("T", slice(None))]
    assert all(a == b and hash(a) == hash(b) for a in same for b in same)
    assert not any(a != b for a in same for b in same)
    assert len(set(same)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "b"},
        {"layout": "ntu25"},
        {"label": 1},
        {"label": (0,)},
        {"label": None},
        {"keypoint": clip(seed=1).keypoint},
        {"keypoint": clip().keypoint.astype(np.float64)},
        {"keypoint_score": None},
        {"keypoint_score": clip(seed=1).keypoint_score},
        {"img_shape": (1920, 1080)},
        {"original_shape": (1080, 1920)},
        {"fields": {}},
        {"fields": {**FIELDS, "box": Field(np.zeros((1, 4)), "MT")}},
        {"fields": {**FIELDS, "box": Field(np.ones((1, 4)), "Mx")}},
    ],
)
def test_clips_that_differ_in_anything_are_not_equal(changes: dict[str, object]) -> None:
    one = clip(fields=FIELDS)
    assert one != one.replace(**changes)


def test_a_clip_is_not_equal_to_anything_else() -> None:
    assert clip() != "a"
    assert clip("a") not in ["a", None]


def test_a_short_repr() -> None:
    assert repr(clip("S001C001P001R001A001", label=7)) == (
        "<Clip 'S001C001P001R001A001': coco17 M=1 T=4 V=17 C=2 float32, label=7>"
    )
    long = clip("video/" * 99, label=tuple(range(99)), layout="a-very-long-layout" * 9)
    assert len(repr(long)) < 120


@pytest.mark.parametrize("axis", ["X", "", "C", "MT", None])
def test_a_clip_is_not_cut_along_another_axis(axis: str) -> None:
    with pytest.raises(ValueError, match="a clip is cut along M, T or V, not"):
        clip().take(axis, slice(1))


def test_with_arrays_changes_every_array_and_knows_its_axes() -> None:
    before = clip(fields={"box": Field(np.ones((1, 4)), "MT")})
    axes: list[str] = []

    def half(values: np.ndarray, names: str) -> np.ndarray:
        axes.append(names)
        return values.astype(np.float16)

    after = before.with_arrays(half)
    assert axes == ["MTVC", "MTV", "MT"]
    assert after.keypoint_score is not None
    arrays = (after.keypoint, after.keypoint_score, after.fields["box"].values)
    assert {array.dtype for array in arrays} == {np.dtype(np.float16)}
    assert before.keypoint.dtype == np.float32


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
    # Each value shows where it came from.
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
def test_rows_are_gathered_frame_by_frame(data: st.DataObject) -> None:
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


@pytest.mark.parametrize(
    ("point", "score", "there"),
    [
        ((3, 4), 0.2, True),
        ((0, 4), 0.2, True),
        ((-3, 0), 1, True),
        ((0, 0), 0.9, False),
        ((3, 4), 0, False),
        ((3, 4), -0.1, False),
        ((3, 4), np.nan, False),
        ((np.nan, 4), 0.9, False),
        ((3, np.inf), 0.9, False),
    ],
)
def test_which_keypoints_are_there(point, score, there):
    keypoint = np.ones((1, 2, 3, 2))
    keypoint[0, 1, 2] = point
    scores = np.ones((1, 2, 3))
    scores[0, 1, 2] = score
    clip = Clip("a", keypoint, "toy3", keypoint_score=scores)
    expected = np.ones((1, 2, 3), bool)
    expected[0, 1, 2] = there
    np.testing.assert_array_equal(clip.present(), expected)
    # Without scores, the coordinates alone say it.
    places = bool(np.isfinite(point).all() and np.any(point))
    assert clip.replace(keypoint_score=None).present()[0, 1, 2] == places
