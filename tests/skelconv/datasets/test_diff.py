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
