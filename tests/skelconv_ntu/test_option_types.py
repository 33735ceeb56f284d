import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_ntu.option_types import numbers_up_to

read = numbers_up_to(120)
spans = st.tuples(st.integers(1, 120), st.integers(1, 120)).map(sorted)


@given(st.lists(spans, min_size=1))
def test_ranges_hold_both_ends_and_what_is_between(spans):
    text = [first if first == last else f"{first}-{last}" for first, last in spans]
    expected = {n for n in range(1, 121) if any(first <= n <= last for first, last in spans)}
    assert read(text) == tuple(sorted(expected))
    # What was read is read again the same: a recipe carries it so.
    assert read(read(text)) == read(list(read(text))) == read(text)


@pytest.mark.parametrize(("value", "numbers"), [(7, (7,)), ("7", (7,)), (" 3 - 5 ", (3, 4, 5))])
def test_one_number_or_range_needs_no_list(value, numbers):
    assert read(value) == numbers


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "it is empty; leave it out to take all"),
        (["60-50"], "the range '60-50' runs backwards"),
        ([0], "0 is not within 1 to 120"),
        (["100-121"], "'100-121' is not within 1 to 120"),
        (["1-999999999"], "'1-999999999' is not within 1 to 120"),
        ([True], "True is neither a number nor a range such as '50-60'"),
        ([1.5], "1.5 is neither a number nor a range such as '50-60'"),
        (["A050"], "'A050' is neither a number nor a range such as '50-60'"),
        ([-1], "-1 is neither a number nor a range such as '50-60'"),
        ([[1]], "[1] is neither a number nor a range such as '50-60'"),
        ({"from": 1}, "{'from': 1} is neither a number nor a range such as '50-60'"),
        ([None], "None is neither a number nor a range such as '50-60'"),
        (["\u0663"], "'\u0663' is neither a number nor a range such as '50-60'"),
    ],
)
def test_anything_else_is_an_error(value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read(value)
