"""NumPy 1's sums, against its order of summation written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_ntu.sums import deviation, mean, total

LENGTHS = st.one_of(st.integers(0, 300), st.integers(8000, 8600), st.integers(16000, 20000))
DTYPES = st.sampled_from([np.float32, np.float64])


def added(values):
    """Add numbers up as NumPy 1 does: 8,192 at a time, and these by halves."""
    result = values.dtype.type(0)
    for start in range(0, len(values), 8192):
        result = result + by_halves(list(values[start : start + 8192]))
    return result


def by_halves(values):
    if len(values) < 8:
        return one_by_one(values)
    if len(values) > 128:
        half = len(values) // 2 // 8 * 8
        return by_halves(values[:half]) + by_halves(values[half:])
    rest = len(values) % 8
    eights = values[: len(values) - rest]
    a, b, c, d, e, f, g, h = (one_by_one(eights[lane::8]) for lane in range(8))
    result = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for value in values[len(eights) :]:
        result = result + value
    return result


def one_by_one(values):
    result = values[0] if values else 0
    for value in values[1:]:
        result = result + value
    return result


@given(seed=st.integers(0, 10**6), length=LENGTHS, dtype=DTYPES)
def test_the_order_of_summation(seed, length, dtype):
    values = (np.random.default_rng(seed).normal(size=length) + 1).astype(dtype)
    assert total(values) == added(values)
    assert type(total(values)) is dtype


@given(seed=st.integers(0, 10**6), frames=st.integers(1, 500), dtype=DTYPES)
def test_values_with_gaps_between_them(seed, frames, dtype):
    body = np.random.default_rng(seed).normal(size=(frames, 25, 3)).astype(dtype)
    assert total(body[:, :, 1]) == added(body[:, :, 1].ravel())


@given(seed=st.integers(0, 10**6), length=st.integers(1, 20000))
def test_mean_and_standard_deviation(seed, length):
    values = np.random.default_rng(seed).normal(3, 2, length)
    exact = math.fsum(values.tolist()) / length
    assert mean(values) == pytest.approx(exact, rel=1e-13)
    assert mean(values) == added(values) / length
    squares = math.fsum((value - exact) ** 2 for value in values.tolist())
    assert deviation(values) == pytest.approx(math.sqrt(squares / length), rel=1e-12, abs=1e-13)
