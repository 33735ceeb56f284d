"""A distribution of each kind: it is found, it is listed, its tests pass, its recipe is valid."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import skelconv
from skelconv.new_plugin.writing import KINDS, first_commands, make_plugin, offered_name
from skelconv.plugin.offering import KINDS as ALL_KINDS


def name_of(kind: str) -> str:
    return f"acme-my-{kind}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one of each kind, and say that they are installed, as pip would."""
    folder = tmp_path_factory.mktemp("made")
    for kind in KINDS:
        target = make_plugin(name_of(kind), kind, folder)
        told = tomllib.loads((target / "pyproject.toml").read_text())["project"]
        info = target / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n"
        )
        points = told["entry-points"]["skelconv"]
        lines = [f"{name} = {module}" for name, module in points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[skelconv]", *lines, ""]))
    return folder


@pytest.fixture
def run(made: Path) -> Callable[..., str]:
    def run(*arguments: str, how: str = "-m") -> str:
        path = [str(made / name_of(kind)) for kind in KINDS]
        done = subprocess.run(
            [sys.executable, how, *arguments],
            cwd=made,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*path, os.environ["PYTHONPATH"]])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_there_is_a_template_for_each_kind_that_people_write() -> None:
    """Checks come with the plugin whose needs they check, and recipes with a source."""
    assert set(KINDS) == set(ALL_KINDS) - {"check", "recipes"}


def test_each_is_listed_and_none_is_broken(run: Callable[..., str]) -> None:
    listed = json.loads(run("skelconv", "list-plugins", "--json"))
    assert not listed["broken"]
    found = {
        (one["kind"], one["name"], one["distribution"])
        for one in listed["plugins"]
        if one["distribution"].startswith("acme-")
    }
    expected = {(kind, offered_name(name_of(kind), kind), name_of(kind)) for kind in KINDS}
    assert found == {*expected, ("recipes", name_of("source"), name_of("source"))}


def test_their_tests_pass(run: Callable[..., str]) -> None:
    folders = [f"{name_of(kind)}/tests" for kind in KINDS]
    options = (
        "-v",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "--rootdir=.",
    )
    told = run("pytest", *options, *folders).splitlines()
    for folder in folders:
        assert any(line.startswith(folder) and " PASSED " in line for line in told), folder
    assert not any(" SKIPPED" in line for line in told)


def test_recipes_that_use_them_are_valid(run: Callable[..., str], made: Path) -> None:
    recipes = sorted(str(path) for path in made.glob("*/recipe.yaml"))
    assert len(recipes) == len(KINDS) - 3  # an executor and a trainer are in none
    told = run("skelconv", "validate", *recipes, "acme-my-source:all")
    assert told.count(": valid: ") == len(recipes) + 1


# The commands of `next:` and of the README, each in the folder of its plugin, in one process.
BUILDING = """
import os, shlex, sys
from skelconv.cli.app import run
for line in sys.argv[1:]:
    folder, *commands = line.split(";")
    os.chdir(folder)
    for command in commands:
        code = run(shlex.split(command)[1:])
        assert code == 0, (line, command, code)
"""


def test_recipes_are_planned_and_built_from_the_data_beside_them(
    run: Callable[..., str], made: Path
) -> None:
    lines = []
    for kind in KINDS:
        name, package = name_of(kind), f"acme_my_{kind.replace('-', '_')}"
        plans = [one for one in first_commands(name, kind) if "skelconv" in one]
        builds = [one.replace(" plan ", " build ") + " --executor serial" for one in plans]
        if builds and kind != "sink":  # which has no reader here
            builds.append(f"skelconv verify out/{package}.pkl")
        lines.append(";".join([str(made / name), *plans, *builds]))
    run(BUILDING, *lines, how="-c")
    built = {path.name for path in made.glob("*/out/*") if not path.name.endswith(".json")}
    assert built == {
        "acme_my_source.pkl",
        "acme_my_transform.pkl",
        "acme_my_split.pkl",
        "acme_my_sink.jsonl",
        "acme_my_reader.pkl",
        "acme_my_layout.pkl",
    }
    divided = skelconv.open(made / "acme-my-split/out/acme_my_split.pkl")
    ids = [divided.ids[row] for row in divided.splits["val"]]
    assert ids == ["S02_walk", "S02_wave", "S05_walk", "S05_wave"]


def test_each_is_described_by_the_command_of_its_readme(
    run: Callable[..., str], made: Path
) -> None:
    for kind in ("layout", "source"):
        text = (made / name_of(kind) / "README.md").read_text()
        assert "$" not in text
        (command,) = (line for line in text.splitlines() if line.startswith("skelconv describe "))
        assert f"({kind}, {name_of(kind)} 0.1.0)" in run(*command.split())


def test_everything_is_filled_in(made: Path) -> None:
    for path in made.rglob("*"):
        if path.is_file() and path.suffix not in (".pyc", ".y4m") and path.parent.name != "out":
            text = path.read_text().replace("${{ matrix.python }}", "").replace("${RECORDINGS", "")
            assert "$" not in text, path
            assert "PACKAGE" not in str(path)
