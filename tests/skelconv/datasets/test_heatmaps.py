"""Heatmaps have their Gaussians where the keypoints and limbs are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

import skelconv
from skelconv import Clip, Layout
from skelconv.datasets.heatmaps import squared
from skelconv.plugin.loading import load_registry


def layout(name: str) -> Layout:
    return load_registry().layout(name)


def one_person(points: dict[int, tuple[float, float]], scores: dict[int, float] | None = None):
    """A clip of one frame with some of COCO's keypoints; all others are missing."""
    keypoint = np.zeros((1, 1, 17, 2), np.float32)
    score = np.zeros((1, 1, 17), np.float32)
    for joint, point in points.items():
        keypoint[0, 0, joint] = point
        score[0, 0, joint] = (scores or {}).get(joint, 1.0)
    return Clip("a", keypoint, "coco17", keypoint_score=score, img_shape=(40, 60))


def test_a_keypoint_is_a_gaussian_around_it() -> None:
    volume = skelconv.heatmaps(one_person({5: (20.25, 10.5)}, {5: 0.5}), size=None, sigma=2.0)
    assert (volume.shape, volume.dtype) == ((17, 1, 40, 60), np.float32)
    drawn = {(y, x): float(volume[5, 0, y, x]) for y in range(40) for x in range(60)}
    for (y, x), value in drawn.items():
        truth = 0.5 * math.exp(-((x - 20.25) ** 2 + (y - 10.5) ** 2) / 8)
        # Three sigma to each side, from the whole pixel before to the one before the end.
        inside = 14 <= x <= 26 and 4 <= y <= 16
        assert value == pytest.approx(truth if inside else 0.0, abs=1e-6)
    assert not np.delete(volume, 5, axis=0).any()


def test_a_limb_is_bright_along_its_line() -> None:
    shoulder, elbow = (10.0, 10.0), (30.0, 10.0)
    volume = skelconv.heatmaps(
        one_person({5: shoulder, 7: elbow}, {5: 0.5, 7: 0.75}), "limb", size=None, sigma=1.0
    )
    limbs = layout("coco17").limbs
    assert volume.shape == (len(limbs), 1, 40, 60)
    upper_arm = volume[limbs.index((5, 7)), 0]
    # The lower score of both ends is its height, and it falls with the distance from the line.
    for x in range(10, 31):
        for y in range(8, 13):
            assert upper_arm[y, x] == pytest.approx(0.5 * math.exp(-((y - 10) ** 2) / 2), abs=1e-6)
    for beyond in (1, 2):
        assert upper_arm[10, 30 + beyond] == pytest.approx(0.5 * math.exp(-(beyond**2) / 2))
    # All other limbs lack an end.
    assert not np.delete(volume, limbs.index((5, 7)), axis=0).any()


def test_where_people_overlap_is_the_maximum() -> None:
    alone = [one_person({0: (20.0, 20.0)}, {0: 0.4}), one_person({0: (21.0, 20.0)}, {0: 0.9})]
    both = alone[0].replace(
        keypoint=np.concatenate([clip.keypoint for clip in alone]),
        keypoint_score=np.concatenate([clip.keypoint_score for clip in alone]),
    )
    volumes = [skelconv.heatmaps(clip, size=None) for clip in (*alone, both)]
    assert np.array_equal(np.maximum(volumes[0], volumes[1]), volumes[2])


@given(
    seed=st.integers(0, 2**31),
    persons=st.integers(0, 3),
    frames=st.integers(1, 6),
    kind=st.sampled_from(["keypoint", "limb"]),
)
def test_frames_do_not_depend_on_each_other(
    seed: int, persons: int, frames: int, kind: str
) -> None:
    whole = squared(clip(persons=persons, frames=frames, seed=seed), 32)
    volume = skelconv.heatmaps(whole, kind, size=None)
    assert volume.shape == (17, frames, 32, 32)
    assert 0 <= volume.min() <= volume.max() <= 1
    for frame in range(frames):
        alone = skelconv.heatmaps(whole.take("T", [frame]), kind, size=None)
        assert np.array_equal(alone[:, 0], volume[:, frame])


def test_the_square_is_around_all_people() -> None:
    people = clip(persons=2, frames=9, seed=3)
    cut = squared(people, 64)
    assert cut.img_shape == (64, 64)
    assert 0 < cut.keypoint.min() < cut.keypoint.max() < 64
    # One factor for x and y but for rounding to whole pixels, so shapes of people are kept.
    moved = cut.keypoint.reshape(-1, 2) - cut.keypoint.reshape(-1, 2)[0]
    was = people.keypoint.reshape(-1, 2) - people.keypoint.reshape(-1, 2)[0]
    factor = (moved[1:] / was[1:]).ravel()
    assert np.allclose(factor, np.median(factor), rtol=0.02)


def test_missing_keypoints_are_not_drawn() -> None:
    people = clip(frames=5)
    score = np.array(people.keypoint_score)
    score[:, :, 3] = 0
    keypoint = np.array(people.keypoint)
    keypoint[:, :, 4] = np.nan
    volume = skelconv.heatmaps(people.replace(keypoint=keypoint, keypoint_score=score))
    assert not volume[3].any()
    assert np.isfinite(volume).all()
    assert volume[[0, 1, 2]].any(axis=(1, 2, 3)).all()


def test_keypoints_far_outside_are_not_drawn() -> None:
    volume = skelconv.heatmaps(one_person({0: (1e30, -1e30), 1: (np.inf, 3)}), size=None)
    assert not volume.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "bone"}, "keypoint, limb"),
        ({"sigma": 0}, "above 0"),
        ({"size": 0}, "at least 1"),
        ({"padding": -1}, "at least 0"),
    ],
)
def test_options_out_of_range(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        skelconv.heatmaps(clip(), **options)


def test_a_clip_that_is_not_in_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="has no img_shape"):
        skelconv.heatmaps(clip(img_shape=None))
