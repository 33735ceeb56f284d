"""A distribution of each kind: it is found, it is listed, its tests pass, its recipe is valid."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from skelconv.new_plugin.writing import KINDS, make_plugin, offered_name
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
    def run(*arguments: str) -> str:
        path = [str(made / name_of(kind)) for kind in KINDS]
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
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
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text().replace("${{ matrix.python }}", "").replace("${RECORDINGS", "")
            assert "$" not in text, path
            assert "PACKAGE" not in str(path)
