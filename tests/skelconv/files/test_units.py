"""Coordinates become pixels, and what cannot be in the units that are claimed is refused."""

import numpy as np
import pytest

from skelconv import ClipError
from skelconv.files import to_pixels

CORNERS = np.array([[0, 0], [639, 479], [640, 480], [320, 120]], np.float64)


def test_pixels_and_metres_stay():
    for units in ("pixels", "metres"):
        assert np.array_equal(to_pixels(CORNERS, units, (480, 640)), CORNERS)
    assert np.array_equal(to_pixels(CORNERS / 1000, "metres", None), CORNERS / 1000)


def test_fractions_are_of_width_and_height():
    fractions = CORNERS / [640, 480]
    assert np.allclose(to_pixels(fractions, "fractions", (480, 640)), CORNERS)
    assert np.allclose(to_pixels(fractions * 2 - 1, "signed-fractions", (480, 640)), CORNERS)


def test_fractions_of_the_last_pixel():
    # OpenPose divides by the size less one: (1, 1) is the middle of the last pixel.
    fractions = CORNERS / [639, 479]
    assert np.allclose(to_pixels(fractions, "fractions", (480, 640), inset=1), CORNERS)
    signed = to_pixels(fractions * 2 - 1, "signed-fractions", (480, 640), inset=1)
    assert np.allclose(signed, CORNERS)


def test_depth_is_to_the_scale_of_x():
    fractions = np.array([[0.5, 0.5, -0.25]])
    assert np.array_equal(to_pixels(fractions, "fractions", (100, 200)), [[100, 50, -50]])
    signed = np.array([[0.5, 0.5, -0.25]])
    assert np.array_equal(to_pixels(signed, "signed-fractions", (100, 200)), [[150, 75, -25]])


def test_fractions_of_an_unknown_size_are_refused():
    with pytest.raises(ClipError, match="give img_shape, the height and width in pixels"):
        to_pixels(CORNERS / 640, "fractions", None)


@pytest.mark.parametrize(
    ("coordinates", "units", "hint"),
    [
        (CORNERS / 640, "pixels", r"from 0 to 1: they are not pixels \(option units: fractions\)"),
        (CORNERS / 450, "pixels", "option units: fractions"),
        (CORNERS / 320 - 1, "pixels", "option units: signed-fractions or metres"),
        (CORNERS, "fractions", r"go up to 640: they are not fractions \(option units: pixels\)"),
        (CORNERS, "signed-fractions", "option units: pixels"),
    ],
)
def test_units_that_cannot_be_are_refused(coordinates, units, hint):
    with pytest.raises(ClipError, match=hint):
        to_pixels(coordinates, units, (480, 640))


@pytest.mark.parametrize(
    ("coordinates", "units"),
    [
        (np.zeros((0, 2)), "pixels"),
        (np.array([[0.0, 1], [1, 1]]), "pixels"),  # the corner itself, in whole pixels
        (np.array([[0.5, 0.5], [2, 2]]), "pixels"),
        (np.array([[0.5, 0.5], [0.4, 1.2], [-0.1, 12]]), "fractions"),  # beyond the image
    ],
)
def test_what_may_be_right_is_taken(coordinates, units):
    to_pixels(coordinates, units, (480, 640))
