"""Colours of people, against counting point by point in exact fractions."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from skelconv.vision import appearance_of


def counted(frame: np.ndarray, box: list[float]) -> Counter[int]:
    """Count as the docstring says: 8 x 24 points about the middle of the box."""
    height, width = frame.shape[:2]
    left, top, right, bottom = map(Fraction, box)
    counts: Counter[int] = Counter()
    for j in range(24):
        for i in range(8):
            # Points of a grid of 16 x 32 cells, in the middle of each.
            x = left + (right - left) * Fraction(2 * (i + 4) + 1, 32)
            y = top + (bottom - top) * Fraction(2 * (j + 4) + 1, 64)
            row, column = min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)
            red, green, blue = frame[row, column].tolist()
            light = (77 * red + 150 * green + 29 * blue) // 256
            parts = [min(max((value - light) // 32 + 2, 0), 3) for value in (blue, red)]
            counts[64 * (j >= 12) + 16 * (light // 64) + 4 * parts[0] + parts[1]] += 1
    return counts


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_colours_are_counted_point_by_point(dtype: type) -> None:
    rng = np.random.default_rng(3)
    frame = rng.integers(0, 256, (90, 120, 3), np.uint8)
    corners = rng.uniform(-30, 110, (20, 2)).round(2)
    boxes = np.column_stack([corners, corners + rng.uniform(0.01, 90, (20, 2))]).astype(dtype)
    boxes[3] = -1e30, -1e30, 1e30, 1e30
    found = appearance_of(frame, boxes)
    assert found.shape == (20, 128)
    assert found.dtype == np.uint8
    for box, row in zip(boxes.tolist(), found, strict=True):
        assert {n: int(row[n]) for n in np.flatnonzero(row)} == counted(frame, box)


def test_shirt_and_trousers_are_counted_by_themselves() -> None:
    frame = np.zeros((100, 100, 3), np.uint8)
    frame[:50] = 255, 0, 0
    (same,) = appearance_of(frame, np.array([[20, 0, 40, 100, 0.9]], np.float32))
    (turned,) = appearance_of(frame[::-1], np.array([[20, 0, 40, 100]], np.float32))
    assert sorted(same[same > 0]) == [96, 96]
    np.testing.assert_array_equal(np.roll(same, 64), turned)
    assert not np.array_equal(same, turned)


def test_the_edge_of_a_box_is_not_the_person() -> None:
    frame = np.zeros((100, 100, 3), np.uint8)
    inner = np.array([[40, 20, 60, 80]], np.float32)
    box = np.array([[30, 10, 70, 90]], np.float32)
    alone = appearance_of(frame, box)
    frame[:, :40], frame[:, 60:], frame[:20], frame[80:] = [(0, 200, 0)] * 4
    np.testing.assert_array_equal(appearance_of(frame, box), alone)
    np.testing.assert_array_equal(appearance_of(frame, inner), alone)


def test_nobody() -> None:
    frame = np.zeros((4, 4, 3), np.uint8)
    assert appearance_of(frame, np.zeros((0, 5), np.float32)).shape == (0, 128)
