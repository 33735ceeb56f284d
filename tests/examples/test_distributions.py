"""The examples, built to wheels and installed, each into an environment of its own."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())

Run = Callable[..., str]


def done(command: list[str], folder: Path, **environment: str) -> str:
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    found = {}
    for name in NAMES:
        shutil.copytree(EXAMPLES / name, folder / name)
        out = folder / "dist" / name
        done(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
            folder / name,
        )
        (found[name],) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def pythons(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make the environments; what is not the example comes from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("environments")
    found = {}
    for name, wheel in wheels.items():
        done([sys.executable, "-m", "venv", "--without-pip", name], folder)
        found[name] = folder / name / "bin" / "python"
        (site,) = (folder / name / "lib").glob("python3*/site-packages")
        outer = sysconfig.get_path("purelib")
        (site / "outer.pth").write_text(f"import site; site.addsitedir({outer!r})\n")
        pip = [sys.executable, "-m", "pip", "--python", str(found[name]), "install", "-q"]
        # A proxy or an index that pip is told of has nothing to say here.
        options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--isolated"]
        done([*pip, *options, str(wheel)], folder)
    return found


@pytest.fixture
def run(pythons: dict[str, Path], tmp_path: Path) -> Run:
    """Run a module in the environment of an example, in an empty folder."""

    def run(name: str, *arguments: str, **environment: str) -> str:
        return done([str(pythons[name]), "-m", *arguments], tmp_path, **environment)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_it_is_listed_where_it_is_installed_and_nowhere_else(name: str, run: Run) -> None:
    listed = json.loads(run(name, "skelconv", "list-plugins", "--json"))
    assert not listed["broken"]
    theirs = {one["distribution"] for one in listed["plugins"]} & set(NAMES)
    assert theirs == {name}


@pytest.mark.parametrize("name", NAMES)
def test_the_wheel_has_what_it_needs(name: str, wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels[name]) as wheel:
        inside = set(wheel.namelist())
    package = name.replace("-", "_")
    own = {
        str(path.relative_to(EXAMPLES / name))
        for path in (EXAMPLES / name / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in inside if ".dist-info/" not in path} == own


def test_the_tests_of_the_dataset_pass(run: Run) -> None:
    tests = str(EXAMPLES / "skelconv-fpha" / "tests")
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib")
    told = run("skelconv-fpha", "pytest", *options, "-c", os.devnull, "--rootdir", tests, tests)
    assert " passed" in told
    assert "skipped" not in told


def test_the_dataset_is_built_by_the_name_of_its_recipe(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "fpha"
    conftest = EXAMPLES / "skelconv-fpha" / "tests" / "conftest.py"
    script = tmp_path / "make_it.py"
    script.write_text(
        "import pathlib, runpy\n"
        f"make = runpy.run_path({str(conftest)!r})['make_benchmark']\n"
        f"make(pathlib.Path({str(made)!r}))\n"
    )
    run("skelconv-fpha", script.stem)
    told = run("skelconv-fpha", "skelconv", "list-recipes")
    assert "needs Hand_pose_annotation_v1 and" in told
    assert "fpha:fpha" in told
    skelconv = ("skelconv-fpha", "skelconv")
    told = run(
        *skelconv, "build", "fpha:fpha", "--no-expect", "--workers", "2", FPHA_ROOT=str(made)
    )
    assert "12 clips" in told
    assert "train: 6" in told
    told = json.loads(run(*skelconv, "inspect", "out/fpha.pkl", "--json"))
    assert told["layout"] == "fpha21"


def test_the_models_are_described_without_their_packages(run: Run) -> None:
    name = "skelconv-opencv"
    assert "keep the surer" in run(name, "skelconv", "describe", "opencv-hog")
    told = json.loads(run(name, "skelconv", "show", "opencv:videos", "--json", POSE_ONNX="a.onnx"))
    assert told["source"]["with"]["pose"]["use"] == "opencv-heatmaps"
    assert told["source"]["with"]["detector"]["use"] == "opencv-hog"
