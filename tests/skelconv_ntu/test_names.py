import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv_ntu.names import SampleName, parse_name

number = st.integers(0, 999)


@given(st.tuples(number, number, number, number, number))
def test_a_name_says_what_it_was_made_of(numbers):
    name = str(SampleName(*numbers))
    assert len(name) == 20
    assert parse_name(name) == numbers


@given(st.tuples(number, number, number, number, number), st.tuples(*[number] * 5))
def test_samples_sort_as_their_names_do(one, other):
    assert (one < other) == (str(SampleName(*one)) < str(SampleName(*other)))


def test_the_parts_of_a_name():
    sample = parse_name("S017C003P020R002A056")
    assert sample is not None
    assert sample._asdict() == {
        "setup": 17,
        "camera": 3,
        "performer": 20,
        "replication": 2,
        "action": 56,
    }
    assert sample.label == 55


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S001C001P001R001A01",
        "S001C001P001R001A0001",
        "s001c001p001r001a001",
        "S001C001P001R001A001\n",
        " S001C001P001R001A001",
        "S001C001P001R001A001.skeleton",
        "S001C001P001R001A\u0660\u0660\u0661",
        "C001S001P001R001A001",
    ],
)
def test_other_texts_are_not_names(text):
    assert parse_name(text) is None
