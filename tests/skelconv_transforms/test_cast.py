import numpy as np
import pytest
from support.memory import clip

from skelconv import ClipError, Field
from skelconv.testing import check_transform
from skelconv_transforms.cast import cast


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_coordinates_and_scores_are_cast_and_fields_are_not(dtype):
    one = clip(fields={"own": Field(np.arange(4), "T")})
    result = check_transform(lambda given_clip: cast(given_clip, dtype=dtype), one)
    assert result.keypoint.dtype == result.keypoint_score.dtype == dtype
    np.testing.assert_allclose(result.keypoint, one.keypoint, rtol=1e-3)
    assert result.fields["own"].values.dtype == one.fields["own"].values.dtype


def test_whole_numbers_become_floats():
    whole = clip(score=False).replace(keypoint=np.ones((1, 2, 17, 2), np.int16))
    assert cast(whole, dtype="float16").keypoint.dtype == np.float16


def test_a_value_that_does_not_fit_is_an_error():
    large = clip(score=False).replace(keypoint=np.full((1, 1, 17, 2), 70000.0))
    with pytest.raises(ClipError, match="too large for float16"):
        cast(large, dtype="float16")


def test_a_missing_keypoint_stays_missing_whatever_it_has():
    one = clip()
    keypoint, score = one.keypoint.astype(np.float64), one.keypoint_score.copy()
    keypoint[0, 0, 0], score[0, 0, 0] = 1e9, 0
    keypoint[0, 0, 1] = [np.nan, 5]
    keypoint[0, 0, 2] = [1e9, np.nan]
    one = one.replace(keypoint=keypoint, keypoint_score=score)
    result = cast(one, dtype="float16")
    np.testing.assert_array_equal(result.present(), one.present())
    np.testing.assert_array_equal(result.keypoint[0, 0, :3], [[0, 0], [np.nan, 5], [0, np.nan]])
