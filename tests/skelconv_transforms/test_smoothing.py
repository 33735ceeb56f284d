import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.signal import savgol_filter
from support.memory import clip

from skelconv.testing import check_transform
from skelconv_transforms.smoothing import smooth


def fitted(values, window, degree):
    """Savitzky and Golay's filter by its definition: a least squares fit around each frame."""
    half = window // 2
    result = []
    for frame in range(len(values)):
        start = min(max(frame - half, 0), len(values) - window)
        times = np.arange(window)
        coefficients = np.polyfit(times, values[start : start + window], degree)
        result.append(np.polyval(coefficients, frame - start))
    return np.array(result)


@given(
    seed=st.integers(0, 10**6),
    half=st.integers(1, 4),
    degree=st.integers(0, 2),
    lost=st.sets(st.integers(0, 29), max_size=4),
)
def test_each_run_is_fitted_on_its_own(seed, half, degree, lost):
    window = 2 * half + 1
    whole = clip(frames=30, joints=2, seed=seed)
    keypoint = whole.keypoint.astype(np.float64)
    keypoint[0, sorted(lost), 0] = 0
    some = whole.replace(keypoint=keypoint)
    smoothed = check_transform(lambda one: smooth(one, window=window, degree=degree), some)
    runs = {0: np.split(np.arange(30), sorted(lost)), 1: [np.arange(30)]}
    for joint, parts in runs.items():
        for part in parts:
            run = np.array([t for t in part if joint or t not in lost], int)
            for axis in (0, 1):
                values = keypoint[0, run, joint, axis]
                expected = fitted(values, window, degree) if len(run) >= window else values
                np.testing.assert_allclose(
                    smoothed.keypoint[0, run, joint, axis], expected, rtol=1e-7, atol=1e-7
                )
    assert not smoothed.keypoint[0, sorted(lost), 0].any()


@given(
    seed=st.integers(0, 10**6),
    half=st.integers(0, 8),
    degree=st.integers(0, 4),
    more=st.integers(0, 30),
)
def test_as_scipy_smooths(seed, half, degree, more):
    window = 2 * half + 1
    assume(degree < window)
    whole = clip(frames=window + more, joints=3, seed=seed)
    whole = whole.replace(keypoint=whole.keypoint.astype(np.float64))
    expected = savgol_filter(whole.keypoint, window, degree, axis=1)
    found = smooth(whole, window=window, degree=degree).keypoint
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)


def test_polynomials_stay_what_they_are_in_long_windows():
    times = np.linspace(-1, 1, 301)[:, np.newaxis, np.newaxis]
    cubic = (2 + times + 3 * times**2 - times**3) * np.ones((1, 1, 2))
    one = clip(score=False).replace(keypoint=cubic[np.newaxis])
    for degree in (3, 9):
        smoothed = smooth(one, window=201, degree=degree).keypoint
        np.testing.assert_allclose(smoothed, one.keypoint, rtol=0, atol=1e-11)


@given(dtype=st.sampled_from([np.float16, np.float32, np.float64]))
def test_the_dtype_stays(dtype):
    one = clip(frames=20)
    one = one.replace(keypoint=one.keypoint.astype(dtype))
    assert smooth(one, window=5, degree=2).keypoint.dtype == dtype
