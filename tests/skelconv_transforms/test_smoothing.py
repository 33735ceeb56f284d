import numpy as np
from hypothesis import given
from hypothesis import strategies as st
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


@given(dtype=st.sampled_from([np.float16, np.float32, np.float64]))
def test_the_dtype_stays(dtype):
    one = clip(frames=20)
    one = one.replace(keypoint=one.keypoint.astype(dtype))
    assert smooth(one, window=5, degree=2).keypoint.dtype == dtype
