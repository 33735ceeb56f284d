"""What ``diff`` finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip, dataset

from skelconv import Field, diff


def test_equal_datasets_are_equal_also_with_nan() -> None:
    a = clip("a")
    a.keypoint[0, 0, 0, 0] = np.nan
    comparison = diff(
        dataset(a, clip("b"), splits={"t": [1]}), dataset(a, clip("b"), splits={"t": [1]})
    )
    assert comparison.equal


def test_ids_order_and_splits() -> None:
    one = dataset(clip("a"), clip("b"), clip("c"), splits={"t": [0, 1], "v": []})
    other = dataset(clip("c"), clip("b"), clip("d"), splits={"t": [1, 2]})
    comparison = diff(one, other)
    assert (comparison.only_a, comparison.only_b) == (["a"], ["d"])
    assert not comparison.order
    assert comparison.splits == {"t": (["a"], ["d"]), "v": ([], [])}
    assert not comparison.fields
    assert not comparison.equal


def test_of_equal_clips_in_another_order_only_the_order_differs() -> None:
    clips = [clip(name, label=n, seed=n) for n, name in enumerate("abcd")]
    one = dataset(*clips, splits={"t": [0, 1], "v": [2, 3]}, label_names=["w", "x", "y", "z"])
    other = dataset(*clips[::-1], splits={"v": [0, 1], "t": [3, 2]}, label_names=list("wxyz"))
    comparison = diff(one, other)
    assert comparison.equal_but_for_order
    assert not comparison.equal
    assert not comparison.order
    assert diff(one, one).equal


@given(order=st.permutations(range(4)), moved=st.integers(0, 3), what=st.integers(0, 4))
def test_what_differs_is_found_in_any_order(order: list[int], moved: int, what: int) -> None:
    clips = [clip(str(n), label=n, seed=n) for n in range(4)]
    names = ["w", "x", "y", "z"]
    splits = {"t": [0, 1], "v": [2, 3]}
    one = dataset(*clips, splits=splits, label_names=names)
    if what == 1:
        clips[moved] = clips[moved].replace(label=9)
    elif what == 2:
        clips[moved] = clips[moved].replace(keypoint=clips[moved].keypoint.astype(np.float64))
    elif what == 3:
        names = [name * 2 if n == moved else name for n, name in enumerate(names)]
    elif what == 4:
        splits = {**splits, "t": [0, 1, 3]}
    placed = {n: place for place, n in enumerate(order)}
    other = dataset(
        *(clips[n] for n in order),
        splits={name: [placed[n] for n in members] for name, members in splits.items()},
        label_names=names,
    )
    comparison = diff(one, other)
    assert comparison.order == (order == sorted(order))
    assert comparison.equal_but_for_order == (what == 0)
    assert list(comparison.fields) == {1: ["label"], 2: ["keypoint"]}.get(what, [])
    assert comparison.label_names == ((tuple("wxyz"), tuple(names)) if what == 3 else None)
    assert comparison.splits == ({"t": ([], ["3"])} if what == 4 else {})


def test_clips_of_one_id_are_compared_in_their_order() -> None:
    one, two = clip("a", seed=1), clip("a", seed=2)
    assert diff(dataset(one, two), dataset(one, two)).equal
    comparison = diff(dataset(one, two), dataset(one))
    assert (comparison.only_a, comparison.only_b) == (["a"], [])
    assert diff(dataset(one, two), dataset(two, one)).fields["keypoint"].clips == 2


def test_names_in_splits_that_have_no_clip() -> None:
    one = dataset(clip("a"), splits={"t": [0]}, unknown={"t": ["gone"]})
    assert diff(one, one).equal
    assert diff(one, dataset(clip("a"), splits={"t": [0]})).splits == {"t": (["gone"], [])}


@given(
    delta=st.floats(-100, 100, allow_nan=False).filter(lambda x: abs(x) > 1e-3),
    where=st.integers(0, 4 * 17 * 2 - 1),
)
def test_the_largest_difference_is_found(delta: float, where: int) -> None:
    a = clip("a").replace(keypoint=np.zeros((1, 4, 17, 2)))
    keypoint = a.keypoint.copy()
    keypoint.reshape(-1)[where] = delta
    found = diff(dataset(clip("0"), a), dataset(clip("0"), a.replace(keypoint=keypoint)))
    assert found.fields.keys() == {"keypoint"}
    assert found.fields["keypoint"].clips == 1
    assert found.fields["keypoint"].largest == abs(delta)
    assert found.fields["keypoint"].where.startswith("a: values")


def test_what_else_differs() -> None:
    a = clip("a", label=1, fields={"x": Field(np.zeros(2), "n")})
    b = a.replace(
        label=2,
        img_shape=(2, 3),
        keypoint=a.keypoint.astype(np.float16),
        keypoint_score=None,
        fields={"x": Field(np.zeros(3), "n")},
    )
    fields = diff(dataset(a), dataset(b)).fields
    assert {name: found.where for name, found in fields.items()} == {
        "label": "a: 1 and 2",
        "img_shape": "a: (1080, 1920) and (2, 3)",
        "keypoint": "a: float32 and float16",
        "keypoint_score": "a: B has none",
        "x": "a: shapes (2,) and (3,)",
    }
