"""What is no YAML is told in plain words, at the place where the mistake was made."""

import contextlib

import pytest
import yaml

from skelconv.recipe import document
from skelconv.recipe.document import parse_document
from skelconv.recipe.nodes import Problems, StopError

INDENT = "what belongs together begins in the same column"
MISTAKES = [
    # The text, the line, what the caret is below of, and what is said.
    ("source:\n\tuse: x\n", 2, "\tuse", "a tab in the indentation: YAML takes only spaces there"),
    ("a:\n  b: 1\n  \tc: 2\n", 3, "\tc", "a tab in the indentation: YAML takes only spaces there"),
    ("a:\n-\tb: 1\n", 2, "\tb", "a tab between the dash and its value: YAML takes only spaces"),
    ("a: 1\nname b\nc: 2\n", 2, " b", "a colon is missing after 'name'"),
    ("a:\n  use ntu\n  with: {b: 1}\n", 2, " ntu", "a colon is missing after 'use'"),
    ("a:\n- use ntu\n  with: {b: 1}\n", 2, " ntu", "a colon is missing after 'use'"),
    ("a: 1\nsource\n  use: b\n", 2, "", "a colon is missing after 'source'"),
    ("a: 1\nsink\n", 2, "", "a colon is missing after 'sink'"),
    ("a: 1\nname:b\nc: 2\n", 2, "b", "a space is missing after the colon"),
    ("skelconv:1\nname: a\n", 1, "1", "a space is missing after the colon"),
    ("name: foo: bar\n", 1, ": bar", "a second colon in the line"),
    ("name: 'x\nabout: y\nb: 1\n", 1, "'x", "the quote ' opened here is not closed"),
    ('name: "x\nabout: y\n', 1, '"x', 'the quote " opened here is not closed'),
    ("name: 'x\nabout: 'y'\n", 1, "'x", "the quote ' opened here is closed only in line 2"),
    ("about: 'it's mine'\n", 1, "s mine", "text after the quote that closes the value"),
    ('about: "a" b\n', 1, "b", "text after the quote that closes the value"),
    ('a: "\\d+"\n', 1, "\\d", "\\d means nothing between double quotes"),
    ('a: "C:\\Users"\n', 1, "\\U", "\\U means nothing between double quotes"),
    ("name: x\n  about: y\n", 2, "about", "indented deeper than the line above"),
    ("a:\n    b: 1\n  c: 2\n", 3, "c: 2", f"indented by 2 spaces: {INDENT}"),
    ("a:\n  - b\n - c\n", 3, "- c", f"indented by 1 space: {INDENT}"),
    ("a:\n  - use: b\n   with: c\n", 3, "with", f"indented by 3 spaces: {INDENT}"),
    ("a:\n  - use: b\n      with: c\n", 3, "with", "indented deeper than the line above"),
    ("a:\n  - b\n  use: c\n", 3, "use", "a key among the items of a list"),
    ("a:\n  b: 1\n  - c\n", 3, "- c", "an item of a list (-) among the keys of a mapping"),
    ("a: {b: {c: 1}\nd: 2\n", 1, "{b", "the bracket { opened here is not closed, or a comma is"),
    ("a: [1, 2\n", 1, "[1", "the bracket [ opened here is not closed"),
    ("a: [{b: 1} {c: 2}]\n", 1, "{c", "a comma is missing between the brackets"),
    ("a: {b: 1]\n", 1, "]", "the bracket { is closed by ]"),
    ("a: [1]]\n", 1, "]", "text after the bracket that closes the value"),
    ("a: {b: ${vars.c}}\n", 1, "${vars", "inside [] and {}, ${...} must be in quotes"),
    ("a: @b\n", 1, "@b", "a value cannot begin with @ unless it is in quotes"),
    ("a: %b\n", 1, "%b", "a value cannot begin with % unless it is in quotes"),
    ("a: *.mp4\n", 1, "*.mp4", "a value that begins with * must be in quotes"),
    ("a: >=3\n", 1, ">=3", "a value that begins with > must be in quotes"),
    ("a: !%b\n", 1, "!%b", "a value that begins with ! must be in quotes"),
    ("a: {b: 1, }}\n", 1, "}", "text after the bracket that closes the value"),
    ("a: [1, {b:", 1, "", "a value is missing between the brackets"),
    ("a: - b\n", 1, "- b", "a list item begins in a line of its own"),
    ("a: 1\n...\nb\n", 3, "b", "nothing may follow the end of the document"),
    ("a: 1\nb: 2\na: 3\n", 3, "a: 3", "the key 'a' is given twice, first in line 1"),
]


def problem(text):
    found = Problems()
    with contextlib.suppress(StopError):
        parse_document(text, "f", found)
    (one,) = found.report()
    return one


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader], ids=["c", "python"])
@pytest.mark.parametrize(("text", "line", "below", "said"), MISTAKES, ids=lambda v: repr(v)[:30])
def test_mistakes(monkeypatch, loader, text, line, below, said):
    monkeypatch.setattr(document, "_LOADER", loader)
    found = problem(text)
    assert found.line == line
    assert said in found.what
    at = text.splitlines()[line - 1][found.column - 1 :]
    assert at.startswith(below) if below else not at
    shown, caret = found.excerpt.splitlines()
    if "\t" not in text:
        assert shown == f"  {line} | {text.splitlines()[line - 1]}"
        assert shown[caret.index("^") :] == at


def test_what_libyaml_says_is_said_where_there_are_no_words_for_it():
    found = problem("? [a\n: b\n")
    assert found.what


@pytest.mark.parametrize("piece", [":", ": ", " ", "'", "a:", "- ", "#", "\\", '"'])
@pytest.mark.parametrize("ending", ["\nb: c: d", "\n\tx", ": 'a", "]"])
def test_hostile_text_is_explained_at_once(piece, ending):
    text = piece * (100_000 // len(piece)) + ending
    found = Problems()
    try:
        parse_document(text, "f", found)
    except StopError:
        assert found.found
