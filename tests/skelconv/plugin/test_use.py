"""Plugins in a plugin's options, through recipes, as users meet them."""

from pathlib import Path

import pytest
from support.memory import clip

from skelconv import Clip, RecipeError, load_recipe
from skelconv.plugin import Options, UseTransform
from skelconv.plugin.use import UseSource


class Chain(Options):
    """Options with a plugin in them."""

    step: UseTransform


def test_a_bare_name_is_completed_with_defaults() -> None:
    plain = Chain.model_validate({"step": "ntu-filter-length"}).step.plain()
    assert plain == {"use": "ntu-filter-length", "with": {"longer_than": 11, "repair": False}}


def test_checking_again_changes_nothing() -> None:
    once = Chain.model_validate({"step": {"use": "ntu-filter-length", "with": {"longer_than": 3}}})
    plain = once.model_dump(mode="json", by_alias=True)
    assert Chain.model_validate(plain) == once


def test_it_makes_what_it_names() -> None:
    chain = Chain.model_validate({"step": {"use": "cast", "with": {"dtype": "float16"}}})
    made = chain.step.make()(clip("a"))
    assert isinstance(made, Clip)
    assert made.keypoint.dtype == "float16"


def test_plugins_are_found_at_any_depth() -> None:
    video = {
        "root": "videos",
        "detector": "toy-detector",
        "people": ["toy-first-person"],
        "pose": "toy-pose",
    }
    source = UseSource.model_validate({"use": "video-pose", "with": video})
    assert [(use.kind, use.use) for use in source.nested()] == [
        ("detector", "toy-detector"),
        ("transform", "toy-first-person"),
        ("pose-model", "toy-pose"),
    ]


@pytest.mark.parametrize(
    ("people", "line", "reason"),
    [
        ("[{use: cats}]", 8, "there is no transform 'cats'"),
        ("[{use: cast, with: {dtype: float17}}]", 8, "float17"),
        ("[{use: ntu-filter-length, with: {longer: 3}}]", 8, "no option 'longer'"),
        ("[{with: {}}]", 8, "the option 'use' is missing"),
        ("[cast]", 8, "the option 'dtype' is missing"),
        ("[3]", 8, "must be"),
    ],
)
def test_what_is_wrong_in_it_is_reported_with_its_line(
    people: str, line: int, reason: str, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "skelconv: 1\nname: own\nsource:\n  use: video-pose\n  with:\n    root: videos\n"
        f"    pose: toy-one-stage\n    people: {people}\n"
        "sink: {use: pickle, with: {path: o.pkl}}\n"
    )
    with pytest.raises(RecipeError) as caught:
        load_recipe(recipe)
    assert f"{recipe}:{line}:" in str(caught.value)
    assert reason in str(caught.value)
