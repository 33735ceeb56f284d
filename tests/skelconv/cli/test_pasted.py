"""Every command that is printed can be pasted: a shell reads it, and what it names exists."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from skelconv.cli import app
from skelconv.cli.app import run
from skelconv.plugin import registry
from skelconv.plugin.loading import load_registry

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAMES = {
    Requirement(text).name.lower()
    for texts in (PROJECT["dependencies"], *EXTRAS.values())
    for text in texts
} | {"mmpose"}  # it is installed without its dependencies, and so is in no extra
PIP = re.compile(r"(?:pip|\S+ -m pip|uv pip) install .*")


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(registry, "_is_installed", lambda module: False)


def commands(text):
    for line in text.splitlines():
        found = PIP.search(line.removesuffix(")"))
        if found:
            yield found[0]


def check(command):
    subprocess.run(["bash", "-n"], input=command, text=True, check=True)
    assert not set("<>;|$`") & set("".join(re.sub(r"'[^']*'", "", command)))
    for one in command.split(" && "):
        words = shlex.split(one)
        for word in words[words.index("install") + 1 :]:
            if word.startswith("-"):
                continue
            requirement = Requirement(word)
            assert requirement.name.lower() in NAMES
            assert requirement.extras <= EXTRAS.keys()


def printed(capsys, arguments):
    run(arguments)
    return list(commands("".join(capsys.readouterr())))


def test_those_of_list_plugins(nothing_installed, capsys):
    found = printed(capsys, ["list-plugins"])
    assert len(found) > 10
    for command in found:
        check(command)


@pytest.mark.parametrize(
    "name",
    [offer.name for offer in load_registry().offers if getattr(offer.descriptor, "requires", ())],
)
def test_those_of_describe(nothing_installed, capsys, name):
    found = printed(capsys, ["describe", name])
    assert found
    for command in found:
        check(command)


OPENMMLAB = "pip install 'skelconv[openmmlab]' && pip install --no-deps mmpose==1.3.2"


@pytest.mark.parametrize(
    ("recipe", "wanted"),
    [
        ("video_folder", "pip install 'skelconv[video]'"),
        ("video_folder_gpu", "pip install 'skelconv[transformers]'"),
        ("video_folder_published", OPENMMLAB),
        ("hrnet_w32", OPENMMLAB),
        ("published/ntu60_2d", None),
    ],
)
def test_those_of_validate_name_all_that_a_recipe_needs(nothing_installed, capsys, recipe, wanted):
    (command,) = printed(capsys, ["validate", recipe])
    check(command)
    assert wanted in (None, command)


def test_those_of_build(nothing_installed, capsys):
    found = printed(capsys, ["build", "video_folder"])
    for command in found:
        check(command)


def test_commands_of_ours_exist(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(["init", "sample", "my recipes/"])
    run(["build", "ntu60_xsb"])
    run(["init"])
    text = "".join(capsys.readouterr())
    found = re.findall(r"skelconv [a-z-]+(?: '[^']*'| [^\s;()]+)?", text)
    words = [shlex.split(command) for command in found]
    assert ["skelconv", "plan", "my recipes/sample.yaml"] in words
    ours = [word for word in words if word[1] in app._COMMANDS]
    assert len(ours) >= 3
