"""Which images are frames, in which order, and what is missing."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_video.series import SeriesError, series_of

PREFIXES = st.sampled_from(["", "img_", "v_Jump_g01_", "a b-", "x.", "001_"])


@given(
    PREFIXES,
    st.sets(st.integers(0, 10**6), min_size=1),
    st.integers(1, 9),
    st.sampled_from(["", "_rgb"]),
    st.randoms(use_true_random=False),
)
def test_images_are_ordered_by_number(
    prefix: str, numbers: set[int], width: int, end: str, order: random.Random
) -> None:
    names = {f"{prefix}{number:0{width}}{end}.jpg": number for number in numbers}
    shuffled = list(names)
    order.shuffle(shuffled)
    series = series_of(shuffled)
    assert [names[name] for name in series.names] == sorted(numbers)
    assert not series.others


@given(st.sets(st.integers(0, 60), min_size=2), st.integers(1, 5))
def test_gaps_are_what_is_missing_between_numbers_of_one_step(kept: set[int], step: int) -> None:
    kept = {0, 1, *kept}  # so that the step is known
    missing = set(range(max(kept) + 1)) - kept
    gaps = series_of([f"{step * number}.png" for number in kept]).gaps
    assert {n for first, last in gaps for n in range(first, last + 1, step)} == {
        step * number for number in missing
    }


def test_times_are_numbers_and_have_no_gaps_where_they_jitter() -> None:
    begin = 1_700_000_000_000_000_000
    times = [begin + 33_000_000 * frame + frame % 3 * 5_000_000 for frame in range(40)]
    series = series_of([f"{time}.png" for time in reversed(times)])
    assert series.names == [f"{time}.png" for time in times]
    assert series.gaps == []
    del times[20:22]
    assert len(series_of([f"{time}.png" for time in times]).gaps) == 1


def test_images_without_a_number_are_none_of_them() -> None:
    series = series_of(["2.jpg", "thumb.jpg", "1.jpg"])
    assert (series.names, series.others) == (["1.jpg", "2.jpg"], ["thumb.jpg"])
    assert series_of(["a.jpg"]) == ([], ["a.jpg"], [])


def test_the_first_number_that_differs_counts_the_frames() -> None:
    names = ["cam2_f10_t0.40.jpg", "cam2_f9_t0.36.jpg", "cam2_f11_t0.44.jpg"]
    assert series_of(names).names == [names[1], names[0], names[2]]
    names = ["f1_0.1.jpg", "f2_0.16.jpg", "f3_0.2.jpg"]
    assert series_of(names[::-1]).names == names
    names = ["7_det2.jpg", "9_det1.jpg", "14_det2.jpg"]
    assert series_of(names[::-1]).names == names


@pytest.mark.parametrize(
    ("names", "what", "pattern"),
    [
        (
            ["img_1.jpg", "img_2.jpg", "flow_x_1.jpg"],
            "there are 2 series of images in it: img_1.jpg (2), flow_x_1.jpg (1)",
            r"^img_(?P<frame>\d+)[.]",
        ),
        (
            ["c1_1.jpg", "c1_2.jpg", "c2_1.jpg"],
            "several numbers of its images' names differ: c1_1.jpg, c2_1.jpg",
            r"^c\d+_(?P<frame>\d+)[.]",
        ),
        (
            ["93_1.jpg", "17_2.jpg", "60_3.jpg"],
            "several numbers of its images' names differ: 93_1.jpg, 60_3.jpg",
            r"^\d+_(?P<frame>\d+)[.]",
        ),
        (["1.jpg", "01.jpg"], "01.jpg and 1.jpg have the same number", ""),
    ],
)
def test_what_is_not_clear_is_refused_with_what_to_write(
    names: list[str], what: str, pattern: str
) -> None:
    with pytest.raises(SeriesError, match=f"^{re.escape(what)}$") as caught:
        series_of(names)
    assert caught.value.pattern == pattern


def test_a_pattern_says_which_are_frames_and_by_what_they_are_ordered() -> None:
    names = ["img_10.jpg", "flow_x_3.jpg", "img_9.jpg"]
    series = series_of(names, r"^img_(?P<frame>\d+)[.]")
    assert (series.names, series.others) == (["img_9.jpg", "img_10.jpg"], ["flow_x_3.jpg"])
    stamps = ["clip.18.4.png", "clip.17.738369.png", "clip.17.99.png"]
    ordered = series_of(stamps, r"^clip\.(?P<frame>\d+\.\d+)").names
    assert ordered == ["clip.17.99.png", "clip.17.738369.png", "clip.18.4.png"]
