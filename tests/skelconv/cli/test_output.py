"""What is printed does not command the terminal, whatever names are in it."""

import json

import pytest

from skelconv.cli.output import say, say_json, say_lines, tell

HOSTILE = "\x1b[2J\x9b31m\x84\u2028\u202egpj\u2066\u200f\x7f"


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    tell(HOSTILE)
    say_lines([f"id\nskelconv: all is well {HOSTILE}", "next"])
    out, err = capsys.readouterr()
    assert all(character.isprintable() for character in (out + err).replace("\n", ""))
    assert out.splitlines()[1].startswith("id\\nskelconv: all is well")
    assert len(out.splitlines()) == 3


def test_json_says_the_same_by_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    value = {HOSTILE: [HOSTILE, "été 骨\n"], "n": 1.5, "none": None, "yes": (True, 2)}
    say_json(value)
    out = capsys.readouterr().out
    assert all(character.isprintable() for character in out.replace("\n", ""))
    assert "été 骨" in out
    assert json.loads(out) == {**value, "yes": [True, 2]}


def test_json_shows_no_secret_of_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://me:pw@host/a?token=t0"
    say_json({url: [url, {"x": url}], "n": 3})
    out = capsys.readouterr().out
    assert "pw" not in out
    assert "t0" not in out
    assert json.loads(out)["n"] == 3
