import json
import pickle
import subprocess
import sys

import pytest

from skelconv.recipe import Expect, Recipe, Stage
from skelconv.recipe.dump import to_yaml

RECIPE = Recipe(
    name="a",
    about="b",
    source=Stage("folder", {"root": "c", "rename": {"1": "x", "2": "y"}}),
    transforms=(Stage("smooth", {"factor": 0.5}),),
    splits=(Stage("half"),),
    sink=Stage("file", {"path": "out.pkl", "level": 1}),
    expect=Expect(3, {"train": 2}),
)


def replaced(**changes):
    import dataclasses

    return dataclasses.replace(RECIPE, **changes)


def test_resolved_is_plain_and_whole():
    resolved = RECIPE.resolved()
    assert json.loads(json.dumps(resolved)) == resolved
    assert resolved == {
        "skelconv": 1,
        "name": "a",
        "about": "b",
        "source": {"use": "folder", "with": {"root": "c", "rename": {"1": "x", "2": "y"}}},
        "transforms": [{"use": "smooth", "with": {"factor": 0.5}}],
        "splits": [{"use": "half", "with": {}}],
        "sink": {"use": "file", "with": {"path": "out.pkl", "level": 1}},
        "expect": {"clips": 3, "splits": {"train": 2}},
    }


def test_resolved_is_a_copy():
    RECIPE.resolved()["source"]["with"]["rename"].clear()
    assert RECIPE.source.options["rename"] == {"1": "x", "2": "y"}


@pytest.mark.parametrize(
    "changes",
    [
        {"expect": None},
        {"sink": Stage("file", {"path": "elsewhere.pkl", "level": 1})},
    ],
)
def test_what_does_not_decide_the_content_does_not_change_the_digest(changes):
    assert replaced(**changes).digest() == RECIPE.digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "z"},
        {"about": ""},
        {"source": Stage("folder", {"root": "d"})},
        {"source": Stage("folder", {"root": "c", "rename": {"2": "y", "1": "x"}})},
        {"transforms": ()},
        {"splits": ()},
        {"sink": Stage("file", {"path": "out.pkl", "level": 2})},
    ],
)
def test_all_else_changes_the_digest(changes):
    assert replaced(**changes).digest() != RECIPE.digest()


def test_the_digest_is_the_same_in_another_process():
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).digest())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(RECIPE),
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.decode().strip() == RECIPE.digest()
    assert len(RECIPE.digest()) == 64


WORDS = {
    "plain": """\
skelconv: 1
name: a
about: b
source: {use: folder, with: {root: '$${x}/1e-3', workers: 2}}
transforms: [{use: smooth, with: {factor: 1e-3}}]
sink: {use: file, with: {path: '0o17'}}
""",
    "in other words": """\
vars: {n: 2}
sink: {with: {path: '0o17'}, use: file}
transforms: [{use: smooth, with: {factor: 0.001, exact: false}}]
source: {use: folder, with: {workers: '${vars.n}', actions: ~, root: '$${x}/1e-3'}}
about: "b"
name: a
skelconv: 1
""",
}


def test_recipes_that_say_the_same_are_the_same(load):
    first, second = map(load, WORDS.values())
    assert first == second
    assert json.dumps(first.resolved()) == json.dumps(second.resolved())


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_a_resolved_recipe_loads_as_itself(load, text):
    recipe = load(text)
    assert load(to_yaml(recipe.resolved())) == recipe
    assert load(json.dumps(recipe.resolved()).replace("${", "$${")) == recipe
