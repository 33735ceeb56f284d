"""Boxes of people, and pairs of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.memory import clip

from skelconv import ClipError, Field
from skelconv.vision import BOX, BOX_SCORE, boxes_of, iou, pair

Box = tuple[int, int, int, int]
sides = st.integers(-20, 20)
boxes = st.lists(
    st.tuples(sides, sides, st.integers(0, 15), st.integers(0, 15)).map(
        lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
    ),
    max_size=4,
)


def pixels(box: Box) -> set[tuple[int, int]]:
    left, top, right, bottom = box
    return {(x, y) for x in range(left, right) for y in range(top, bottom)}


@given(boxes, boxes)
def test_iou_counts_pixels(some: list[Box], others: list[Box]) -> None:
    found = iou(np.array(some).reshape(-1, 4), np.array(others, np.float32).reshape(-1, 4))
    assert found.shape == (len(some), len(others))
    for i, one in enumerate(some):
        for j, other in enumerate(others):
            a, b = pixels(one), pixels(other)
            assert found[i, j] == (float(Fraction(len(a & b), len(a | b))) if a | b else 0)


@given(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.integers(0, 6).map(lambda n: n / 6))
    )
)
def test_pairs_are_made_of_the_most_similar_first(similarity: np.ndarray) -> None:
    pairs = pair(similarity, 0.5)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert rows == sorted(set(rows))
    assert len(columns) == len(set(columns))
    assert all(similarity[row, column] >= 0.5 for row, column in pairs)
    # Whatever was not paired had a better one on either side, or was not similar enough.
    by_row, by_column = dict(pairs), {column: row for row, column in pairs}
    for (row, column), value in np.ndenumerate(similarity):
        if value < 0.5 or (row, column) in pairs:
            continue
        better_row = row in by_row and similarity[row, by_row[row]] >= value
        better_column = column in by_column and similarity[by_column[column], column] >= value
        assert better_row or better_column


@pytest.mark.parametrize(
    ("similarity", "pairs"),
    [([[1, 1], [1, 1]], [(0, 0), (1, 1)]), ([[0.9, 0.8], [0.8, 0.1]], [(0, 0)])],
)
def test_ties_and_greed(similarity: list[list[float]], pairs: list[tuple[int, int]]) -> None:
    assert pair(np.array(similarity), 0.5) == pairs


def test_boxes_of_a_clip() -> None:
    box, score = np.ones((1, 4, 4), np.float32), np.ones((1, 4), np.float32)
    fields = {BOX: Field(box, "MTB"), BOX_SCORE: Field(score, "MT")}
    found = boxes_of(clip(fields=fields))
    assert found[0] is box
    assert found[1] is score
    with pytest.raises(ClipError, match="it has no boxes: it lacks bbox and bbox_score, fields"):
        boxes_of(clip())
    with pytest.raises(ClipError, match="it lacks bbox_score, fields"):
        boxes_of(clip(fields={BOX: fields[BOX]}))


def test_what_is_not_known_is_no_pair() -> None:
    similarity = np.array([[np.nan, 0.2], [0.9, np.nan]])
    assert pair(similarity, 0.5) == [(1, 0)]
    assert pair(np.full((2, 2), np.nan), 0.1) == []
