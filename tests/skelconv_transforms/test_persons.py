import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import ClipError, Field
from skelconv.testing import assert_same_clip, check_transform
from skelconv_transforms.persons import select_persons

MEASURES = ("energy", "score", "area", "length")


def measured(keypoint, score, by):
    """One person's measure, in plain Python."""
    frames = [t for t in range(len(keypoint)) if any(any(joint) for joint in keypoint[t])]
    if not frames:
        return 0
    there = [(t, v) for t in frames for v in range(len(keypoint[t])) if any(keypoint[t][v])]
    if by == "length":
        return len(frames)
    if by == "score":
        return sum(score[t][v] for t, v in there) / len(there)
    if by == "area":
        areas = []
        for frame in frames:
            xs, ys = zip(*[keypoint[t][v][:2] for t, v in there if t == frame], strict=True)
            areas.append((max(xs) - min(xs)) * (max(ys) - min(ys)))
        return sum(areas) / len(frames)
    spread = 0
    for axis in range(len(keypoint[0][0])):
        values = [keypoint[t][v][axis] for t, v in there]
        mean = sum(values) / len(values)
        spread += (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    return spread


@given(
    seed=st.integers(0, 10**6),
    by=st.sampled_from(MEASURES),
    keep=st.integers(1, 5),
    channels=st.sampled_from([2, 3]),
)
def test_the_highest_come_first(seed, by, keep, channels):
    rng = np.random.default_rng(seed)
    whole = clip(persons=4, joints=5, channels=channels, seed=seed)
    keypoint = whole.keypoint * (rng.random((4, 4, 5, 1)) < 0.7) * (rng.random((4, 4, 1, 1)) < 0.7)
    number = Field(np.arange(4), "M")
    given_clip = whole.replace(keypoint=keypoint.astype(np.float32), fields={"number": number})
    kept = check_transform(lambda one: select_persons(one, keep=keep, by=by), given_clip)
    order = kept.fields["number"].values
    values = [
        measured(given_clip.keypoint[m].tolist(), given_clip.keypoint_score[m].tolist(), by)
        for m in range(4)
    ]
    assert len(set(order)) == len(order) == min(keep, 4)
    chosen = [values[m] for m in order]
    np.testing.assert_allclose(chosen, sorted(values, reverse=True)[:keep], rtol=1e-5)
    assert_same_clip(kept, given_clip.take("M", order))


@pytest.mark.parametrize("by", MEASURES)
def test_equal_persons_stay_in_order(by):
    one = clip(persons=1)
    twins = one.take("M", [0, 0, 0]).replace(fields={"number": Field(np.arange(3), "M")})
    assert select_persons(twins, keep=2, by=by).fields["number"].values.tolist() == [0, 1]


@pytest.mark.parametrize("by", MEASURES)
def test_a_clip_without_a_person_is_kept(by):
    assert select_persons(clip(persons=0), keep=2, by=by).num_person == 0


def test_no_scores_to_select_by():
    with pytest.raises(ClipError, match="no keypoint_score to select"):
        select_persons(clip(score=False), keep=1, by="score")
