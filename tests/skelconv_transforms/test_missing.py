"""What is missing has no effect: what coordinates it has, zeros, NaN or anything, changes nothing.

The exceptions are what does the same as a transform of MMAction2, which knows no missing keypoints.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipDropped, ClipError, Field
from skelconv.testing import check_transform
from skelconv_transforms import plugin

# All but the one that needs another dataset.
OFFERED = {
    offer.name: offer
    for offer in plugin.skelconv_transforms()
    if offer.name != "merge-joints" and not offer.divides
}
MOVING = {"smooth", "one-euro", "scale-to"}
AS_MMACTION2 = {"bone", "motion", "pre-normalize-3d"}
OPTIONS = {
    "filter-list": [{"csv": str(Path(__file__).with_name("listed.csv"))}],
    "select-persons": [{"keep": 2, "by": by} for by in ("energy", "score", "area", "length")],
    "pad": [{"length": 12, "mode": "zero"}, {"length": 12, "mode": "edge"}],
    "resample": [{"length": 13}, {"length": 5}, {"length": 13, "method": "nearest"}],
    "interpolate-gaps": [
        {"method": "linear"},
        {"method": "pchip"},
        {"method": "linear", "max_gap": 2, "min_score": 0.4},
    ],
    "smooth": [{"window": 3, "degree": 1}, {"window": 5, "degree": 2}],
    "cast": [{"dtype": "float16"}, {"dtype": "float64"}],
    "filter-score": [{"min_score": 0.5}],
    "filter-label": [{"keep": [0]}],
    "relabel": [{"mapping": {0: 1}}],
    "select-joints": [{"without": ["*_ear"]}],
    "map-layout": [{"to": "openpose18"}, {"to": "h36m17", "missing": "zero"}],
}
CASES = [
    pytest.param(name, chosen, id=f"{name}{number or ''}")
    for name, offer in sorted(OFFERED.items())
    if name not in AS_MMACTION2
    for number, chosen in enumerate(OPTIONS.get(name, [offer.example]))
]
ANYTHING = st.sampled_from([0.0, 1.0, -3e4, 6e4, np.nan, np.inf, -np.inf])


def two_clips(seed: int, stray: float, dtype: str) -> tuple[Clip, Clip]:
    """Make two clips that differ in the coordinates of missing keypoints alone."""
    rng = np.random.default_rng(seed)
    shape = (3, 10, 17)
    keypoint = rng.uniform(1, 500, (*shape, 2)).astype(dtype)
    score = rng.uniform(0.1, 1, shape).astype(dtype)
    lost = (rng.random(shape) < 0.3) | (rng.random((3, 10, 1)) < 0.2)
    score[lost] = rng.choice([0, np.nan], lost.sum())
    first = np.where(lost[..., np.newaxis], 0, keypoint).astype(dtype)
    other = np.where(lost[..., np.newaxis] & (rng.random((*shape, 2)) < 0.7), stray, keypoint)
    fields = {"number": Field(np.arange(3), "M"), "time": Field(np.arange(10), "T")}
    clip = Clip("a", first, "coco17", 0, score, img_shape=(480, 640), fields=fields)
    return clip, clip.replace(keypoint=other.astype(dtype))


def outcome(transform, clip):
    try:
        return check_transform(transform, clip)
    except (ClipDropped, ClipError) as refused:
        return str(refused)


@pytest.mark.parametrize(("name", "chosen"), CASES)
@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), stray=ANYTHING, dtype=st.sampled_from(["f2", "f4", "f8"]))
def test_what_a_missing_keypoint_has_changes_nothing_else(name, chosen, seed, stray, dtype):
    one, other = two_clips(seed, stray, dtype)
    np.testing.assert_array_equal(one.present(), other.present())
    offer = OFFERED[name]
    transform = offer.create(offer.options.model_validate(chosen or {}))
    expected, found = outcome(transform, one), outcome(transform, other)
    if isinstance(expected, str):
        assert found == expected
        return
    there = expected.present()
    np.testing.assert_array_equal(found.present(), there)
    np.testing.assert_array_equal(found.keypoint[there], expected.keypoint[there])
    np.testing.assert_array_equal(found.keypoint_score, expected.keypoint_score)
    assert found.fields.keys() == expected.fields.keys()
    for field, extra in expected.fields.items():
        np.testing.assert_array_equal(found.fields[field].values, extra.values)


@pytest.mark.parametrize(("name", "chosen"), [c for c in CASES if c.values[0] in MOVING])
@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), stray=ANYTHING)
def test_a_missing_keypoint_stays_as_it_is(name, chosen, seed, stray):
    clip = two_clips(seed, stray, "f4")[1]
    lost = ~clip.present()
    offer = OFFERED[name]
    result = offer.create(offer.options.model_validate(chosen))(clip)
    np.testing.assert_array_equal(result.keypoint[lost], clip.keypoint[lost])
    np.testing.assert_array_equal(result.keypoint_score, clip.keypoint_score)


def test_a_stray_keypoint_does_not_move_its_neighbours_when_they_are_smoothed():
    """On a line, all stays on the line, however far away the missing one is."""
    keypoint = np.arange(1.0, 22)[:, np.newaxis, np.newaxis] * np.ones((1, 1, 2))
    score = np.ones((1, 21, 1))
    keypoint[10], score[0, 10] = 5000, 0
    clip = Clip("a", keypoint[np.newaxis], "coco17", keypoint_score=score)
    smooth = OFFERED["smooth"].create(OFFERED["smooth"].options())
    np.testing.assert_allclose(smooth(clip).keypoint, clip.keypoint, rtol=1e-12)


@given(seed=st.integers(0, 10**6))
def test_a_stray_keypoint_is_a_gap_that_is_filled(seed):
    clip = two_clips(seed, 6e4, "f8")[1]
    fill = OFFERED["interpolate-gaps"].create(OFFERED["interpolate-gaps"].options())
    filled = fill(clip)
    inside = clip.present().cumsum(1).astype(bool) & clip.present()[:, ::-1].cumsum(1)[
        :, ::-1
    ].astype(bool)
    assume(inside.any())
    assert filled.present()[inside].all()
    assert filled.keypoint[inside].max() <= 500
