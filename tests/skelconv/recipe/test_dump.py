import pytest

from skelconv.recipe.dump import to_yaml


def test_it_is_written_as_people_write_it():
    recipe = {"source": {"use": "a", "with": {"n": 1, "none": None}}, "splits": [{"use": "b"}]}
    assert to_yaml(recipe) == (
        "source:\n  use: a\n  with:\n    n: 1\n    none: null\nsplits:\n  - use: b\n"
    )


def test_values_that_are_shared_are_written_twice():
    shared = [1]
    assert "&" not in to_yaml([shared, shared])


@pytest.mark.parametrize("text", ["1e-3", "0o17", "~", "", "no", "1" * 100])
def test_text_that_looks_like_something_else_is_quoted(text):
    assert to_yaml([text]) == f"- '{text}'\n"


def test_text_that_looks_like_a_variable_is_escaped():
    assert to_yaml(["${HOME}"]) == "- $${HOME}\n"


def test_what_is_as_deep_as_a_recipe_can_be():
    nested = []
    for _ in range(70):
        nested = [nested]
    assert to_yaml(nested).count("-") == 70
