"""What a finished dataset holds is made what it should be: pixels, and scores."""

import numpy as np
import pytest
from support.memory import clip

from skelconv import ClipError
from skelconv.testing import check_transform
from skelconv_transforms.coordinates import score_from_z, to_pixels


@pytest.fixture
def pixels():
    """People in pixels; one keypoint is missing."""
    made = clip(persons=2, img_shape=(480, 640))
    keypoint = made.keypoint % 480
    keypoint[1, 2, 3] = 0
    return made.replace(keypoint=keypoint)


@pytest.mark.parametrize("units", ["fractions", "signed-fractions"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fractions_become_pixels(pixels, units, dtype):
    fractions = pixels.keypoint / [640, 480]
    if units == "signed-fractions":
        fractions = fractions * 2 - 1
    fractions[1, 2, 3] = 0
    given = pixels.replace(keypoint=fractions.astype(dtype))
    done = check_transform(lambda one: to_pixels(one, units=units, img_shape=None), given)
    assert done.keypoint.dtype == dtype
    atol = 0.5 if dtype == np.float16 else 1e-3
    assert np.allclose(done.keypoint, pixels.keypoint, atol=atol)
    assert not done.keypoint[1, 2, 3].any()
    assert done.img_shape == (480, 640)


def test_the_size_may_be_given(pixels):
    given = pixels.replace(keypoint=pixels.keypoint / [640, 480], img_shape=None)
    done = to_pixels(given, units="fractions", img_shape=(480, 640))
    assert (done.img_shape, done.original_shape) == ((480, 640), (480, 640))
    assert np.allclose(done.keypoint, pixels.keypoint)
    with pytest.raises(ClipError, match="size is not known: give img_shape"):
        to_pixels(given, units="fractions", img_shape=None)


def test_pixels_are_not_converted_again(pixels):
    with pytest.raises(ClipError, match="they are not fractions"):
        to_pixels(pixels, units="fractions", img_shape=None)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_third_column_is_the_score(pixels, dtype):
    third = np.concatenate((pixels.keypoint, pixels.keypoint_score[..., np.newaxis]), -1)
    given = pixels.replace(keypoint=third.astype(dtype), keypoint_score=None)
    done = check_transform(score_from_z, given)
    assert np.array_equal(done.keypoint, third[..., :2].astype(dtype))
    assert np.array_equal(done.keypoint_score, third[..., 2].astype(dtype))


def test_what_is_no_score_is_refused(pixels):
    with pytest.raises(ClipError, match="it has 2 coordinates: score-from-z needs 3"):
        score_from_z(pixels)
    with pytest.raises(ClipError, match="it has scores already"):
        score_from_z(clip(channels=3))
    with pytest.raises(ClipError, match=r"its third coordinate is from .* to .*: scores are"):
        score_from_z(clip(channels=3, score=False))
