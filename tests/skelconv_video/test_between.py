import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_video.between import fill_between


def boxes(*rows: tuple[float, float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_every_frame_looked_at_is_as_it_was(counts: list[int]) -> None:
    rng = np.random.default_rng(len(counts))
    keys = [rng.random((count, 5)).astype(np.float32) for count in counts]
    assert fill_between(keys, 1, len(keys)) == keys


@given(
    every=st.integers(1, 6),
    total=st.integers(1, 40),
    speed=st.integers(-3, 3),
)
def test_even_motion_is_followed_exactly(every: int, total: int, speed: int) -> None:
    def at(time: int) -> np.ndarray:
        first = np.array([100 + speed * time, 50, 140 + speed * time, 130, 0.9])
        second = np.array([300 - speed * time, 260, 350 - speed * time, 340, 0.8])
        return np.stack([first, second]).astype(np.float32)

    keys = [at(time) for time in range(0, total, every)]
    filled = fill_between(keys, every, total)
    assert len(filled) == total
    last = (total - 1) // every * every
    for time in range(total):
        # After the last frame with detection, boxes are kept as they are.
        np.testing.assert_allclose(filled[time], at(min(time, last)), atol=1e-3)


@pytest.mark.parametrize("other", [boxes(), boxes((500, 500, 540, 560, 0.7))])
def test_a_person_seen_once_is_there_for_half_of_the_time(other: np.ndarray) -> None:
    one = boxes((10, 10, 50, 90, 0.9))
    filled = fill_between([one, other], 4, 5)
    np.testing.assert_array_equal(filled[0], one)
    np.testing.assert_array_equal(filled[1], one)
    np.testing.assert_array_equal(filled[2], other)
    np.testing.assert_array_equal(filled[3], other)
    np.testing.assert_array_equal(filled[4], other)


def test_two_who_cross_between_are_paired_by_overlap_and_sorted_by_score() -> None:
    one = boxes((0, 0, 40, 80, 0.9), (100, 0, 140, 80, 0.8))
    other = boxes((108, 0, 148, 80, 0.95), (4, 0, 44, 80, 0.5))
    middle = fill_between([one, other], 2, 3)[1]
    np.testing.assert_allclose(middle, [[104, 0, 144, 80, 0.875], [2, 0, 42, 80, 0.7]])
