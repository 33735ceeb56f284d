import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skelconv_mocap.rotations import about_axis, of_vectors, product, sine_and_cosine

ANGLES = st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=30)


@given(ANGLES)
def test_sine_and_cosine_are_those_of_the_c_library(angles):
    sine, cosine = sine_and_cosine(np.array(angles))
    np.testing.assert_allclose(sine, [math.sin(x) for x in angles], rtol=0, atol=5e-16)
    np.testing.assert_allclose(cosine, [math.cos(x) for x in angles], rtol=0, atol=5e-16)


@given(st.sampled_from(range(3)), ANGLES)
def test_rotations_about_an_axis(axis, degrees):
    turns = Rotation.from_euler("XYZ"[axis], np.array(degrees)[:, np.newaxis], degrees=True)
    np.testing.assert_allclose(about_axis(axis, np.array(degrees)), turns.as_matrix(), atol=1e-9)


@given(st.lists(st.tuples(*[st.floats(-4, 4)] * 3), min_size=1, max_size=20))
def test_rotations_about_vectors(vectors):
    expected = Rotation.from_rotvec(np.array(vectors)).as_matrix()
    np.testing.assert_allclose(of_vectors(np.array(vectors)), expected, atol=1e-14)


def test_products():
    drawn = np.random.default_rng(0).normal(size=(2, 7, 3, 3))
    np.testing.assert_allclose(product(*drawn), drawn[0] @ drawn[1], atol=1e-14)
