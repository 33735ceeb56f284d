import dataclasses
import json
import subprocess
import sys

import pytest

from skelconv import load_recipe
from skelconv.plugin.loading import registry_in_use
from skelconv.recipe.dump import to_yaml

RECIPE = {
    "skelconv": 1,
    "name": "a",
    "about": "b",
    "source": {"use": "folder", "with": {"root": "c", "rename": {1: "x", 2: "y"}}},
    "transforms": [{"use": "smooth", "with": {"factor": 0.5}}],
    "splits": ["half"],
    "sink": {"use": "file", "with": {"path": "out.pkl"}},
    "expect": {"clips": 3, "splits": {"train": 2}},
}


def test_resolved_is_plain_and_whole():
    resolved = load_recipe(RECIPE).resolved()
    assert json.loads(json.dumps(resolved)) == resolved
    assert resolved == {
        "skelconv": 1,
        "name": "a",
        "about": "b",
        "source": {
            "use": "folder",
            "with": {
                "root": "c",
                "workers": 1,
                "actions": None,
                "rename": {"1": "x", "2": "y"},
                "box": {"low": 0.0, "high": 1.0},
            },
        },
        "transforms": [
            {"use": "smooth", "with": {"profile": "mean", "exact": False, "factor": 0.5}}
        ],
        "splits": [{"use": "half", "with": {}}],
        "sink": {"use": "file", "with": {"path": "out.pkl"}},
        "expect": {"clips": 3, "splits": {"train": 2}},
    }


def test_resolved_is_a_copy():
    recipe = load_recipe(RECIPE)
    recipe.resolved()["source"]["with"]["rename"].clear()
    assert recipe.source.options.rename == {1: "x", 2: "y"}


def test_a_recipe_cannot_be_changed():
    recipe = load_recipe(RECIPE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.name = "z"


def digest(**changes):
    return load_recipe({**RECIPE, **changes}).digest()


def source(**options):
    return {"use": "folder", "with": options}


@pytest.mark.parametrize(
    "changes",
    [
        {"expect": None},
        {"needs": ["a.zip"]},
        {"sink": {"use": "file", "with": {"path": "elsewhere.pkl"}}},
    ],
    ids=str,
)
def test_what_does_not_decide_the_content_keeps_the_digest(changes):
    assert digest(**changes) == digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "z"},
        {"about": ""},
        {"source": source(root="d", rename={1: "x", 2: "y"})},
        {"source": source(root="c", rename={2: "y", 1: "x"})},
        {"transforms": []},
        {"splits": []},
        {"sink": {"use": "acme/file", "with": {"path": "out.pkl"}}},
    ],
    ids=str,
)
def test_all_else_changes_the_digest(changes):
    assert digest(**changes) != digest()


def test_the_digest_is_the_same_in_another_process(tmp_path):
    recipe = {**RECIPE, "source": "toy", "transforms": [], "splits": ["toy-halves"]}
    recipe["sink"] = {"use": "toy", "with": {"path": "out"}}
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    code = "import skelconv, sys; print(skelconv.load_recipe(sys.argv[1]).digest())"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "recipe.yaml"],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
    )
    with registry_in_use(None):
        assert done.stdout.strip() == load_recipe(recipe).digest()
    assert len(done.stdout.strip()) == 64


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
