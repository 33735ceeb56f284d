from collections import Counter
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import BuildError, ClipDropped, ClipError
from skelconv.plugin import Classes
from skelconv_transforms.filters import (
    FilterLabel,
    FilterList,
    filter_length,
    filter_score,
    listed_ids,
)

LABELS = st.frozensets(st.integers(0, 5))


def is_kept(function, one, **options):
    try:
        assert function(one, **options) is one
    except ClipDropped:
        return False
    return True


def test_the_clips_of_a_list_are_left_out_or_kept(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text('id,note\nb,"torn, twice"\nc,\n')
    for keep in (False, True):
        transform = FilterList(lambda: listed_ids(path), keep=keep)
        kept = [name for name in "abcd" if is_kept(transform, clip(name))]
        assert kept == (["b", "c"] if keep else ["a", "d"])


def test_a_list_without_ids_is_refused(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("name\na\n")
    with pytest.raises(BuildError, match="id"):
        FilterList(lambda: listed_ids(path), keep=False)(clip())


@given(label=st.integers(0, 5), some=LABELS)
def test_a_label_is_kept_or_dropped(label, some):
    one = clip(label=label)
    assert is_kept(FilterLabel(keep=some, drop=None), one) == (label in some)
    assert is_kept(FilterLabel(keep=None, drop=some), one) == (label not in some)


def test_one_of_several_labels_is_enough():
    several = clip(label=(1, 2))
    assert is_kept(FilterLabel(keep={2, 3}, drop=None), several)
    assert not is_kept(FilterLabel(keep={3}, drop=None), several)
    assert is_kept(FilterLabel(keep=None, drop={2}), several)
    assert not is_kept(FilterLabel(keep=None, drop={1, 2}), several)


@pytest.mark.parametrize("label", [None, ()])
def test_no_label_to_go_by(label):
    with pytest.raises(ClipError, match="no label"):
        FilterLabel(keep={1}, drop=None)(clip(label=label))


@given(
    labels=st.lists(
        st.none() | st.integers(0, 5) | st.tuples(st.integers(0, 5), st.integers(0, 5))
    ),
    some=LABELS,
)
def test_the_classes_that_are_left_are_those_of_the_clips_that_are_kept(labels, some):
    transform = FilterLabel(keep=some, drop=None)
    left = []
    for label in labels:
        with suppress(ClipDropped, ClipError):
            left.append(transform(clip(label=label)).label)
    known = transform.classes(Classes.of("abcdef", labels))
    assert known.clips == Counter(left)
    assert known.names == (*"abcdef",)


@given(frames=st.integers(0, 9), least=st.integers(0, 9), most=st.none() | st.integers(0, 9))
def test_lengths(frames, least, most):
    kept = is_kept(filter_length, clip(frames=frames), min_frames=least, max_frames=most)
    assert kept == (frames in range(least, 10 if most is None else most + 1))


@given(seed=st.integers(0, 10**6), least=st.floats(0, 1))
def test_scores_of_what_is_there(seed, least):
    one = clip(seed=seed)
    keypoint = one.keypoint.copy()
    keypoint[:, :, ::2] = 0
    mean = one.keypoint_score[:, :, 1::2].astype(float).mean()
    one = one.replace(keypoint=keypoint)
    if abs(mean - least) > 1e-6:
        assert is_kept(filter_score, one, min_score=least) == (mean > least)


def test_scores_that_are_not_there():
    with pytest.raises(ClipError, match="no keypoint_score"):
        filter_score(clip(score=False), min_score=0.1)
    empty = clip().replace(keypoint=np.zeros((1, 4, 17, 2)))
    assert is_kept(filter_score, empty, min_score=0.0)
    assert not is_kept(filter_score, empty, min_score=0.1)


def test_reasons_are_the_same_for_all_clips():
    reasons = set()
    for frames in (1, 2, 3):
        with pytest.raises(ClipDropped) as dropped:
            filter_length(clip(frames=frames), min_frames=5, max_frames=None)
        reasons.add(dropped.value.reason)
    assert reasons == {"it has fewer than 5 frames"}
