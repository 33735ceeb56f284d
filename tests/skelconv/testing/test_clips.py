"""Clips that are the same, and clips that differ."""

import numpy as np
import pytest
from support.memory import clip

from skelconv import Clip, Field
from skelconv.testing import assert_same_clip

FIELDS = {"box": Field(np.ones((1, 4)), "MT")}
ONE = clip("a", fields=FIELDS)


def test_equal_clips_pass_also_with_nan() -> None:
    one, other = clip("a", fields=FIELDS), clip("a", fields=FIELDS)
    one.keypoint[0, 0, 0, 0] = other.keypoint[0, 0, 0, 0] = np.nan
    assert_same_clip(one, other)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (ONE.replace(id="b"), "a: id is 'a' and 'b'"),
        (ONE.replace(label=1), "a: label is 0 and 1"),
        (ONE.replace(img_shape=None), "a: img_shape is"),
        (ONE.replace(keypoint=ONE.keypoint.astype(float)), "a: dtypes of keypoint differ"),
        (ONE.replace(keypoint=ONE.keypoint + 1), "a: keypoint"),
        (ONE.replace(keypoint_score=None), "a: only one of them has keypoint_score"),
        (ONE.replace(fields={}), "a: fields differ"),
        (ONE.replace(fields={"box": Field(np.ones((1, 4)), "Mx")}), "a: axes of box differ"),
        (ONE.replace(fields={"box": Field(np.zeros((1, 4)), "MT")}), "a: box"),
        (clip("a", fields={"box": Field(-np.ones((1, 4)) * -1, "MT")}, seed=1), "a: keypoint"),
    ],
)
def test_what_differs_is_named(other: Clip, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        assert_same_clip(ONE, other)


def test_the_sign_of_zero_counts() -> None:
    zero = ONE.replace(keypoint=np.zeros_like(ONE.keypoint))
    with pytest.raises(AssertionError, match="the bits of an array differ"):
        assert_same_clip(zero, zero.replace(keypoint=-zero.keypoint))
