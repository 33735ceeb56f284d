import os

import pytest

from skelconv.recipe import Expect

PARENT = """\
skelconv: 1
name: parent
about: all of it
vars: {root: data, n: 1}
source: {use: folder, with: {root: "${vars.root}", workers: "${vars.n}", box: {low: 5, high: 6}}}
transforms: [smooth, smooth]
splits: [half]
sink: {use: file, with: {path: out.pkl}}
expect: {clips: 9, splits: {train: 6, val: 3}}
"""


def test_mappings_merge_and_lists_replace(load):
    child = """\
skelconv: 1
extends: parent.yaml
name: child
vars: {n: 3}
source: {with: {box: {high: 7}, actions: [1]}}
transforms: []
expect: {splits: {val: ~, test: 2}}
"""
    recipe = load({"recipe.yaml": child, "parent.yaml": PARENT})
    assert recipe.name == "child"
    assert recipe.about == "all of it"
    assert recipe.source.plain()["with"] == {
        "root": "data",
        "workers": 3,
        "actions": [1],
        "rename": {},
        "box": {"low": 5.0, "high": 7.0},
    }
    assert recipe.transforms == ()
    assert [split.use for split in recipe.splits] == ["half"]
    assert recipe.expect == Expect(9, {"train": 6, "test": 2})


@pytest.mark.parametrize("source", ["bare", "{use: bare}", "{use: bare, with: {}}"])
def test_another_plugin_replaces_the_options(load, source):
    child = f"skelconv: 1\nextends: parent.yaml\nsource: {source}\n"
    assert load({"recipe.yaml": child, "parent.yaml": PARENT}).source.plain()["with"] == {}


@pytest.mark.parametrize("source", ["folder", "{use: folder}", "{use: folder, with: {workers: 1}}"])
def test_the_same_plugin_keeps_the_options(load, source):
    child = f"skelconv: 1\nextends: parent.yaml\nsource: {source}\n"
    options = load({"recipe.yaml": child, "parent.yaml": PARENT}).source.options
    assert options.root == "data"
    assert (options.box.low, options.box.high) == (5.0, 6.0)


def test_null_takes_away(load):
    child = "skelconv: 1\nextends: parent.yaml\nexpect: ~\nsplits: ~\nabout: ~\n"
    recipe = load({"recipe.yaml": child, "parent.yaml": PARENT})
    assert recipe.expect is None
    assert recipe.splits == ()
    assert recipe.about == ""


def test_a_line_of_parents_each_relative_to_the_file_that_names_it(load):
    files = {
        "recipe.yaml": "skelconv: 1\nextends: a/one.yaml\n",
        "a/one.yaml": "skelconv: 1\nextends: ../b/two.yaml\nname: one\n",
        "b/two.yaml": f"{PARENT}\n",
    }
    recipe = load(files)
    assert (recipe.name, recipe.about) == ("one", "all of it")


def test_a_child_may_be_changed_from_outside(load):
    files = {"recipe.yaml": "skelconv: 1\nextends: parent.yaml\n", "parent.yaml": PARENT}
    assert load(files, ["vars.root=x"]).source.options.root == "x"


def test_a_parent_that_is_not_there_and_a_mistake_in_the_child(problems):
    assert problems("skelconv: 1\nextends: no.yaml\nsource: {use: folder, wth: 1}\n") == [
        "recipe.yaml:2:10: extends: no.yaml: there is no such file"
        " (skelconv list-recipes lists the recipes that are installed)",
        "recipe.yaml:3:23: source.wth: no key 'wth' here: "
        "a stage has `use` and `with`, and its options go under `with`",
    ]


@pytest.mark.parametrize("value", ["[a]", "1", "''", "{a: b}"])
def test_a_parent_that_is_no_path(problems, value):
    assert problems(f"skelconv: 1\nextends: {value}\n") == [
        "recipe.yaml:2:10: extends: must be the path or the name of a recipe"
    ]


def test_mistakes_are_reported_with_their_place(problems):
    files = {
        "recipe.yaml": "skelconv: 1\nextends: parent.yaml\nnam: a\n",
        "parent.yaml": PARENT.replace("about", "abuot"),
    }
    assert problems(files) == [
        "parent.yaml:3:1: abuot: no key 'abuot' here: did you mean 'about'?",
        "recipe.yaml:3:1: nam: no key 'nam' here: did you mean 'name'?",
    ]


def test_a_broken_parent(problems):
    files = {"recipe.yaml": "skelconv: 1\nextends: parent.yaml\n", "parent.yaml": "[]"}
    assert problems(files) == ["parent.yaml:1:1: a recipe is a mapping, not a list"]


def test_a_cycle(problems):
    files = {
        "recipe.yaml": "skelconv: 1\nextends: a/b.yaml\n",
        "a/b.yaml": "skelconv: 1\n\nextends: ../recipe.yaml\n",
    }
    assert problems(files) == [
        "a/b.yaml:3:10: extends: the recipe extends itself: "
        "recipe.yaml -> a/b.yaml -> a/../recipe.yaml"
    ]


def test_a_cycle_through_a_link(problems, tmp_path):
    os.symlink(tmp_path / "recipe.yaml", tmp_path / "alias.yaml")
    assert problems("skelconv: 1\nextends: alias.yaml\n") == [
        "recipe.yaml:2:10: extends: the recipe extends itself: recipe.yaml -> alias.yaml"
    ]


def test_too_many_parents(problems):
    files = {f"{n}.yaml": f"skelconv: 1\nextends: {n + 1}.yaml\n" for n in range(100)}
    files["recipe.yaml"] = "skelconv: 1\nextends: 0.yaml\n"
    assert problems(files) == ["7.yaml:2:10: extends: more than 8 parents"]


def test_a_parent_that_is_a_pipe(problems, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert problems("skelconv: 1\nextends: pipe\n") == [
        "recipe.yaml:2:10: extends: pipe: cannot be read: not a regular file"
    ]
