import pytest

from skelconv.cli.app import run

RECIPE = """\
skelconv: 1
name: a
vars: {n: 1}
source: {use: folder, with: {root: b, box: &box {low: 1}}}
transforms:
  - smooth
  - {use: smooth, with: {factor: 2}}
sink: {use: file, with: {path: c}}
expect: {clips: 2}
"""


def test_values_are_yaml(load):
    def source(override):
        return load(RECIPE, [override]).source.plain()["with"]

    assert source("source.with.root=x=y")["root"] == "x=y"
    assert source("source.with.root= x ")["root"] == "x"
    assert source("source.with.root='1'")["root"] == "1"
    assert source("source.with.workers=0x10")["workers"] == 16
    assert source("source.with.actions=[1, 2]")["actions"] == [1, 2]
    assert source("source.with={root: y}")["root"] == "y"
    assert source("source.with.box.high=3")["box"] == {"low": 1.0, "high": 3.0}
    assert source("source.with.actions=")["actions"] is None


def test_they_are_applied_in_turn(load):
    overrides = ["vars.m=7", "source.with.workers=${vars.m}", "vars.m=8"]
    assert load(RECIPE, overrides).source.options.workers == 8


def test_items_of_lists(load):
    overrides = ["transforms.0.with.factor=3", "transforms.1.with.profile=median"]
    first, second = load(RECIPE, overrides).transforms
    assert (first.options.factor, first.options.profile) == (3, "mean")
    assert (second.options.factor, second.options.profile) == (2, "median")


def test_keys_that_the_recipe_lacks(load):
    recipe = load(RECIPE.replace("expect: {clips: 2}\n", ""), ["expect.splits.train=5"])
    assert recipe.expect.splits == {"train": 5}


def test_null_takes_away(load):
    assert load(RECIPE, ["expect="]).expect is None


def test_another_plugin_loses_the_options(load):
    assert load(RECIPE, ["source.use=bare"]).source.plain()["with"] == {}
    assert load(RECIPE, ["source=bare"]).source.plain()["with"] == {}
    assert load(RECIPE, ["source.use=folder"]).source.options.root == "b"
    recipe = load(RECIPE, ["sink.use=acme/file", "sink.with.path=d"])
    assert recipe.sink.plain() == {"use": "acme/file", "with": {"path": "d"}}


@pytest.mark.parametrize(
    ("overrides", "notes"),
    [
        (
            ["source.use=bare"],
            ["--set: source is 'bare' now, and the options of 'folder' are dropped: root, box"],
        ),
        (
            ["transforms.1.use=acme/smooth", "sink.use=acme/file", "sink.with.path=d"],
            [
                "--set: transforms.1 is 'acme/smooth' now, and the options of 'smooth' "
                "are dropped: factor",
                "--set: sink is 'acme/file' now, and the options of 'file' are dropped: path",
            ],
        ),
        (["source.use=folder", "transforms.0.use=acme/smooth", "source.with.root=c"], []),
    ],
)
def test_what_another_plugin_loses_is_told(load, overrides, notes):
    assert list(load(RECIPE, overrides).notes) == notes


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("", "--set: '': write KEY=VALUE, such as source.with.root=data"),
        ("source", "--set: 'source': write KEY=VALUE, such as source.with.root=data"),
        ("=x", "--set: '=x': write KEY=VALUE, such as source.with.root=data"),
        ("a..b=x", "--set: 'a..b=x': write KEY=VALUE, such as source.with.root=data"),
        ("skelconv=2", "--set: skelconv: cannot be set from outside"),
        ("extends=x.yaml", "--set: extends: cannot be set from outside"),
        ("sourc.with.root=1", "--set: sourc: no key 'sourc' here: did you mean 'source'?"),
        ("source.with.rot=1", "--set: source.with.rot: no option 'rot': did you mean 'root'?"),
        ("source.with.root.x=1", "--set: source.with.root: text has no key 'x'"),
        ("transforms.2.use=x", "--set: transforms.2: no item '2' in a list of 2 (counted from 0)"),
        ("transforms.-1=x", "--set: transforms.-1: no item '-1' in a list of 2 (counted from 0)"),
        ("transforms.²=x", "--set: transforms.²: no item '²' in a list of 2 (counted from 0)"),
        (
            "source.with.workers=x",
            "--set: source.with.workers: must be a valid integer, not 'x'",
        ),
        (
            "source.with.root=!!python/name:os.system x",
            "--set: source.with.root: the tag 'tag:yaml.org,2002:python/name:os.system' is not "
            "allowed: values are plain, in 'source.with.root=!!python/name:os.system x' (text with "
            "special characters goes in quotes)",
        ),
        (
            "source.with.root=\udcff",
            "--set: source.with.root: the character U+DCFF does not belong in YAML, in "
            "'source.with.root=\\udcff' (text with special characters goes in quotes)",
        ),
        (
            f"source.with.root={'[' * 100}",
            "--set: source.with.root: nested deeper than 64 levels, in "
            f"'source.with.root={'[' * 42}... (text with special characters goes in quotes)",
        ),
        (f"{'a.' * 100}b=1", "--set: a: nested deeper than 64 levels"),
    ],
)
def test_what_cannot_be_set(problems, override, problem):
    assert problems(RECIPE, [override]) == [problem]


def test_a_value_that_is_no_yaml(problems):
    (problem,) = problems(RECIPE, ["source.with.root=*.skeleton"])
    assert problem.startswith("--set: source.with.root: ")
    assert problem.endswith("(text with special characters goes in quotes)")


@pytest.mark.parametrize("wrong", ["[b", "b: c: d", "b\n---\nc", "b\n...\nc", "!!set {b}"])
def test_which_of_many_is_no_yaml(tmp_path, capsys, wrong):
    """Nothing is said of the recipe, which is right."""
    path = tmp_path / "right.yaml"
    path.write_text("skelconv: 1\nname: a\nsource: toy\nsink: {use: toy, with: {path: out}}\n")
    sets = [f"source.with.clips={value}" for value in ("1", wrong, "3")]
    assert run(["validate", str(path), *(word for one in sets for word in ("--set", one))]) == 1
    error = capsys.readouterr().err.strip()
    assert repr(sets[1]) in error
    assert repr(sets[0]) not in error
    assert repr(sets[2]) not in error
    assert "recipe" not in error
    assert error.startswith("--set: source.with.clips: ")


def test_what_shares_an_anchor_is_not_changed_along(load):
    text = RECIPE.replace("{clips: 2}", "{clips: 2}").replace("low: 1", "high: 2")
    text = text.replace("- smooth\n", "- &s {use: smooth, with: {factor: 4}}\n  - *s\n")
    first, second, _ = load(text, ["transforms.0.with.factor=5"]).transforms
    assert (first.options.factor, second.options.factor) == (5, 4)


def test_more_items_of_a_list(load):
    recipe = load(RECIPE, ["transforms+={use: smooth, with: {factor: 5}}", "splits+=half"])
    assert [one.options.factor for one in recipe.transforms] == [1, 2, 5]
    assert [one.use for one in recipe.splits] == ["half"]
    actions = ["source.with.actions=[1]", "source.with.actions+=[2, 3]", "source.with.actions+=4"]
    assert load(RECIPE, actions).source.options.actions == [1, 2, 3, 4]
    assert load(RECIPE, ["transforms += [smooth]"]).transforms[2].use == "smooth"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("name+=b", "--set: name: += appends to a list, and this is text"),
        (
            "source.with.box+=1",
            "--set: source.with.box: += appends to a list, and this is a mapping",
        ),
        ("+=b", "--set: '+=b': write KEY=VALUE, such as source.with.root=data"),
        ("extends+=b", "--set: extends: cannot be set from outside"),
    ],
)
def test_what_cannot_be_appended(problems, override, problem):
    assert problem in problems(RECIPE, [override])
