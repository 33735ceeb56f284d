"""What a recipe has from the environment is not shown, and still decides what is the same."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from skelconv.recipe.dump import to_yaml

RECIPE = """\
skelconv: 1
name: a
about: by ${TOKEN}
vars: {place: '${ROOT}/raw', plain: x}
source:
  use: folder
  with:
    root: ${vars.place}/${vars.plain}
    workers: ${WORKERS:-2}
    rename: {1: '${TOKEN}', 2: '$${x} ${TOKEN}', 3: '$${x}'}
sink: {use: file, with: {path: '${ROOT}/out.pkl'}}
"""
ENVIRON = {"TOKEN": "s3cr3t-t0ken", "ROOT": "/home/me/data"}


def test_the_resolved_recipe_says_what_the_file_says(load: Any) -> None:
    recipe = load(RECIPE, environ=ENVIRON)
    resolved = recipe.resolved()
    assert recipe.source.options.root == "/home/me/data/raw/x"
    assert resolved["about"] == "by ${TOKEN}"
    assert resolved["source"]["with"]["root"] == "${ROOT}/raw/x"
    assert resolved["source"]["with"]["workers"] == 2  # a default is in the file
    assert resolved["source"]["with"]["rename"] == {
        "1": "${TOKEN}",
        "2": "$${x} ${TOKEN}",
        "3": "${x}",
    }
    assert resolved["sink"]["with"]["path"] == "${ROOT}/out.pkl"
    for text in (json.dumps(resolved), json.dumps(recipe.hidden()), to_yaml(resolved)):
        assert not [value for value in ENVIRON.values() if value in text]


def test_what_is_shown_loads_as_the_same_recipe(load: Any) -> None:
    recipe = load(RECIPE, environ=ENVIRON)
    again = load(to_yaml(recipe.resolved()), environ=ENVIRON)
    assert again == recipe
    assert again.digest() == recipe.digest()


def test_a_number_from_the_environment(load: Any) -> None:
    recipe = load(RECIPE, environ={**ENVIRON, "WORKERS": "7"})
    assert recipe.source.options.workers == 7
    assert recipe.resolved()["source"]["with"]["workers"] == "${WORKERS:-2}"


@pytest.mark.parametrize("name", ["TOKEN", "ROOT"])
def test_another_value_is_another_recipe(load: Any, name: str) -> None:
    recipe = load(RECIPE, environ=ENVIRON)
    other = load(RECIPE, environ={**ENVIRON, name: "something-else"})
    assert other.resolved() == recipe.resolved()
    assert other.hidden() != recipe.hidden()
    assert other.digest() != recipe.digest()
    assert load(RECIPE, environ=dict(ENVIRON)).hidden() == recipe.hidden()


def test_where_the_output_goes_does_not_count(load: Any) -> None:
    text = RECIPE.replace("path: '${ROOT}/out.pkl'", "path: '${OUT}'")
    digests = {load(text, environ={**ENVIRON, "OUT": out}).digest() for out in ("a.pkl", "b.pkl")}
    assert len(digests) == 1


def test_a_recipe_without_any_hides_nothing(load: Any) -> None:
    recipe = load(RECIPE.replace("${TOKEN}", "t").replace("${ROOT}", "r"))
    assert recipe.hidden() == {}


def test_secrets_of_urls_are_hidden_wherever_they_are_from(load: Any) -> None:
    url = "https://me:pa55@host/a?token=t0k"
    set_ = [f"source.with.root={url}", "source.with.rename.4=https://${TOKEN}:x@h/"]
    recipe = load(RECIPE, set_, environ=ENVIRON)
    resolved = recipe.resolved()
    assert recipe.source.options.root == url
    assert resolved["source"]["with"]["root"] == "https://***@host/a?token=***"
    assert resolved["source"]["with"]["rename"]["4"] == "https://***@h/"
    other = load(RECIPE, [set_[0].replace("t0k", "t1k"), set_[1]], environ=ENVIRON)
    assert other.resolved() == resolved
    assert other.digest() != recipe.digest()


def test_it_is_hidden_in_other_processes_too(load: Any) -> None:
    recipe = load(RECIPE, environ=ENVIRON)
    assert pickle.loads(pickle.dumps(recipe.borrowed)) == recipe.borrowed


def test_values_are_found_in_other_text(load: Any) -> None:
    borrowed = load(RECIPE, environ={**ENVIRON, "WORKERS": "7"}).borrowed
    assert borrowed.hide("/home/me/data/raw/7.txt: s3cr3t-t0ken") == "${ROOT}/raw/7.txt: ${TOKEN}"


@pytest.mark.parametrize(
    "override",
    [
        "name=${TOKEN} ${TOKEN}",
        "source.with.workers=${TOKEN}",
        "source.with.rename=${TOKEN}",
        "source.with.box.high=${TOKEN}",
        "expect.clips=${TOKEN}",
        "transforms=[{use: smooth, with: {profile: '${TOKEN}'}}]",
    ],
)
def test_what_is_wrong_is_shown_as_it_is_written(problems: Any, override: str) -> None:
    (problem,) = problems(RECIPE, [override], environ=ENVIRON)
    assert "${TOKEN}" in problem
    assert "s3cr3t" not in problem


def test_what_is_wrong_is_shown_without_secrets_of_urls(problems: Any) -> None:
    for override in (
        "source.with.workers=https://me:pa55@host/a?token=t0k",
        "https://me:pa55@host/a?token=t0k",
        f"name={'a' * 40}https://me:pa55@host/a?token=t0k",
    ):
        text = "\n".join(problems(RECIPE, [override], environ=ENVIRON))
        assert "pa55" not in text
        assert "t0k" not in text
