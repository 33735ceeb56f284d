"""Recipes as plain values: they are what a file that says the same is."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from skelconv import RecipeError, load_recipe
from skelconv.recipe.load import as_recipe

RECIPE: dict[str, Any] = {
    "name": "a",
    "vars": {"root": "data"},
    "source": {"use": "folder", "with": {"root": ["${vars.root}", "$${x}"], "rename": {1: "one"}}},
    "transforms": ["smooth", {"use": "smooth", "with": {"factor": 2}}],
    "splits": ["half"],
    "sink": {"use": "file", "with": {"path": "out.pkl"}},
    "expect": {"clips": 3},
}


def problems_of(recipe: dict[str, Any], *overrides: str) -> list[str]:
    with pytest.raises(RecipeError) as raised:
        load_recipe(recipe, overrides)
    return [str(problem) for problem in raised.value.problems]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_mapping_is_what_a_file_with_the_same_values_is() -> None:
    Path("recipe.yaml").write_text(json.dumps({"skelconv": 1, **RECIPE}))
    assert load_recipe(RECIPE) == load_recipe("recipe.yaml")
    assert load_recipe({"skelconv": 1, **RECIPE}) == load_recipe(RECIPE)


def test_the_mapping_is_left_as_it_is() -> None:
    before = json.dumps(RECIPE)
    load_recipe(RECIPE, ["source.with.root=other"])
    assert json.dumps(RECIPE) == before


def test_other_mappings_tuples_and_paths_are_taken_too() -> None:
    recipe = MappingProxyType(
        {**RECIPE, "transforms": (), "sink": {"use": "file", "with": {"path": Path("o", "a.pkl")}}}
    )
    loaded = load_recipe(recipe)
    assert loaded.transforms == ()
    assert loaded.sink.plain()["with"]["path"] == "o/a.pkl"


def test_a_resolved_recipe_loads_as_itself() -> None:
    recipe = load_recipe({**RECIPE, "source": {"use": "folder", "with": {"root": "a"}}})
    assert load_recipe(recipe.resolved()) == recipe


def test_what_is_wrong_is_said_without_a_line() -> None:
    source = {"use": "folder", "with": {"root": "a", "wrokers": 2}}
    assert problems_of({**RECIPE, "nam": "b", "source": source}) == [
        "recipe: nam: no key 'nam' here: did you mean 'name'?",
        "recipe: source.with.wrokers: no option 'wrokers': did you mean 'workers'?",
    ]
    assert problems_of({}) == [
        "recipe: the key 'name' is missing",
        "recipe: the key 'source' is missing",
        "recipe: the key 'sink' is missing",
    ]


def test_overrides_of_a_mapping() -> None:
    assert load_recipe(RECIPE, ["transforms.1.with.factor=5"]).transforms[1].options.factor == 5
    assert problems_of(RECIPE, "source.with.rot=1") == [
        "--set: source.with.rot: no option 'rot': did you mean 'root'?"
    ]


@pytest.mark.parametrize("parent", ["parent.yaml", "below/parent.yaml", "recipe"])
def test_a_mapping_extends_a_file(parent: str) -> None:
    Path(parent).parent.mkdir(exist_ok=True)
    Path(parent).write_text(json.dumps({"skelconv": 1, **RECIPE}))
    loaded = load_recipe({"extends": parent, "name": "child", "vars": {"root": "b"}})
    assert loaded.name == "child"
    assert loaded.source.options.root == ["b", "${x}"]
    assert loaded.sink.options.path == "out.pkl"


def test_a_parent_that_is_missing_and_one_that_extends_itself() -> None:
    missing = (
        "recipe: extends: no.yaml: there is no such file "
        "(skelconv list-recipes lists the recipes that are installed)"
    )
    assert problems_of({"extends": "no.yaml", "name": "a"}) == [missing]
    Path("a.yaml").write_text("skelconv: 1\nextends: a.yaml\n")
    assert problems_of({"extends": "a.yaml"}) == [
        "a.yaml:2:10: extends: the recipe extends itself: a.yaml -> a.yaml"
    ]


def test_a_loaded_recipe_is_taken_as_it_is_and_not_changed() -> None:
    recipe = load_recipe(RECIPE)
    assert as_recipe(recipe) is recipe
    with pytest.raises(RecipeError, match="cannot be changed by overrides"):
        as_recipe(recipe, ["name=b"])
