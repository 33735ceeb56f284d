import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skelconv_babel.looping import loop_length


def frames_of(symbols: list[int]) -> np.ndarray:
    """One frame for a symbol, the same for the same symbol."""
    return np.array([[[symbol, 1.5], [0, -symbol]] for symbol in symbols], float)


@given(st.integers(2, 149), st.integers(0, 2**32 - 1))
def test_a_looped_segment_has_its_own_length(length, seed):
    segment = np.random.default_rng(seed).normal(size=(length, 25, 3))
    assert loop_length(np.resize(segment, (150, 25, 3))) == length


@given(st.lists(st.integers(0, 2), min_size=1, max_size=24))
def test_it_is_the_shortest_run_that_makes_the_whole_when_looped(symbols):
    count = len(symbols)
    shortest = next(
        length
        for length in range(1, count + 1)
        if [symbols[t % length] for t in range(count)] == symbols
    )
    expected = count if shortest == 1 else shortest
    assert loop_length(frames_of(symbols)) == expected


def test_a_full_segment_is_no_loop():
    assert loop_length(frames_of(list(range(150)))) == 150


def test_a_still_segment_could_have_any_length_and_is_left_alone():
    assert loop_length(frames_of([4] * 150)) == 150


def test_a_copy_that_is_not_equal_to_the_bit_is_none():
    looped = np.resize(frames_of(list(range(1, 61))), (150, 2, 2))
    assert loop_length(looped) == 60
    looped[149, 1, 0] = -0.0
    assert loop_length(looped) == 150


def test_a_view_in_another_order_is_read_by_its_values():
    looped = np.resize(frames_of(list(range(70))), (150, 2, 2))
    assert loop_length(np.asfortranarray(looped)) == 70
