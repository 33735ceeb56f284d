from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from skelconv import Clip, ClipError, Field
from skelconv_pickle.kinetics import Compressed, compress, expand, valid_frames


@st.composite
def skeletons(draw: st.DrawFn) -> Compressed:
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=6))
    gaps = draw(st.lists(st.integers(1, 4), min_size=len(counts), max_size=len(counts)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames = np.repeat(np.cumsum(gaps), counts).astype(np.int16)
    keypoint = rng.uniform(0.1, 1, size=(len(frames), 3, 3)).astype(np.float16)
    keypoint[..., :2] *= 100
    # Whole scores tie often.
    keypoint[..., 2] = rng.integers(1, 3, size=keypoint.shape[:2])
    return Compressed(keypoint, frames, rng.uniform(0.5, 1, len(frames)).astype(np.float16))


def one_by_one(given: Compressed, max_person: int) -> tuple[Any, Any]:
    """Expand frame by frame, person by person."""
    persons: dict[int, list[Any]] = {}
    for frame, person in zip(given.frame_inds.tolist(), given.keypoint, strict=True):
        persons.setdefault(frame, []).append(person)
    most = max(map(len, persons.values()))
    if most > max_person:
        for there in persons.values():
            there.sort(key=lambda person: float(person[:, 2].sum()), reverse=True)
            del there[max_person:]
    keypoint = np.zeros((min(most, max_person), len(persons), 3, 2), np.float16)
    score = np.zeros(keypoint.shape[:3], np.float16)
    for column, (_, there) in enumerate(sorted(persons.items())):
        for row, person in enumerate(there):
            keypoint[row, column] = person[:, :2]
            score[row, column] = person[:, 2]
    return keypoint, score


@given(skeletons(), st.integers(1, 6))
def test_every_skeleton_gets_its_place(given: Compressed, max_person: int) -> None:
    expanded = expand(given, box_threshold=None, max_person=max_person)
    keypoint, score = one_by_one(given, max_person)
    np.testing.assert_array_equal(expanded["keypoint"], keypoint, strict=True)
    np.testing.assert_array_equal(expanded["keypoint_score"], score, strict=True)
    np.testing.assert_array_equal(expanded["frame_inds"], np.unique(given.frame_inds), strict=True)
    assert np.all((expanded["box_score"] > 0) == score.any(axis=2))


@given(skeletons(), st.floats(0.5, 1))
def test_boxes_of_a_low_score_are_left_out(given: Compressed, threshold: float) -> None:
    kept = given.box_score >= threshold
    left = Compressed(given.keypoint[kept], given.frame_inds[kept], given.box_score[kept])
    if not kept.any():
        with pytest.raises(ValueError, match="no skeleton is left"):
            expand(given, box_threshold=threshold, max_person=10)
        return
    np.testing.assert_equal(
        expand(given, box_threshold=threshold, max_person=10),
        expand(left, box_threshold=None, max_person=10),
    )


@given(skeletons())
def test_compressing_undoes_it(given: Compressed) -> None:
    expanded = expand(given, box_threshold=None, max_person=10)
    clip = Clip(
        "a",
        expanded["keypoint"],
        "coco17",
        keypoint_score=expanded["keypoint_score"],
        fields={
            "frame_inds": Field(expanded["frame_inds"], "T"),
            "box_score": Field(expanded["box_score"], "MT"),
        },
    )
    back = compress(clip)
    np.testing.assert_array_equal(back.keypoint, given.keypoint, strict=True)
    np.testing.assert_array_equal(back.frame_inds, given.frame_inds, strict=True)
    np.testing.assert_array_equal(back.box_score, given.box_score, strict=True)


def test_a_clip_that_was_never_compressed() -> None:
    keypoint = np.zeros((2, 4, 17, 2), np.float32)
    keypoint[0, 1:3] = 5
    keypoint[1, 2] = 7
    score = (keypoint.max(axis=3) > 0).astype(np.float32)
    back = compress(Clip("a", keypoint, "coco17", keypoint_score=score))
    assert back.frame_inds.tolist() == [2, 3, 3]
    assert back.keypoint[:, 0].tolist() == [[5, 5, 1], [5, 5, 1], [7, 7, 1]]
    assert back.box_score.tolist() == [1, 1, 1]
    assert (back.keypoint.dtype, back.frame_inds.dtype) == (np.float16, np.int16)


def test_frames_left_at_each_box_score() -> None:
    frames = np.array([1, 1, 2, 3], np.int16)
    scores = np.array([0.95, 0.6, 0.75, 0.5], np.float16)
    counted = valid_frames(Compressed(np.ones((4, 1, 3)), frames, scores))
    assert counted == {0.5: 3, 0.6: 2, 0.7: 2, 0.8: 1, 0.9: 1}


@pytest.mark.parametrize(
    ("keypoint", "frames", "scores", "reason"),
    [
        (np.ones((2, 17, 2)), [1, 2], [1, 1], r"shape \(2, 17, 2\), not \(N, V, 3\)"),
        (np.ones((2, 17, 3)), [1], [1, 1], "there are 2 skeletons"),
        (np.ones((2, 17, 3)), [1, 1], [1], "there are 2 skeletons"),
        (np.ones((2, 17, 3)), [2, 1], [1, 1], "frame_inds decrease"),
        (np.ones((0, 17, 3)), [], [], "no skeleton is left"),
    ],
)
def test_what_does_not_fit(keypoint: Any, frames: Any, scores: Any, reason: str) -> None:
    given = Compressed(keypoint, np.array(frames, np.int16), np.array(scores, np.float16))
    with pytest.raises(ValueError, match=reason):
        expand(given, box_threshold=None, max_person=10)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"keypoint_score": None}, "no x, y and score"),
        ({"keypoint": np.ones((1, 2, 17, 3))}, "no x, y and score"),
        (
            {"keypoint": np.zeros((1, 2, 17, 2)), "keypoint_score": np.zeros((1, 2, 17))},
            "there is no person in any of its frames",
        ),
        ({"fields": {"frame_inds": Field(np.array([1, 40_000]), "T")}}, "frame 40000 is beyond"),
    ],
)
def test_clips_that_cannot_be_compressed(change: Any, reason: str) -> None:
    clip = Clip("a", np.ones((1, 2, 17, 2)), "coco17", keypoint_score=np.ones((1, 2, 17)))
    with pytest.raises(ClipError, match=reason):
        compress(clip.replace(**change))
