"""list-recipes, and what other commands do with the recipes of a plugin."""

import json
import re
from pathlib import Path

import pytest

from skelconv.cli.app import run
from skelconv.cli.completion import VARIABLE
from skelconv.recipe.finding import shipped_recipes
from skelconv.recipe.inherit import read_chain
from skelconv.recipe.nodes import Problems
from skelconv.recipe.shipped import facts_of

PLUGIN = """\
from pathlib import Path
from skelconv.plugin import RecipeFolder, hookimpl

@hookimpl
def skelconv_recipes():
    yield RecipeFolder(name="acme", summary="Acme's", path=Path(__file__).with_name("recipes"))
"""
REACH = """\
skelconv: 1
name: reach
about: People who reach for things
needs: [reach.zip from https://acme.example]
source: {use: toy, with: {clips: 3}}
sink: {use: toy, with: {path: reach.txt}}
expect: {clips: 3000, splits: {train: 2000}}
"""


@pytest.fixture(autouse=True)
def _acme(install, site, tmp_path, monkeypatch):
    install("acme-pose", {"a": "acme_pose"}, {"acme_pose": PLUGIN})
    (site / "recipes").mkdir()
    (site / "recipes" / "reach.yaml").write_text(REACH)
    (site / "recipes" / "broken.yaml").write_text("skelconv: 1\nextends: gone.yaml\n")
    monkeypatch.chdir(tmp_path)


def test_what_is_listed(capsys):
    assert run(["list-recipes"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert all(any(line.split()[:1] == [name] for line in lines) for name in shipped_recipes())
    at = lines.index("needs reach.zip from https://acme.example")
    (row,) = (line for line in lines if line.startswith("  acme:reach "))
    assert lines[at + 1] == row
    assert re.fullmatch(r"  acme:reach +3,000  People who reach for things", row)
    assert "list-recipes" not in err
    assert re.search(r"broken: .*extends: .*gone.yaml: there is no such file", out)


def test_for_programs(capsys, site):
    assert run(["list-recipes", "--json"]) == 0
    listed = {one.pop("name"): one for one in json.loads(capsys.readouterr().out)}
    assert listed["acme:reach"] == {
        "path": str(site / "recipes" / "reach.yaml"),
        "about": "People who reach for things",
        "needs": ["reach.zip from https://acme.example"],
        "clips": 3000,
        "splits": {"train": 2000},
        "fault": "",
    }
    # What is inherited, and what is added.
    assert listed["ntu60_3d"]["clips"] == 56578
    assert listed["ntu60_3d"]["splits"].keys() == {
        "xsub_train",
        "xsub_val",
        "xview_train",
        "xview_val",
    }


@pytest.mark.parametrize("name", shipped_recipes())
def test_every_recipe_says_what_it_gives_and_needs(name):
    facts = facts_of(shipped_recipes()[name])
    assert facts.about
    assert facts.needs
    assert not facts.fault
    # What is said to be taken from a variable of the environment is.
    family = read_chain(name, Problems())
    text = "".join(Path(member.path).read_text() for member in family)
    named = re.findall(r"(?:as|folder) ([A-Z][A-Z0-9_]+)\b", " ".join(facts.needs))
    assert named
    assert all(f"${{{variable}:-" in text for variable in named)


def test_by_name_in_every_command(capsys):
    for command in ("validate", "show", "plan"):
        assert run([command, "acme:reach", "--set", "expect="]) == 0, command
    assert run(["build", "acme:reach", "--executor", "serial", "--no-expect"]) == 0
    assert Path("reach.txt").read_text().startswith("clip000000")
    assert run(["doctor", "acme:reach"]) in (0, 1)
    capsys.readouterr()
    assert run(["init", "acme:reach"]) == 0
    assert Path("reach.yaml").read_text() == REACH
    assert capsys.readouterr() == ("reach.yaml\n", "next: skelconv plan reach.yaml\n")


def test_a_misspelt_name(capsys):
    assert run(["build", "acme:raech"]) == 1
    assert "did you mean 'acme:reach'? (skelconv list-recipes lists" in capsys.readouterr().err
    assert run(["init", "acme:raech"]) == 1
    assert "did you mean 'acme:reach'?" in capsys.readouterr().err


def test_it_is_among_the_plugins(capsys):
    assert run(["list-plugins", "--kind", "recipes"]) == 0
    assert re.search(r"recipes +acme +acme-pose 1.0 +Acme's\n", capsys.readouterr().out)
    assert run(["describe", "acme"]) == 0
    assert "  acme:reach   People who reach for things\n" in capsys.readouterr().out
    assert run(["describe", "acme", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["recipes"] == ["broken", "reach"]


@pytest.mark.parametrize("typed", ["ac", "acme:", "acme:re", ""])
def test_completion_offers_them(typed, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "zsh")
    for command in ("build", "init"):
        assert run([command, typed]) == 0
        assert "acme:reach\ta recipe of a plugin\n" in capsys.readouterr().out


def test_a_folder_that_is_not_there(install, capsys):
    code = PLUGIN.replace('"acme"', '"gone"').replace('"recipes"', '"nowhere"')
    install("gone", {"g": "gone_plugin"}, {"gone_plugin": code})
    assert run(["list-plugins"]) == 0
    assert "gone: not what the interface asks for: path" in capsys.readouterr().out
    assert run(["list-recipes"]) == 0
    assert "acme:reach" in capsys.readouterr().out
