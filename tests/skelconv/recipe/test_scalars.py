"""The expected values are the examples and tables of the YAML 1.2.2 specification, chapter 10."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.recipe.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("0o7", 7),
        ("0x3A", 58),
        ("-19", -19),
        ("010", 10),
        ("0.", 0.0),
        ("-0.0", 0.0),
        (".5", 0.5),
        ("+12e03", 12000.0),
        ("-2E+05", -200000.0),
        ("1e-3", 0.001),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_values(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_nan():
    assert math.isnan(resolve(".NaN"))


WORDS = ["no", "yes", "on", "off", "y", "nUll", "inf", ".infinity", "<<", "="]
ALMOST_NUMBERS = ["12:30:45", "1_000", "0b1", "-0x1", "0o8", "0xg", "2001-12-14", "1.2.3"]
BITS_OF_NUMBERS = ["+", "-", ".", "1e", "e3", "٣", "²"]


@pytest.mark.parametrize("text", [*WORDS, *ALMOST_NUMBERS, *BITS_OF_NUMBERS])
def test_what_is_text(text):
    assert resolve(text) == text


@given(st.integers(min_value=-(10**60), max_value=10**60))
def test_integers(number):
    assert resolve(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_as_python_writes_them(number):
    assert resolve(repr(number)) == number


def test_a_number_with_absurdly_many_digits():
    with pytest.raises(ValueError, match="a number of 5000 digits: put it in quotes"):
        resolve("1" * 5000)
