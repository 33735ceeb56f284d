"""Hostile and broken files: each gives one clear error, none a traceback or a long wait."""

import json
import os
import socket

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skelconv import RecipeError, load_recipe
from skelconv.recipe.document import parse_document
from skelconv.recipe.dump import to_yaml
from skelconv.recipe.nodes import Problems, StopError


def bomb(levels=9):
    lines = ["skelconv: 1", "a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "recipe.yaml: there is nothing in it"),
        ("# a comment\n", "recipe.yaml: there is nothing in it"),
        ("~", "recipe.yaml:1:1: a recipe is a mapping, not null"),
        ("- a", "recipe.yaml:1:1: a recipe is a mapping, not a list"),
        ("text", "recipe.yaml:1:1: a recipe is a mapping, not text"),
        ("[" * 900, "recipe.yaml:1:66: nested deeper than 64 levels"),
        ("{" * 900, "recipe.yaml:1:2: a key must be text"),
        ("{a: " * 30_000, "recipe.yaml:1:261: nested deeper than 64 levels"),
        ("- " * 60_000, "recipe.yaml:1:131: nested deeper than 64 levels"),
        ("? " * 60_000, "recipe.yaml:1:3: a key must be text"),
        (
            "[" + "a, " * 30_000,
            "recipe.yaml:1:59999: more than 20000 values, aliases (*) counted in full",
        ),
        (bomb(), "recipe.yaml:7:10: more than 20000 values, aliases (*) counted in full"),
        ("a: &a [*a]", "recipe.yaml:1:8: &a refers to itself"),
        ("a: *b", "recipe.yaml:1:4: there is no anchor &b before this"),
        ("a: 1\n---\nb: 2", "recipe.yaml:2:1: a second document: there may be only one"),
        ("a:\n  [1]: 2", "recipe.yaml:2:3: a key must be text"),
        ("a: &x y\n*x : 2", "recipe.yaml:2:1: a key must be text"),
        ("a: \0", "recipe.yaml:1:4: the character U+0000 does not belong in YAML"),
        ("a: 1\nb: \x1b[2J", "recipe.yaml:2:4: the character U+001B does not belong in YAML"),
        (b"a: \xff\xfe", "recipe.yaml: not text in UTF-8 (byte 3)"),
        (bytes(range(256)), "recipe.yaml: not text in UTF-8 (byte 128)"),
        (" " * 200_000, "recipe.yaml: larger than 128 KiB: this is not a recipe"),
    ],
    ids=lambda value: str(value)[:20].encode("unicode_escape").decode(),
)
def test_what_cannot_be_read(problems, content, problem):
    assert problems(content) == [problem]


@pytest.mark.parametrize("bracket", "[{")
def test_very_many_brackets_are_a_problem_and_no_crash(problems, bracket):
    """The parser may stop by itself before we do."""
    (problem,) = problems(bracket * 100_000)
    assert problem.startswith("recipe.yaml:1:")


@pytest.mark.parametrize(
    ("content", "place"),
    [("a: [1, 2", "1:4"), ("a: b: c", "1:5"), ("a: 1\n\tb: 2", "2:1"), ("a: 'x\n\n\n", "1:4")],
)
def test_what_is_no_yaml(problems, content, place):
    (problem,) = problems(content)
    assert problem.startswith(f"recipe.yaml:{place}: not valid YAML: ")


def test_a_file_that_is_not_there(problems):
    with pytest.raises(
        RecipeError, match=r"^nowhere/a\.yaml: there is no such file \(skelconv list-recipes lists "
    ):
        load_recipe("nowhere/a.yaml")


def test_a_folder(tmp_path):
    with pytest.raises(RecipeError, match="this is a folder, not a recipe"):
        load_recipe(tmp_path)


def test_a_path_below_a_file(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(RecipeError, match="cannot be read: not a directory"):
        load_recipe(tmp_path / "a" / "b")


@pytest.mark.parametrize("path", ["a\0b", "a" * 5000])
def test_a_path_that_no_file_can_have(path):
    with pytest.raises(RecipeError, match="cannot be read: "):
        load_recipe(path)


def test_a_pipe_that_no_program_writes_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecipeError, match="cannot be read: not a regular file"):
        load_recipe(tmp_path / "pipe")


def test_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(RecipeError, match="cannot be read: "):
            load_recipe("socket")


def test_a_device():
    with pytest.raises(RecipeError, match="cannot be read: not a regular file"):
        load_recipe("/dev/zero")


def test_a_loop_of_links(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(RecipeError, match="cannot be read: "):
        load_recipe(tmp_path / "a")


def test_bytes_as_a_path(tmp_path):
    with pytest.raises(RecipeError, match="there is no such file"):
        load_recipe(os.fsencode(tmp_path / "no\udcff"))


def parse(text):
    """Parse YAML; return the plain value and what was found wrong."""
    found = Problems()
    node = parse_document(text, "f", found)
    return node.plain(), [str(problem) for problem in found.report()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("no: 1", {"no": 1}),
        ("1: a\n0x10: b", {"1": "a", "0x10": "b"}),
        ("'a': '1'", {"a": "1"}),
        ("a:", {"a": None}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("a: &x [1, {b: 2}]\nc: *x", {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}),
        ("a: !!str 1", {"a": "1"}),
        ("a: ! 1", {"a": "1"}),
        ("a: !!int '7'", {"a": 7}),
        ("a: !!float 7", {"a": 7.0}),
        ("a: !!seq [1]\nb: !!map {}", {"a": [1], "b": {}}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ('a: "\\u00e9\\t"', {"a": "é\t"}),
        ("a: 😀", {"a": "😀"}),
    ],
)
def test_what_documents_hold(text, value):
    assert parse(text.lstrip("\ufeff")) == (value, [])


@pytest.mark.parametrize(
    ("text", "value", "wrong"),
    [
        (
            "a: 1\nb: 2\na: 3\nb: 4",
            {"a": 1, "b": 2},
            [
                "f:3:1: a: the key 'a' is given twice, first in line 1",
                "f:4:1: b: the key 'b' is given twice, first in line 2",
            ],
        ),
        (
            "a: !!python/object/apply:os.system ['touch /x']\nb: !local 1",
            {"a": ["touch /x"], "b": None},
            [
                "f:1:4: a: the tag 'tag:yaml.org,2002:python/object/apply:os.system' "
                "is not allowed: values are plain",
                "f:2:4: b: the tag '!local' is not allowed: values are plain",
            ],
        ),
        ("a: !!int x", {"a": None}, ["f:1:4: a: 'x' is not of the type of its tag"]),
        (
            f"a: {'9' * 100}",
            {"a": None},
            ["f:1:4: a: a number of 100 digits: put it in quotes if it is text"],
        ),
        ('a: "\\0"', {"a": None}, ["f:1:4: a: a character that text cannot have"]),
    ],
)
def test_what_is_wrong_but_does_not_stop(text, value, wrong):
    assert parse(text) == (value, wrong)


def test_a_byte_order_mark_is_passed_over(load):
    text = "\ufeffskelconv: 1\nname: a\nsource: {use: folder, with: {root: b}}\n"
    assert load(text + "sink: {use: file, with: {path: c}}").name == "a"


# Line separators are folded in quotes, and $ begins a variable: both have tests of their own.
characters = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="$\ufeff\ufffe\uffff",
)
texts = st.text(characters | st.sampled_from("\n\t"), max_size=8) | st.sampled_from(
    ["no", "1e-3", "0o17", "0x1f", "~", ".inf", "<<", "=", "2001-01-01", "1_0", "- a", "a: b"]
)
scalars = st.none() | st.booleans() | texts | st.integers(-(2**63), 2**63)
json_values = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(texts, below, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_reads_json_as_a_json_parser_does(value):
    assert parse(json.dumps(value, ensure_ascii=False)) == (value, [])


@given(json_values)
def test_what_is_written_reads_back(value):
    assert parse(to_yaml(value)) == (value, [])


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_both_parsers_of_pyyaml(loader, monkeypatch):
    monkeypatch.setattr("skelconv.recipe.document._LOADER", loader)
    text = "a: [1, no, 'x']\nb: {c: &d 1e-3, e: *d}\n"
    assert parse(text) == ({"a": [1, "no", "x"], "b": {"c": 0.001, "e": 0.001}}, [])
    with pytest.raises(StopError):
        parse("[" * 1000)
