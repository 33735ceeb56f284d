import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator
from support.memory import clip

from skelconv.testing import check_transform
from skelconv_transforms.gaps import interpolate_gaps


@given(
    seed=st.integers(0, 10**6),
    max_gap=st.none() | st.integers(1, 4),
    dtype=st.sampled_from([np.float16, np.float32, np.float64]),
)
def test_lines_across_gaps(seed, max_gap, dtype):
    """Against NumPy's interpolation, keypoint by keypoint."""
    rng = np.random.default_rng(seed)
    whole = clip(persons=2, frames=12, joints=3, seed=seed)
    lost = rng.random((2, 12, 3)) < 0.5
    keypoint = np.where(lost[..., np.newaxis], 0, whole.keypoint).astype(dtype)
    some = whole.replace(keypoint=keypoint)
    filled = check_transform(
        lambda one: interpolate_gaps(one, method="linear", max_gap=max_gap, min_score=0.0), some
    )
    assert filled.keypoint.dtype == dtype
    for m, v in np.ndindex(2, 3):
        known = np.flatnonzero(~lost[m, :, v])
        for t in range(12):
            before, after = known[known < t], known[known > t]
            score = some.keypoint_score[m, t, v]
            expected = keypoint[m, t, v]
            if lost[m, t, v] and before.size and after.size:
                first, last = before[-1], after[0]
                if max_gap is None or last - first - 1 <= max_gap:
                    expected = [
                        np.interp(t, known, keypoint[m, known, v, c].astype(float)) for c in (0, 1)
                    ]
                    score = min(some.keypoint_score[m, [first, last], v])
            # Of the ends: a value near 0 between large ones is as exact as these.
            away = 4 * np.finfo(dtype).eps * np.abs(keypoint[m, :, v]).max()
            np.testing.assert_allclose(filled.keypoint[m, t, v], expected, rtol=0, atol=away)
            assert filled.keypoint_score[m, t, v] == score


@given(
    known=st.sets(st.integers(0, 30), min_size=2, max_size=9),
    seed=st.integers(0, 10**6),
    whole=st.booleans(),
)
def test_as_scipy_interpolates(known, seed, whole):
    """Whole numbers have many equal neighbours, which are turning points."""
    rng = np.random.default_rng(seed)
    anchors = sorted(known)
    values = rng.normal(size=(len(anchors), 3, 2))
    values = rng.integers(1, 4, values.shape) if whole else values
    keypoint = np.zeros((1, 31, 3, 2))
    keypoint[0, anchors] = values
    some = clip().replace(keypoint=keypoint, keypoint_score=None)
    filled = interpolate_gaps(some, method="pchip", max_gap=None, min_score=0.0).keypoint[0]
    inside = np.arange(anchors[0], anchors[-1] + 1)
    expected = PchipInterpolator(anchors, values, axis=0)(inside)
    np.testing.assert_allclose(filled[inside], expected, rtol=1e-12, atol=1e-13)


@given(values=st.lists(st.integers(1, 50), min_size=2, max_size=5))
def test_a_monotone_cubic_stays_between_its_ends(values):
    keypoint = np.zeros((1, 3 * len(values) - 2, 1, 2))
    keypoint[0, ::3, 0, :] = np.array(values)[:, np.newaxis]
    some = clip().replace(keypoint=keypoint, keypoint_score=None)
    filled = interpolate_gaps(some, method="pchip", max_gap=None, min_score=0.0).keypoint[
        0, :, 0, 0
    ]
    for number, (one, other) in enumerate(itertools.pairwise(values)):
        part = filled[3 * number : 3 * number + 4]
        assert part[0] == one
        assert part[-1] == other
        steps = np.diff(part) * np.sign(other - one)
        assert (steps >= -1e-12).all()


@pytest.mark.parametrize("method", ["linear", "pchip"])
def test_a_low_score_is_a_gap(method):
    three = clip(frames=4, joints=2)
    score = np.full((1, 4, 2), 0.9, np.float32)
    score[0, 1, 0] = score[0, 3, 1] = 0.1
    three = three.replace(keypoint_score=score)
    filled = interpolate_gaps(three, method=method, max_gap=None, min_score=0.5)
    assert not np.array_equal(filled.keypoint[0, 1, 0], three.keypoint[0, 1, 0])
    assert filled.keypoint_score[0, 1, 0] == np.float32(0.9)
    # At the end there is nothing to interpolate to: it stays.
    np.testing.assert_array_equal(filled.keypoint[0, :, 1], three.keypoint[0, :, 1])


def test_a_clip_without_frames_or_persons_stays():
    for empty in (clip(frames=0), clip(persons=0)):
        filled = interpolate_gaps(empty, method="linear", max_gap=None, min_score=0.0)
        assert filled.keypoint.shape == empty.keypoint.shape
