import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv.testing import check_transform
from skelconv_transforms.one_euro import one_euro


def filtered(values, fps, min_cutoff, beta, derivative_cutoff):
    """The paper's algorithm for one signal, a number at a time; None is a missing one."""

    def alpha(cutoff):
        tau, period = 1 / (2 * math.pi * cutoff), 1 / fps
        return 1 / (1 + tau / period)

    result, last, speed = [], None, 0.0
    for value in values:
        if value is None:
            last = None
            result.append(None)
            continue
        if last is None:
            last, speed = value, 0.0
        else:
            rate = (value - last) * fps
            weight = alpha(derivative_cutoff)
            speed = weight * rate + (1 - weight) * speed
            weight = alpha(min_cutoff + beta * abs(speed))
            last = weight * value + (1 - weight) * last
        result.append(last)
    return result


@given(
    seed=st.integers(0, 10**6),
    fps=st.sampled_from([10.0, 30.0, 120.0]),
    min_cutoff=st.floats(0.1, 10),
    beta=st.floats(0, 2),
    derivative_cutoff=st.floats(0.1, 10),
)
def test_against_the_algorithm_for_one_signal(seed, fps, min_cutoff, beta, derivative_cutoff):
    rng = np.random.default_rng(seed)
    whole = clip(persons=2, frames=15, joints=2, seed=seed)
    lost = rng.random((2, 15, 2)) < 0.2
    keypoint = np.where(lost[..., np.newaxis], 0, whole.keypoint).astype(np.float64)
    some = whole.replace(keypoint=keypoint)
    parameters = {
        "fps": fps,
        "min_cutoff": min_cutoff,
        "beta": beta,
        "derivative_cutoff": derivative_cutoff,
    }
    result = check_transform(lambda one: one_euro(one, **parameters), some).keypoint
    for m, v, c in np.ndindex(2, 2, 2):
        values = [
            None if gone else value
            for value, gone in zip(keypoint[m, :, v, c].tolist(), lost[m, :, v], strict=True)
        ]
        expected = [value or 0.0 for value in filtered(values, **parameters)]
        np.testing.assert_allclose(result[m, :, v, c], expected, rtol=1e-9)


def test_a_still_signal_stays_and_a_trembling_one_is_calmed():
    rng = np.random.default_rng(0)
    one = clip(frames=200, joints=2)
    keypoint = np.full_like(one.keypoint, 500)
    keypoint[0, :, 1] += rng.normal(0, 1, (200, 2))
    calm = one_euro(
        one.replace(keypoint=keypoint), fps=30, min_cutoff=1, beta=0, derivative_cutoff=1
    ).keypoint
    np.testing.assert_array_equal(calm[0, :, 0], keypoint[0, :, 0])
    assert calm[0, 50:, 1].std() < keypoint[0, 50:, 1].std() / 2
